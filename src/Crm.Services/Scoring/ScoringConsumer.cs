using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Services.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Scoring;

/// <summary>Scores the leads that something happened to. It scores them as they are when it is told, so that an old event, or the same once more, moves nothing.</summary>
public sealed class ScoringConsumer(IServiceScopeFactory scopes, LeadScorer scorer) : IEventConsumer
{
    private static readonly HashSet<string> OfLeads = new(StringComparer.Ordinal)
    {
        EventTypes.LeadCreated, EventTypes.LeadUpdated, EventTypes.LeadStatusChanged, EventTypes.LeadAssigned, EventTypes.LeadRestored,
    };

    private static readonly HashSet<string> OfActivities = new(StringComparer.Ordinal)
    {
        EventTypes.ActivityLogged, EventTypes.ActivityUpdated, EventTypes.ActivityDeleted, EventTypes.ActivityRestored,
    };

    /// <summary>While a lead is being converted it isn't scored; what happened to it meanwhile counts once that came to nothing.</summary>
    private static readonly HashSet<string> OfConversions = new(StringComparer.Ordinal) { EventTypes.ConversionRejected, EventTypes.ConversionCancelled };

    public string Kind => "scoring";

    public bool IsStanding => true;

    public int AtOnce => 4;

    public int AtOnceOfTenant => 1;

    public TimeSpan TurnTime => TimeSpan.FromSeconds(20);

    /// <summary>Only the database can refuse, and then all of it: nothing is ever parked.</summary>
    public TimeSpan? NextTry(int tries) => TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, Math.Min(tries, 10))));

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        var leads = entries.SelectMany(LeadsOf).ToHashSet();
        var conversions = entries.Where(entry => OfConversions.Contains(entry.Type)).Select(entry => Guid.TryParse(entry.SubjectId, out var id) ? id : Guid.Empty).ToList();
        if (conversions.Count > 0) leads.UnionWith(await LeadsOfAsync(turn.TenantId, conversions, ct));
        if (leads.Count > 0) await scorer.ScoreAsync(turn.TenantId, leads, ct);
        return [.. entries.Select(_ => Delivery.Told)];
    }

    /// <summary>An activity that was moved concerns the lead that it was at before, too.</summary>
    private static IEnumerable<Guid> LeadsOf(LogEntry entry)
    {
        if (OfLeads.Contains(entry.Type)) return [entry.RecordId!.Value];
        if (!OfActivities.Contains(entry.Type)) return [];
        JsonElement? now = entry.Record.TryGetProperty("leadId", out var lead) ? lead : null;
        return new[] { now, entry.Changes.GetValueOrDefault("leadId")?.From }.OfType<JsonElement>().Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetGuid());
    }

    private async Task<List<Guid>> LeadsOfAsync(Guid tenantId, List<Guid> conversions, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, LeadScorer.Actor);
        return await work.ServiceProvider.GetRequiredService<CrmDbContext>().Conversions.Where(c => conversions.Contains(c.Id)).Select(c => c.LeadId).ToListAsync(ct);
    }
}
