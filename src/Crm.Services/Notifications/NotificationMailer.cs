using System.Security.Cryptography;
using Crm.Database;
using Crm.Database.Notifications;
using Crm.Database.Tenancy;
using Crm.Services.Members;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Crm.Services.Notifications;

/// <summary>
/// Sends notices by e-mail: takes the lease of one, sends it, and writes what came of it, which only who holds the lease can. Any number of instances may do so at
/// once. Whoever is killed in between leaves one of which nobody knows whether it went out; it is sent again, with the same message id.
/// </summary>
public sealed partial class NotificationMailer(IServiceScopeFactory scopes, SmtpSettings settings, TimeProvider clock, ILogger<NotificationMailer> logger)
{
    private const int MostTries = 10;

    /// <summary>So that who has many doesn't keep the others waiting.</summary>
    private const int AtATimeOfTenant = 20;

    private static readonly TimeSpan LeaseTime = MailServer.Patience * 2;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(4);

    /// <summary>What waited for longer, as for a server that was away, is no news any more.</summary>
    private static readonly TimeSpan NewsFor = TimeSpan.FromDays(7);

    /// <summary>Whether there is a server to send by.</summary>
    public bool IsOn => settings.Host is not null;

    /// <summary>Sends some of what is due, of all tenants alike.</summary>
    /// <returns>How many the server has taken.</returns>
    /// <exception cref="MailServerAwayException">The server can't be talked to; everything waits, and counts no try.</exception>
    public async Task<int> SendDueAsync(CancellationToken ct)
    {
        if (!IsOn) return 0;
        var due = await DueAsync(ct);
        if (due.Count == 0) return 0;
        using var server = await MailServer.ConnectAsync(settings, ct);
        var sent = 0;
        foreach (var (tenantId, id) in due)
        {
            if (ct.IsCancellationRequested || !server.IsConnected) return sent;
            if (await SendAsync(server, tenantId, id)) sent++;
        }

        await server.LeaveAsync();
        return sent;
    }

    private async Task<List<(Guid TenantId, Guid Id)>> DueAsync(CancellationToken ct)
    {
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToMail().ToListAsync(ct);
        var due = new List<(Guid, Guid)>();
        foreach (var tenantId in tenants.Shuffle())
        {
            await using var work = Enter(tenantId, out var db, out _);
            due.AddRange((await db.MailsDue(AtATimeOfTenant).ToListAsync(ct)).Select(id => (tenantId, id)));
        }

        return due;
    }

    /// <summary>Not to be stopped: a lease that is let go in the midst is one that nobody knows the outcome of.</summary>
    private async Task<bool> SendAsync(MailServer server, Guid tenantId, Guid id)
    {
        if (await TakeAsync(tenantId, id) is not { } mail) return false;
        var (to, refusal) = await RecipientAsync(mail);
        var problem = refusal ?? (await server.SendAsync(MailText.Of(mail, to!, settings)))?.Text;
        return await WriteAsync(mail, problem, isFinal: refusal is not null) && problem is null;
    }

    private async Task<NotificationMail?> TakeAsync(Guid tenantId, Guid id)
    {
        await using var work = Enter(tenantId, out var db, out _);
        var lease = Guid.CreateVersion7();
        return await db.InTransactionAsync(
            async () => await db.LeaseMailAsync(id, lease, LeaseTime, CancellationToken.None) == 0 ? null : await db.NotificationMails.AsNoTracking().SingleAsync(m => m.Id == id),
            CancellationToken.None);
    }

    /// <summary>To whom it goes, as things are now: still a member, and still one who sees what it tells of.</summary>
    private async Task<(MailboxAddress? To, string? Refusal)> RecipientAsync(NotificationMail mail)
    {
        if (clock.GetUtcNow() - mail.CreatedAt > NewsFor) return (null, "It has waited for so long that it is no news any more.");
        await using var work = Enter(mail.TenantId, out var db, out var scope);
        var member = await db.Members.AsNoTracking().Where(m => m.UserId == mail.UserId && m.Active).Select(m => new { m.Email, m.Role, db.Tenants.First().Visibility }).SingleOrDefaultAsync();
        if (member is null) return (null, "The member is deactivated.");
        if (MailText.AddressOf(member.Email) is not { } address) return (null, "The member has no address that mail can go to.");
        if (await AdmissionService.SightAsync(db, mail.UserId, member.Role, member.Visibility, CancellationToken.None) is not { } sight) return (address, null);
        scope.Enter(mail.TenantId, mail.UserId);
        scope.Narrow(sight);
        return await db.NotificationMails.OfDeletedToo().AnyAsync(m => m.Id == mail.Id) ? (address, null) : (null, "The member doesn't see the record any more.");
    }

    /// <returns>False where the lease has gone to another: then nothing is written.</returns>
    private async Task<bool> WriteAsync(NotificationMail mail, string? problem, bool isFinal)
    {
        await using var work = Enter(mail.TenantId, out var db, out _);
        return await db.InTransactionAsync(
            async () =>
            {
                if (await db.NotificationMails.ForUpdate().SingleOrDefaultAsync(m => m.Id == mail.Id && m.Lease == mail.Lease) is not { } held)
                {
                    LogLost(logger, mail.Id);
                    return false;
                }

                var now = clock.GetUtcNow();
                if (problem is null) held.Sent(now);
                else if (isFinal || held.Attempts >= MostTries) held.GiveUp(problem, now);
                else held.Postpone(problem, await db.NowAsync(CancellationToken.None) + Wait(held.Attempts));
                if (isFinal) LogNobody(logger, mail.Id, mail.TenantId);
                else if (held.State == MailState.GivenUp) LogGivenUp(logger, mail.Id, mail.TenantId, held.Attempts);
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

    private AsyncServiceScope Enter(Guid tenantId, out CrmDbContext db, out TenantScope scope)
    {
        var work = scopes.CreateAsyncScope();
        scope = work.ServiceProvider.GetRequiredService<TenantScope>();
        scope.Enter(tenantId, "mailer");
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    [LoggerMessage(LogLevel.Warning, "Mail {Mail} took longer than its lease and has gone to another; it may arrive twice, with one message id")]
    private static partial void LogLost(ILogger logger, Guid mail);

    [LoggerMessage(LogLevel.Information, "Mail {Mail} of tenant {Tenant} goes to nobody; its row says why")]
    private static partial void LogNobody(ILogger logger, Guid mail, Guid tenant);

    [LoggerMessage(LogLevel.Error, "Mail {Mail} of tenant {Tenant} is given up after {Attempts} attempts; its row says what the mail server answered")]
    private static partial void LogGivenUp(ILogger logger, Guid mail, Guid tenant, int attempts);
}
