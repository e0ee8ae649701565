using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Scoring;
using Crm.Database;
using Crm.Database.Records;
using Crm.Database.Scoring;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Scoring;

/// <summary>What was learnt from what became of a tenant's leads.</summary>
public sealed class ScoringModels(CrmDbContext db, TimeProvider clock)
{
    /// <summary>Of more outcomes the latest are learnt from, by when the leads were made.</summary>
    private const int MostOutcomes = 20_000;

    private const int BatchSize = 200;

    /// <summary>How long after a training the next is due.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromDays(7);

    private static readonly Sorting<ScoringModel> Sorts = new Sorting<ScoringModel>("scoring-models", m => m.Id).By("version", m => m.Version);

    public async Task<Page<ScoringModelView>> ListAsync(ScoringModelQuery query, CancellationToken ct) =>
        (await db.ScoringModels.AsNoTracking().ToPageAsync(query, Sorts, m => m, ct)).Select(ScoringModelViews.Of);

    /// <summary>The model that leads are scored by; null for none.</summary>
    public async Task<ScoringModelView?> FindActiveAsync(CancellationToken ct) =>
        await db.ScoringModels.AsNoTracking().SingleOrDefaultAsync(m => m.IsActive, ct) is { } model ? ScoringModelViews.Of(model) : null;

    /// <summary>Learns from all outcomes that are known now. What foretells later leads better than their rate of success does becomes active; else what was active stays so.</summary>
    /// <exception cref="CrmException">409 where there is too little to learn from, with how many outcomes there are.</exception>
    public async Task<ScoringModelView> TrainAsync(CancellationToken ct)
    {
        var examples = await ExamplesAsync(ct);
        return await KeepAsync(Training.Of(examples) ?? throw TooFew(examples), examples, ct);
    }

    /// <summary>Learns where outcomes have come since the last time.</summary>
    /// <returns>Whether there is enough to learn from.</returns>
    internal async Task<bool> RefreshAsync(CancellationToken ct)
    {
        var examples = await ExamplesAsync(ct);
        if (Training.Of(examples) is not { } training) return false;
        var last = await db.ScoringModels.AsNoTracking().OrderByDescending(m => m.Version).Select(m => new { m.Positives, m.Negatives }).FirstOrDefaultAsync(ct);
        var positives = examples.Count(example => example.IsPositive);
        if (last is null || last.Positives != positives || last.Negatives != examples.Count - positives) await KeepAsync(training, examples, ct);
        return true;
    }

    private Task<ScoringModelView> KeepAsync(Training training, List<Example> examples, CancellationToken ct)
    {
        var positives = examples.Count(example => example.IsPositive);
        return db.UnlessOutrunAsync(
            () => db.InTransactionAsync(
                async () =>
                {
                    var scoring = await db.Scorings.ForUpdate().SingleOrDefaultAsync(ct);
                    var version = await db.ScoringModels.MaxAsync(m => (int?)m.Version, ct) ?? 0;
                    var model = new ScoringModel(version + 1, training.IsBetter, positives, examples.Count - positives, training.Model.Write(), ScoringModelViews.Write(training.Report), db.Stamp());
                    if (model.IsActive)
                    {
                        foreach (var active in await db.ScoringModels.Where(m => m.IsActive).ToListAsync(ct)) active.Retire();
                        scoring?.Learnt();
                    }

                    scoring?.Postpone(db.Stamp().At + Interval);
                    db.Add(model);
                    db.Audit(EventTypes.ScoringTrained, "automation", "scoring", Differences.Of("version", version, model.Version));
                    await db.SaveChangesAsync(ct);
                    return ScoringModelViews.Of(model);
                },
                ct),
            () => null,
            () => CrmException.Contended("tenant", db.Stamp().TenantId),
            ct);
    }

    /// <summary>The leads whose outcome is known, each as it was known when it was to be decided.</summary>
    private async Task<List<Example>> ExamplesAsync(CancellationToken ct)
    {
        var leads = await db.Leads.AsNoTracking().Where(l => l.Status == LeadStatus.Converted || l.Status == LeadStatus.Unqualified)
            .OrderByDescending(l => l.CreatedAt).ThenByDescending(l => l.Id).Select(l => new Outcome(l.Id, l.CreatedAt, l.Status == LeadStatus.Converted, l.ConvertedDealId)).Take(MostOutcomes).ToListAsync(ct);
        var rules = await db.Scorings.AsNoTracking().SingleOrDefaultAsync(ct) is { } scoring && scoring.ReadRules() is { Count: > 0 } fields ? new RuleSet(fields) : null;
        var examples = new List<Example>(leads.Count);
        foreach (var batch in leads.OrderBy(lead => lead.CreatedAt).Chunk(BatchSize)) examples.AddRange(await ExamplesAsync(batch, rules, ct));
        return examples;
    }

    private async Task<IEnumerable<Example>> ExamplesAsync(Outcome[] leads, RuleSet? rules, CancellationToken ct)
    {
        var history = new LeadHistory(db);
        var dealIds = leads.Select(lead => lead.DealId).OfType<Guid>().ToArray();
        var lost = (await db.Deals.WithDeleted().AsNoTracking().Where(d => dealIds.Contains(d.Id) && d.CurrentStage.Kind == StageKind.Lost).Select(d => d.Id).ToListAsync(ct)).ToHashSet();
        var decided = await history.DecidedAtAsync([.. leads.Select(lead => lead.LeadId)], ct);
        var known = await history.ReadAsync([.. leads.Select(lead => Moment.Of(lead.LeadId, lead.CreatedAt, decided.TryGetValue(lead.LeadId, out var at) ? at : null, clock.GetUtcNow())).OfType<Moment>()], ct);
        return
            from lead in leads
            where known.ContainsKey(lead.LeadId)
            let then = known[lead.LeadId]
            let isPositive = lead.IsConverted && !(lead.DealId is { } deal && lost.Contains(deal))
            select new Example(lead.CreatedAt, LeadFeatures.Of(then.Record, then.Contacts), isPositive, rules?.Score(then.Record, then.Contacts, then.At).View.Score);
    }

    private static CrmException TooFew(List<Example> examples)
    {
        var positives = examples.Count(example => example.IsPositive);
        return new CrmException(FailureKind.Conflict, FailureCodes.TooFewOutcomes, $"There is too little to learn from: {positives} leads became customers and {examples.Count - positives} didn't. It takes {Training.Fewest} of either among the earlier three quarters of them; the later quarter is what it is tried on.")
        {
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["positives"] = positives, ["negatives"] = examples.Count - positives },
        };
    }

    private sealed record Outcome(Guid LeadId, DateTimeOffset CreatedAt, bool IsConverted, Guid? DealId);
}
