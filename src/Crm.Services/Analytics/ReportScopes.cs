using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Database;
using Crm.Database.Settings;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>Looks up what a report's figures are measured by, as it was at the report's instant.</summary>
internal sealed class ReportScopes(CrmDbContext db, Caller caller, TimeProvider clock)
{
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    public async Task<ReportScope> OpenAsync(ReportQuery query, CancellationToken ct)
    {
        var (asOf, isPresent, _) = await new ReportMoments(db, clock).OfAsync(query.AsOf, ct);
        var settings = await SettingsAsync(asOf, ct);
        var stages = await db.StageSnapshots.AsNoTracking().Where(s => s.At <= asOf && s.Until > asOf).ToListAsync(ct);
        var scope = new ReportScope(db, caller, query, asOf, settings, new StageMap(stages), isPresent)
        {
            Owners = query is CountedDealQuery { TeamId: { } teams } ? [.. (await new TeamHistory(db, asOf).MembersAsync(teams, ct)).Values.SelectMany(members => members).Distinct(StringComparer.Ordinal)] : null,
        };
        return query.Currency is { } into ? await scope.InAsync(into, ct) : scope;
    }

    /// <summary>The calendar by which days are counted, as the settings were at an instant.</summary>
    public async Task<Calendar> CalendarAsync(DateTimeOffset asOf, CancellationToken ct) => (await SettingsAsync(asOf, ct)).Calendar;

    /// <summary>The settings as they are, with what was changed since the instant undone.</summary>
    private async Task<ReportSettings> SettingsAsync(DateTimeOffset asOf, CancellationToken ct)
    {
        var settings = await db.Tenants.AsNoTracking().Select(t => new ReportSettings { TimeZone = t.TimeZone, Currency = t.Currency, WorkingHours = Tenant.HoursOf(t.WorkingHours), Holidays = Tenant.DaysOf(t.Holidays) }).SingleAsync(ct);
        var later = await db.Events.Where(e => e.Type == EventTypes.SettingsChanged && e.OccurredAt > asOf)
            .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Select(e => e.Changes).ToListAsync(ct);
        return later.Select(text => JsonSerializer.Deserialize<Dictionary<string, FieldChange>>(text, CrmJson.Options)!).Aggregate(settings, (after, changes) => after.Before(changes));
    }
}
