using System.Text.Json;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Database;
using Crm.Database.Dashboards;
using Crm.Database.Tenancy;
using Crm.Services.Alarms;
using Crm.Services.Analytics;
using Crm.Services.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Dashboards;

/// <summary>
/// Begins the deliveries that are due: each in a transaction of its own, which writes the delivery, says when the dashboard is due next, and by webhook writes the event.
/// So there is one for each due time, whoever is killed when, and several instances may look for them at once. After a pause the last due time is delivered, and none of those before.
/// </summary>
public sealed partial class DashboardScheduler(IServiceScopeFactory scopes, TimeProvider clock, ILogger<DashboardScheduler> logger)
{
    private const int BatchSize = 50;

    /// <summary>How long after its time a delivery begins: what was being written at that time is committed by then, so that a report of it stays as it is delivered.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(45);

    /// <summary>Begins some of what is due, of all tenants alike. Where one fails, the others are begun nevertheless.</summary>
    /// <returns>How many are begun, or stopped.</returns>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        var dueBy = clock.GetUtcNow() - Settling;
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsWithDashboards(dueBy).ToListAsync(ct);
        var begun = 0;
        foreach (var tenantId in tenants.Shuffle())
        {
            List<Guid> ids;
            await using (var work = Enter(tenantId, out var db)) ids = await db.Dashboards.Where(d => d.NextAt <= dueBy).OrderBy(d => d.NextAt).ThenBy(d => d.Id).Select(d => d.Id).Take(BatchSize).ToListAsync(ct);
            foreach (var id in ids)
            {
                if (await BeginGuardedAsync(tenantId, id, dueBy, ct)) begun++;
            }
        }

        return begun;
    }

    /// <summary>Lets all dashboards be due by the clocks of another time zone, in the caller's transaction, which holds the tenant's row.</summary>
    internal static async Task ReckonAnewAsync(CrmDbContext db, string timeZone, CancellationToken ct)
    {
        var (calendar, now) = (new Calendar(TimeZoneInfo.FindSystemTimeZoneById(timeZone)), db.Stamp().At);
        foreach (var dashboard in await db.Dashboards.Where(d => d.NextAt > now).OrderBy(d => d.Id).ForUpdate().ToListAsync(ct)) dashboard.Start(ScheduleTimes.Next(dashboard.ReadSchedule()!, calendar, now));
    }

    private async Task<bool> BeginGuardedAsync(Guid tenantId, Guid id, DateTimeOffset dueBy, CancellationToken ct)
    {
        try
        {
            await using var work = Enter(tenantId, out var db);
            return await db.InTransactionAsync(() => BeginAsync(db, work.ServiceProvider.GetRequiredService<AnalyticsService>(), id, dueBy, ct), ct);
        }
        catch (Exception e) when (Failures.IsConflict(e))
        {
            return false; // another began it
        }
        catch (Exception e) when (e is not OperationCanceledException && (Failures.IsTooSlow(e) || Failures.Translate(e) is not { Kind: FailureKind.Unavailable }))
        {
            LogFailed(logger, e, id, tenantId);
            return false;
        }
    }

    private async Task<bool> BeginAsync(CrmDbContext db, AnalyticsService analytics, Guid id, DateTimeOffset dueBy, CancellationToken ct)
    {
        if (await db.Dashboards.ForUpdate().SingleOrDefaultAsync(d => d.Id == id && d.NextAt <= dueBy, ct) is not { } dashboard) return false; // another began it, or it was changed
        if (!await db.Members.AnyAsync(m => m.UserId == dashboard.OwnerId && m.Active, ct))
        {
            dashboard.Stop(ScheduleStopReason.OwnerInactive, db.Stamp().At);
            db.Audit(EventTypes.DashboardStopped, "dashboards", $"{id}", Differences.Of("stoppedReason", (ScheduleStopReason?)null, ScheduleStopReason.OwnerInactive));
            LogStopped(logger, id, dashboard.TenantId);
        }
        else
        {
            var (schedule, calendar) = (dashboard.ReadSchedule()!, await DashboardService.CalendarAsync(db, ct));
            var last = ScheduleTimes.Last(schedule, calendar, dueBy);
            var dueAt = last > dashboard.NextAt ? last : dashboard.NextAt!.Value;
            if (!await db.DashboardDeliveries.AnyAsync(d => d.DashboardId == id && d.DueAt == dueAt, ct)) await DeliverAsync(db, analytics, dashboard, dueAt, ct); // a clock may have been set back
            dashboard.Advance(ScheduleTimes.Next(schedule, calendar, dueBy));
        }

        await db.SaveChangesAsync(ct);
        return true;
    }

    private static async Task DeliverAsync(CrmDbContext db, AnalyticsService analytics, Dashboard dashboard, DateTimeOffset dueAt, CancellationToken ct)
    {
        var (_, calendar) = await analytics.MomentAsync(dueAt, ct); // as the settings were then
        var reports = dashboard.ReadReports().Select(report => AskedReport.Of(report, dueAt, calendar, dashboard.OwnerId)).ToList();
        var delivery = new DashboardDelivery(dashboard, dueAt, JsonSerializer.Serialize(reports, CrmJson.Options), db.Stamp());
        db.Add(delivery);
        if (delivery.Channel == DeliveryChannel.Webhook)
        {
            db.TellOf(dashboard, new DeliveredDashboardView
            {
                Id = dashboard.Id,
                Name = dashboard.Name,
                OwnerId = dashboard.OwnerId,
                DeliveryId = delivery.Id,
                DueAt = dueAt,
                Reports = [.. reports.Select(DashboardViews.Of)],
            });
        }
    }

    private AsyncServiceScope Enter(Guid tenantId, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, AlarmClock.Actor);
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    [LoggerMessage(LogLevel.Warning, "The dashboard {Dashboard} of tenant {Tenant} isn't delivered any more, as its owner is deactivated")]
    private static partial void LogStopped(ILogger logger, Guid dashboard, Guid tenant);

    [LoggerMessage(LogLevel.Error, "The delivery of dashboard {Dashboard} of tenant {Tenant} couldn't be begun; it is tried again, and the others go on")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid dashboard, Guid tenant);
}
