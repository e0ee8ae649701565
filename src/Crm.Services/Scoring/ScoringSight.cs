using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Scoring;
using Crm.Database;
using Crm.Database.Leads;
using Crm.Database.Records;
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
        if (leads.Count == 0) return [];
        if (scoring.Method == ScoringMethod.Rules)
        {
            var byRules = await ByRulesAsync(leads, at, ct);
            return leads.ToDictionary(lead => lead.Id, lead => Found(lead.Id, byRules[lead.Id], at));
        }

        if (await ActiveAsync(ct) is not { } model) return [];
        var byModel = await ByModelAsync(model, leads, at, ct);
        return leads.Where(lead => byModel.ContainsKey(lead.Id)).ToDictionary(lead => lead.Id, lead => Found(lead, byModel[lead.Id], at));
    }

    /// <summary>What the rules give a lead; null where there are none.</summary>
    public async Task<RuleScoreView?> ByRulesAsync(Lead lead, DateTimeOffset at, CancellationToken ct) => rules is null ? null : (await ByRulesAsync([lead], at, ct))[lead.Id].View;

    /// <summary>What is foretold of a lead, or why nothing is.</summary>
    public async Task<(PredictionView? Prediction, PredictionGap? Gap)> ByModelAsync(Lead lead, DateTimeOffset at, CancellationToken ct)
    {
        if (await ActiveAsync(ct) is not { } model) return (null, await GapAsync(ct));
        var found = await ByModelAsync(model, [lead], at, ct);
        return found.TryGetValue(lead.Id, out var prediction) ? (prediction, null) : (null, PredictionGap.DecidedAtOnce);
    }

    private async Task<Dictionary<Guid, RuleScore>> ByRulesAsync(IReadOnlyList<Lead> leads, DateTimeOffset at, CancellationToken ct)
    {
        var set = rules ?? new RuleSet([]);
        var contacts = set.CountsActivities ? await ContactsAsync([.. leads.Select(lead => lead.Id)], ct) : Array.Empty<Guid>().ToLookup(_ => Guid.Empty, _ => (Contact)null!);
        return leads.ToDictionary(lead => lead.Id, lead => set.Score(JsonSerializer.SerializeToElement(LeadViews.Of(lead), CrmJson.Options), [.. contacts[lead.Id]], at));
    }

    private async Task<ILookup<Guid, Contact>> ContactsAsync(List<Guid> ids, CancellationToken ct) =>
        (await db.Activities.Where(a => a.LeadId != null && ids.Contains(a.LeadId.Value)).Select(a => new { a.LeadId, a.Type, a.Direction, a.OccurredAt }).ToListAsync(ct))
        .ToLookup(a => a.LeadId!.Value, a => new Contact(a.Type, a.Direction, a.OccurredAt));

    private Task<ScoringModel?> ActiveAsync(CancellationToken ct) => db.ScoringModels.AsNoTracking().SingleOrDefaultAsync(m => m.IsActive, ct);

    private async Task<PredictionGap> GapAsync(CancellationToken ct)
    {
        if (await db.ScoringModels.AnyAsync(ct)) return PredictionGap.NotBetter;
        foreach (var status in new[] { LeadStatus.Converted, LeadStatus.Unqualified })
        {
            if (await db.Leads.WithUnseen().Where(l => l.Status == status).Take(Training.Fewest).CountAsync(ct) < Training.Fewest) return PredictionGap.TooFewOutcomes;
        }

        return PredictionGap.NotTrained;
    }

    /// <summary>The predictions of leads, each as of when it is, or was, to be decided.</summary>
    private async Task<Dictionary<Guid, PredictionView>> ByModelAsync(ScoringModel model, IReadOnlyList<Lead> leads, DateTimeOffset at, CancellationToken ct)
    {
        var (history, learnt) = (new LeadHistory(db), LearntModel.Read(model.Weights));
        var decided = await history.DecidedAtAsync([.. leads.Select(lead => lead.Id)], ct);
        var moments = leads.Select(lead => Moment.Of(lead.Id, lead.CreatedAt, decided.TryGetValue(lead.Id, out var decidedAt) ? decidedAt : null, at)).OfType<Moment>().ToList();
        return (await history.ReadAsync(moments, ct)).ToDictionary(lead => lead.Key, lead => learnt.Predict(LeadFeatures.Of(lead.Value.Record, lead.Value.Contacts), model.Version));
    }

    private static FoundScore Found(Guid leadId, RuleScore rules, DateTimeOffset at)
    {
        var look = rules.Fades ? NextLook(leadId, at) : (DateTimeOffset?)null;
        var dueAt = look < rules.MovesAt || rules.MovesAt is null ? look : rules.MovesAt;
        return new FoundScore(rules.View.Score, JsonSerializer.Serialize(rules.View, CrmJson.Options), dueAt, kept => Tells(kept, rules.View));
    }

    /// <summary>A lead that is younger than what the model learnt from is looked at again when it is as old.</summary>
    private static FoundScore Found(Lead lead, PredictionView prediction, DateTimeOffset at)
    {
        var explanation = JsonSerializer.Serialize(prediction, CrmJson.Options);
        return new FoundScore(prediction.Score, explanation, lead.CreatedAt + Day > at ? lead.CreatedAt + Day : null, kept => kept == explanation);
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
