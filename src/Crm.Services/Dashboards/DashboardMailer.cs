using System.Security.Cryptography;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Dashboards;
using Crm.Database.Tenancy;
using Crm.Services.Alarms;
using Crm.Services.Analytics;
using Crm.Services.Members;
using Crm.Services.Notifications;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Dashboards;

/// <summary>
/// Sends deliveries by e-mail: takes the lease of one, makes its reports in the name of the dashboard's owner, and sends them to each of the members, noting before and after each what
/// only who holds the lease can note. Whoever is killed in between leaves the rest to the next; a mail that may be out already isn't sent again, as nobody wants a report twice.
/// </summary>
public sealed partial class DashboardMailer(IServiceScopeFactory scopes, SmtpSettings settings, TimeProvider clock, ILogger<DashboardMailer> logger)
{
    private const int MostTries = 10;

    /// <summary>So that who has many doesn't keep the others waiting.</summary>
    private const int AtATimeOfTenant = 5;

    /// <summary>As long as making the reports may take, and telling the mail server one mail.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(4);

    /// <summary>What waited for longer, as for a server that was away, is no news any more.</summary>
    private static readonly TimeSpan NewsFor = TimeSpan.FromDays(3);

    private const string Uncertain = "Sending was cut short, and whether the mail went out isn't known; it isn't sent again.";

    /// <summary>Sends some of what is to be sent, of all tenants alike.</summary>
    /// <returns>How many deliveries were taken up.</returns>
    /// <exception cref="MailServerAwayException">The server can't be talked to; everything waits, and counts no try.</exception>
    public async Task<int> SendDueAsync(CancellationToken ct)
    {
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToDeliver().ToListAsync(ct);
        var taken = 0;
        foreach (var tenantId in tenants.Shuffle())
        {
            List<Guid> ids;
            await using (var work = Enter(tenantId, out var db)) ids = await db.DeliveriesDue(AtATimeOfTenant).ToListAsync(ct);
            foreach (var id in ids)
            {
                if (ct.IsCancellationRequested) return taken;
                if (await TakeAsync(tenantId, id) is not { } delivery) continue;
                taken++;
                await SendGuardedAsync(delivery, ct);
            }
        }

        return taken;
    }

    private async Task<DashboardDelivery?> TakeAsync(Guid tenantId, Guid id)
    {
        await using var work = Enter(tenantId, out var db);
        var lease = Guid.CreateVersion7();
        return await db.InTransactionAsync(
            async () => await db.LeaseDeliveryAsync(id, lease, LeaseTime, CancellationToken.None) == 0 ? null : await db.DashboardDeliveries.AsNoTracking().SingleAsync(d => d.Id == id),
            CancellationToken.None);
    }

    private async Task SendGuardedAsync(DashboardDelivery delivery, CancellationToken ct)
    {
        try
        {
            await SendAsync(delivery, ct);
        }
        catch (Exception e) when (e is MailServerAwayException || (e is OperationCanceledException && ct.IsCancellationRequested))
        {
            await WriteAsync(delivery, (held, _) => held.Return());
            throw;
        }
        catch (Exception e) when (Failures.IsTooSlow(e) || Failures.Translate(e) is not { Kind: FailureKind.Unavailable })
        {
            LogFailed(logger, e, delivery.Id, delivery.TenantId);
            await PostponeAsync(delivery, "The reports couldn't be made.");
        }
    }

    private async Task SendAsync(DashboardDelivery delivery, CancellationToken ct)
    {
        if (!await SettleAsync(delivery)) return;
        if (settings.Host is null)
        {
            await EndAsync(delivery, "This service has no mail server.");
            return;
        }

        if (clock.GetUtcNow() - delivery.CreatedAt > NewsFor)
        {
            await EndAsync(delivery, "It has waited for so long that it is no news any more.");
            return;
        }

        if (delivery.Attempts > MostTries)
        {
            await EndAsync(delivery, "It was taken up again and again, and each time whoever did so was stopped.");
            return;
        }

        if (await MakeAsync(delivery, ct) is not { } mail)
        {
            await EndAsync(delivery, "The dashboard's owner is deactivated, so that nobody's sight is left to deliver it under.");
            return;
        }

        using var server = await MailServer.ConnectAsync(settings, ct);
        foreach (var recipient in delivery.ReadRecipients().Where(one => one is { IsOpen: true, IsOnTheWay: false }))
        {
            if (!server.IsConnected || ct.IsCancellationRequested) break; // the rest comes with the next try
            if (!await SendAsync(server, delivery, mail, recipient)) return;
        }

        await server.LeaveAsync();
        await FinishAsync(delivery, ct);
    }

    /// <summary>Gives up what somebody who was killed had on the way.</summary>
    /// <returns>False where the lease has gone to another.</returns>
    private async Task<bool> SettleAsync(DashboardDelivery delivery)
    {
        foreach (var recipient in delivery.ReadRecipients().Where(one => one is { IsOpen: true, IsOnTheWay: true }))
        {
            LogUncertain(logger, delivery.Id, delivery.TenantId);
            if (!await NoteAsync(delivery, recipient with { State = DeliveryState.Failed, IsOnTheWay = false, Problem = Uncertain })) return false;
        }

        return true;
    }

    /// <summary>The reports in the owner's name, as of the due time; null where the owner isn't an active member any more.</summary>
    private async Task<DashboardMail?> MakeAsync(DashboardDelivery delivery, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        if (!await work.ServiceProvider.GetRequiredService<AdmissionService>().StandInAsync(delivery.TenantId, delivery.OwnerId, ct)) return null;
        var analytics = work.ServiceProvider.GetRequiredService<AnalyticsService>();
        var (_, calendar) = await analytics.MomentAsync(delivery.DueAt, ct);
        var reports = new List<MailedReport>();
        foreach (var asked in DashboardViews.ReportsOf(delivery))
        {
            var (report, problem) = await asked.TryAsync(analytics, ct);
            reports.Add(new MailedReport(asked, report is null ? null : ReportTable.Of(report), problem));
        }

        return await DashboardMail.OfAsync(delivery, work.ServiceProvider.GetRequiredService<Caller>().Name ?? delivery.OwnerId, reports, calendar, settings, ct);
    }

    /// <returns>False where the lease has gone to another: then nothing was sent.</returns>
    private async Task<bool> SendAsync(MailServer server, DashboardDelivery delivery, DashboardMail mail, DeliveryRecipient recipient)
    {
        string? email;
        await using (var work = Enter(delivery.TenantId, out var db)) email = await db.Members.Where(m => m.UserId == recipient.UserId && m.Active).Select(m => m.Email ?? "").SingleOrDefaultAsync();
        if (email is null || MailText.AddressOf(email) is not { } to)
        {
            var nobody = email is null ? "The member is deactivated." : "The member has no address that mail can go to.";
            return await NoteAsync(delivery, recipient with { State = DeliveryState.Failed, Problem = nobody });
        }

        if (!await NoteAsync(delivery, recipient with { IsOnTheWay = true })) return false;
        using var message = mail.To(to, recipient.UserId);
        var problem = await server.SendAsync(message);
        return await NoteAsync(delivery, problem switch
        {
            null => recipient with { State = DeliveryState.Delivered, Problem = null, SentAt = clock.GetUtcNow() },
            { MayBeOut: true } => recipient with { State = DeliveryState.Failed, Problem = $"{problem.Text} {Uncertain}" },
            { IsFinal: true } => recipient with { State = DeliveryState.Failed, Problem = problem.Text },
            _ => recipient with { Problem = problem.Text },
        });
    }

    private async Task FinishAsync(DashboardDelivery delivery, CancellationToken ct)
    {
        DashboardDelivery? now;
        await using (var work = Enter(delivery.TenantId, out var db)) now = await db.DashboardDeliveries.AsNoTracking().SingleOrDefaultAsync(d => d.Id == delivery.Id && d.Lease == delivery.Lease, CancellationToken.None);
        if (now is null) return;
        if (now.ReadRecipients().FirstOrDefault(one => one.IsOpen) is not { } open) await EndAsync(delivery, null);
        else if (open.Problem is null && ct.IsCancellationRequested) await WriteAsync(delivery, (held, _) => held.Return());
        else await PostponeAsync(delivery, open.Problem ?? "The mail server hung up.");
    }

    private Task<bool> NoteAsync(DashboardDelivery delivery, DeliveryRecipient recipient) => WriteAsync(delivery, (held, now) => held.Note(recipient, now + LeaseTime));

    private async Task PostponeAsync(DashboardDelivery delivery, string problem)
    {
        if (delivery.Attempts >= MostTries) await EndAsync(delivery, problem);
        else await WriteAsync(delivery, (held, now) => held.Postpone(problem, now + Wait(held.Attempts)));
    }

    private async Task EndAsync(DashboardDelivery delivery, string? problem)
    {
        if (problem is not null) LogGivenUp(logger, delivery.Id, delivery.TenantId, delivery.Attempts);
        await WriteAsync(delivery, (held, _) => held.End(problem, clock.GetUtcNow()));
    }

    /// <param name="delivery">Which, as it was taken.</param>
    /// <param name="change">What to write, by the database's clock.</param>
    /// <returns>False where the lease has gone to another, or the dashboard was deleted: then nothing is written.</returns>
    private async Task<bool> WriteAsync(DashboardDelivery delivery, Action<DashboardDelivery, DateTimeOffset> change)
    {
        await using var work = Enter(delivery.TenantId, out var db);
        return await db.InTransactionAsync(
            async () =>
            {
                if (await db.DashboardDeliveries.ForUpdate().SingleOrDefaultAsync(d => d.Id == delivery.Id && d.Lease == delivery.Lease) is not { } held)
                {
                    LogLost(logger, delivery.Id, delivery.TenantId);
                    return false;
                }

                change(held, await db.NowAsync(CancellationToken.None));
                await db.SaveChangesAsync(CancellationToken.None);
                return true;
            },
            CancellationToken.None);
    }

    /// <summary>Twice as long each time, up to four hours, and by chance down to half of that.</summary>
    private static TimeSpan Wait(int attempts)
    {
        var longest = Math.Min(LongestWait.TotalMilliseconds, FirstWait.TotalMilliseconds * Math.Pow(2, attempts - 1));
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)(longest / 2), (int)longest + 1));
    }

    private AsyncServiceScope Enter(Guid tenantId, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, AlarmClock.Actor);
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    [LoggerMessage(LogLevel.Warning, "The delivery {Delivery} of tenant {Tenant} has gone to another, or its dashboard was deleted; nothing more of it is sent from here")]
    private static partial void LogLost(ILogger logger, Guid delivery, Guid tenant);

    [LoggerMessage(LogLevel.Warning, "A mail of delivery {Delivery} of tenant {Tenant} may be out, or may not: whoever sent it was stopped. It isn't sent again")]
    private static partial void LogUncertain(ILogger logger, Guid delivery, Guid tenant);

    [LoggerMessage(LogLevel.Error, "The delivery {Delivery} of tenant {Tenant} is given up after {Attempts} attempts; its row says why")]
    private static partial void LogGivenUp(ILogger logger, Guid delivery, Guid tenant, int attempts);

    [LoggerMessage(LogLevel.Error, "The delivery {Delivery} of tenant {Tenant} failed in a way that nobody foresaw; it is tried again later")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid delivery, Guid tenant);
}
