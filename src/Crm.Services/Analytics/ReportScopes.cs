using System.Text.Json;
using Crm.Contracts.Analytics;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Database;
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
        var (zone, currency) = await SettingsAsync(asOf, ct);
        var stages = await db.StageSnapshots.AsNoTracking().Where(s => s.At <= asOf && s.Until > asOf).ToListAsync(ct);
        var scope = new ReportScope(db, caller, query, asOf, TimeZoneInfo.FindSystemTimeZoneById(zone), currency, new StageMap(stages), isPresent)
        {
            Owners = query is CountedDealQuery { TeamId: { } teams } ? [.. (await new TeamHistory(db, asOf).MembersAsync(teams, ct)).Values.SelectMany(members => members).Distinct(StringComparer.Ordinal)] : null,
        };
        return query.Currency is { } into ? await scope.InAsync(into, ct) : scope;
    }

    /// <summary>The calendar by which days are counted, as the settings were at an instant.</summary>
    public async Task<Calendar> CalendarAsync(DateTimeOffset asOf, CancellationToken ct) => new(TimeZoneInfo.FindSystemTimeZoneById((await SettingsAsync(asOf, ct)).TimeZone));

    /// <summary>The settings as they are, with what was changed since the instant undone.</summary>
    private async Task<(string TimeZone, string Currency)> SettingsAsync(DateTimeOffset asOf, CancellationToken ct)
    {
        var tenant = await db.Tenants.AsNoTracking().Select(t => new { t.TimeZone, t.Currency }).SingleAsync(ct);
        var (zone, currency) = (tenant.TimeZone, tenant.Currency);
        var later = await db.Events.Where(e => e.Type == EventTypes.SettingsChanged && e.OccurredAt > asOf)
            .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Select(e => e.Changes).ToListAsync(ct);
        foreach (var changes in later.Select(text => JsonSerializer.Deserialize<Dictionary<string, FieldChange>>(text, CrmJson.Options)!))
        {
            zone = Before(changes, "timeZone") ?? zone;
            currency = Before(changes, "currency") ?? currency;
        }

        return (zone, currency);
    }

    private static string? Before(Dictionary<string, FieldChange> changes, string member) => changes.TryGetValue(member, out var change) ? change.From?.GetString() : null;
}
