using Crm.Contracts;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Dashboards;
using Crm.Database.Tenancy;
using Crm.Services.Analytics;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Dashboards;

/// <summary>Named sets of reports: a member's own, and those that everybody sees.</summary>
public sealed partial class DashboardService(CrmDbContext db, Caller caller, References references, AnalyticsService analytics)
{
    private const string Collection = "dashboards";

    /// <summary>How many dashboards a member may own.</summary>
    public const int Most = 100;

    private static readonly Sorting<Dashboard> Sorts = new Sorting<Dashboard>(Collection, d => d.Id)
        .By("name", d => d.NameKey)
        .By("createdAt", d => d.CreatedAt);

    /// <summary>Those that the caller sees: shared ones, and the caller's own.</summary>
    private IQueryable<Dashboard> Seen => db.Dashboards.Where(d => d.IsShared || d.OwnerId == caller.UserId);

    public async Task<Page<DashboardView>> ListAsync(DashboardQuery query, CancellationToken ct)
    {
        var dashboards = Seen.AsNoTracking().OfMembers(query.OwnerId, d => d.OwnerId, caller);
        if (query.IsShared is { } shared) dashboards = dashboards.Where(d => d.IsShared == shared);
        if (query.Scheduled is { } scheduled) dashboards = dashboards.Where(d => (d.Schedule != null) == scheduled);
        if (Words.Of(query.Search) is { } words) dashboards = dashboards.Where(words.In<Dashboard>(d => d.SearchText));
        return (await dashboards.ToPageAsync(query, Sorts, d => d, ct)).Select(DashboardViews.Of);
    }

    public async Task<DashboardView?> FindAsync(Guid id, CancellationToken ct) =>
        await Seen.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, ct) is { } dashboard ? DashboardViews.Of(dashboard) : null;

    /// <param name="fields">What it is, with parameters that its reports take.</param>
    /// <param name="ct">Stops it before it is saved.</param>
    /// <exception cref="CrmException">400 for a key that is there twice, or a schedule that doesn't fit together; 403 for another's without the role MANAGER, and for a schedule by a key with limits; 409 where the owner has <see cref="Most"/> already; 422 for somebody who is no active member, with the pointer.</exception>
    public Task<DashboardView> CreateAsync(DashboardFields fields, CancellationToken ct)
    {
        fields = Complete(fields, caller.UserId);
        return db.InTransactionAsync(
            async () =>
            {
                var calendar = await CalendarAsync(db, ct);
                await CheckAsync(null, fields, isSchedule: true, ct);
                var dashboard = new Dashboard(fields, NextOf(fields.Schedule, calendar), db.Stamp());
                db.Add(dashboard);
                db.Audit(EventTypes.DashboardCreated, Collection, $"{dashboard.Id}", Differences.Between(null, dashboard.Fields()));
                await db.SaveChangesAsync(ct);
                return DashboardViews.Of(dashboard);
            },
            ct);
    }

    /// <exception cref="CrmException">As for a new one; 403 for another's shared one without the role MANAGER; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<DashboardView> ChangeAsync(Guid id, Changes<DashboardFields> change, int? ifMatch, CancellationToken ct) => DashboardViews.Of(await WriteAsync(
        id, ifMatch,
        async (dashboard, calendar) =>
        {
            var (was, stoppedAt, schedule, isSchedule) = (dashboard.Fields(), dashboard.StoppedAt, dashboard.Schedule, change.Gives(nameof(DashboardFields.Schedule)));
            var fields = Complete(change.ApplyTo(dashboard.Fields()), was.OwnerId!);
            await CheckAsync(was, fields, isSchedule, ct);
            var isOther = dashboard.Change(fields, db.Stamp());
            var (isOthers, isMailed) = (fields.OwnerId != was.OwnerId, fields.Schedule?.By == DeliveryChannel.Email);
            var isAskedAgain = stoppedAt is not null && (isSchedule || (isOthers && !isMailed));
            if (isOthers && isMailed && !isSchedule) Stop(dashboard);
            else if (isAskedAgain || isOthers || schedule != dashboard.Schedule) dashboard.Start(dashboard.NextAt <= db.Stamp().At && fields.Schedule is not null ? dashboard.NextAt : NextOf(fields.Schedule, calendar)); // what is due already isn't lost
            if (isOther) db.Audit(EventTypes.DashboardChanged, Collection, $"{id}", Differences.Between(was, dashboard.Fields()));
            else if (isAskedAgain) db.Audit(EventTypes.DashboardChanged, Collection, $"{id}", Differences.Of("stoppedAt", stoppedAt, null));
        },
        ct));

    /// <summary>Deletes a dashboard for good, with the list of its deliveries.</summary>
    /// <exception cref="CrmException">403 for another's without the role MANAGER; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => WriteAsync(
        id, ifMatch,
        async (dashboard, _) =>
        {
            await db.DashboardDeliveries.Where(d => d.DashboardId == id).ExecuteDeleteAsync(ct);
            db.Remove(dashboard);
            db.Audit(EventTypes.DashboardDeleted, Collection, $"{id}", Differences.Between(dashboard.Fields(), null));
        },
        ct);

    /// <summary>The calendar by which schedules are due. The tenant's settings stay as they are until the transaction ends.</summary>
    internal static async Task<Calendar> CalendarAsync(CrmDbContext db, CancellationToken ct) =>
        new(TimeZoneInfo.FindSystemTimeZoneById((await db.Tenants.AsNoTracking().ForShare().SingleAsync(ct)).TimeZone));

    /// <summary>What the new owner sees nobody is sent before the new owner, or whoever gives the dashboard away, says so.</summary>
    private void Stop(Dashboard dashboard)
    {
        if (dashboard.StoppedReason == ScheduleStopReason.OwnerChanged) return;
        var before = dashboard.StoppedReason;
        dashboard.Stop(ScheduleStopReason.OwnerChanged, db.Stamp().At);
        db.Audit(EventTypes.DashboardStopped, Collection, $"{dashboard.Id}", Differences.Of("stoppedReason", before, ScheduleStopReason.OwnerChanged));
    }

    private Task<Dashboard> WriteAsync(Guid id, int? ifMatch, Func<Dashboard, Calendar, Task> change, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var calendar = await CalendarAsync(db, ct); // the tenant's row before the dashboard's, as where the settings are changed
                var dashboard = await Seen.ForUpdate().SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw CrmException.NotFound("dashboard", id);
                if (dashboard.OwnerId != caller.UserId && caller.Role < Role.Manager) throw Forbidden("This dashboard belongs to somebody else; changing it takes the role MANAGER.");
                if (ifMatch is { } version && version != dashboard.Version) throw CrmException.Stale("dashboard", id);
                await change(dashboard, calendar);
                await db.SaveChangesAsync(ct);
                return dashboard;
            },
            ct),
        () => ifMatch is null ? null : CrmException.Stale("dashboard", id),
        () => CrmException.Contended("dashboard", id),
        ct);

    private DateTimeOffset? NextOf(ScheduleFields? schedule, Calendar calendar) => schedule is null ? null : ScheduleTimes.Next(schedule, calendar, db.Stamp().At);

    /// <summary>With whom <c>me</c> stands for, and a key for each report.</summary>
    /// <exception cref="CrmException">400 for a key that is there twice, or a schedule that doesn't fit together.</exception>
    private DashboardFields Complete(DashboardFields fields, string owner)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Reports.Count; i++)
        {
            if (fields.Reports[i].Key is { } key && !keys.Add(key)) faults[$"/reports/{i}/key"] = ["is the key of another report, too"];
        }

        foreach (var (pointer, fault) in fields.Schedule is { } schedule ? ScheduleRules.FaultsOf(schedule) : []) faults[pointer] = [fault];
        if (faults.Count > 0) throw CrmException.Invalid(faults);
        return fields with
        {
            OwnerId = caller.Resolve(fields.OwnerId) ?? owner,
            Reports = [.. fields.Reports.Select(report => report.Key is null ? report with { Key = KeyFor(report.Report, keys) } : report)],
            Schedule = fields.Schedule is null ? null : fields.Schedule with { To = [.. fields.Schedule.To.Select(id => caller.Resolve(id)!).Distinct(StringComparer.Ordinal)] },
        };
    }

    private static string KeyFor(string report, HashSet<string> taken)
    {
        var key = report;
        for (var number = 2; !taken.Add(key); number++) key = $"{report}-{number}";
        return key;
    }

    /// <summary>Whether the caller may do it, the owner has room for it, and everybody named is there.</summary>
    private async Task CheckAsync(DashboardFields? was, DashboardFields fields, bool isSchedule, CancellationToken ct)
    {
        if (fields.Schedule is not null) caller.RefuseLimitedKey("let dashboards be delivered");
        if (fields.OwnerId != (was?.OwnerId ?? caller.UserId) && caller.Role < Role.Manager) throw Forbidden("Giving a dashboard to somebody else takes the role MANAGER.");
        if (fields.OwnerId != was?.OwnerId)
        {
            // Two that come at once go one after another.
            await db.Members.AsNoTracking().Where(m => m.UserId == fields.OwnerId).ForUpdate().ToListAsync(ct);
            if (await db.Dashboards.CountAsync(d => d.OwnerId == fields.OwnerId, ct) >= Most) throw new CrmException(FailureKind.Conflict, FailureCodes.LimitReached, $"{fields.OwnerId} has {Most} dashboards already, and no member may have more. Delete one that isn't used any more.");
            await references.MemberAsync("ownerId", was?.OwnerId, fields.OwnerId, ct);
        }

        if (fields.Schedule is not { } schedule) return;
        await references.MembersAsync("schedule/to", was?.Schedule?.To ?? [], schedule.To, ct);
        if (isSchedule && schedule.By == DeliveryChannel.Email && fields.OwnerId == caller.UserId) await RefuseOtherRoleAsync(ct);
    }

    /// <summary>A mail shows what the role that the tenant keeps of the owner sees. A caller whose token says another wouldn't know what is sent.</summary>
    private async Task RefuseOtherRoleAsync(CancellationToken ct)
    {
        var role = await db.Members.Where(m => m.UserId == caller.UserId).Select(m => m.Role).SingleAsync(ct);
        if (role == caller.Role) return;
        var (own, kept) = (EnumNames<Role>.Of(caller.Role), EnumNames<Role>.Of(role));
        throw Forbidden($"What is sent by e-mail is what the role sees that this tenant keeps for you, {kept}, while your token or key says {own}: it may be other figures than yours. An admin can give you the role {own} under /api/members.");
    }

    private static CrmException Forbidden(string message) => new(FailureKind.Forbidden, FailureCodes.RoleForbidden, message);
}
