using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Scoring;
using Crm.Database;
using Crm.Database.Leads;
using Crm.Database.Scoring;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Scoring;

/// <summary>What a tenant's scoring makes of leads, without writing it.</summary>
internal sealed class ScoringSight(CrmDbContext db, LeadScoring scoring)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Null where there are none.</summary>
    private readonly RuleSet? rules = scoring.ReadRules() is { Count: > 0 } fields ? new RuleSet(fields) : null;

    /// <summary>The scores by the method that is set, by lead; none for those that it can't score.</summary>
    public async Task<Dictionary<Guid, FoundScore>> ScoresAsync(IReadOnlyList<Lead> leads, DateTimeOffset at, CancellationToken ct)
    {
        if (leads.Count == 0 || scoring.Method != ScoringMethod.Rules) return [];
        var found = await ByRulesAsync(leads, at, ct);
        return leads.ToDictionary(lead => lead.Id, lead => Found(lead.Id, found[lead.Id], at));
    }

    /// <summary>What the rules give a lead; null where there are none.</summary>
    public async Task<RuleScoreView?> ByRulesAsync(Lead lead, DateTimeOffset at, CancellationToken ct) => rules is null ? null : (await ByRulesAsync([lead], at, ct))[lead.Id].View;

    private async Task<Dictionary<Guid, RuleScore>> ByRulesAsync(IReadOnlyList<Lead> leads, DateTimeOffset at, CancellationToken ct)
    {
        var set = rules ?? new RuleSet([]);
        var contacts = set.CountsActivities ? await ContactsAsync([.. leads.Select(lead => lead.Id)], ct) : Array.Empty<Guid>().ToLookup(_ => Guid.Empty, _ => (Contact)null!);
        return leads.ToDictionary(lead => lead.Id, lead => set.Score(JsonSerializer.SerializeToElement(LeadViews.Of(lead), CrmJson.Options), [.. contacts[lead.Id]], at));
    }

    private async Task<ILookup<Guid, Contact>> ContactsAsync(List<Guid> ids, CancellationToken ct) =>
        (await db.Activities.Where(a => a.LeadId != null && ids.Contains(a.LeadId.Value)).Select(a => new { a.LeadId, a.Type, a.Direction, a.OccurredAt }).ToListAsync(ct))
        .ToLookup(a => a.LeadId!.Value, a => new Contact(a.Type, a.Direction, a.OccurredAt));

    private static FoundScore Found(Guid leadId, RuleScore rules, DateTimeOffset at)
    {
        var dueAt = rules.Fades && NextLook(leadId, at) is var look && !(rules.MovesAt < look) ? look : rules.MovesAt;
        return new FoundScore(rules.View.Score, JsonSerializer.Serialize(rules.View, CrmJson.Options), dueAt, kept => Tells(kept, rules.View));
    }

    /// <summary>Points that fade are looked at once a day, at a time of day that differs from lead to lead, so that a tenant's don't all come at once.</summary>
    private static DateTimeOffset NextLook(Guid leadId, DateTimeOffset at)
    {
        var time = new TimeSpan((long)(BitConverter.ToUInt32(leadId.ToByteArray(), 12) / (double)uint.MaxValue * (Day.Ticks / TimeSpan.TicksPerSecond)) * TimeSpan.TicksPerSecond);
        var look = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero) + time;
        return look > at ? look : look + Day;
    }

    /// <summary>Whether the same rules give, to whole points, the same: what has only faded a little is kept as it was.</summary>
    private static bool Tells(string kept, RuleScoreView now)
    {
        var reasons = JsonSerializer.Deserialize<RuleScoreView>(kept, CrmJson.Options)!.Reasons;
        return reasons.Select(Whole).SequenceEqual(now.Reasons.Select(Whole));

        static (string Rule, decimal Points) Whole(RuleReason reason) => (reason.Rule, decimal.Round(reason.Points));
    }
}
