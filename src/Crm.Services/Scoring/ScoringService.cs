using System.Text.Json;
using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Scoring;
using Crm.Database;
using Crm.Database.Scoring;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Scoring;

/// <summary>How a tenant's leads are scored, and why each has the score that it has.</summary>
public sealed class ScoringService(CrmDbContext db, TimeProvider clock)
{
    public async Task<ScoringView> GetAsync(CancellationToken ct) => await ViewAsync(await db.Scorings.AsNoTracking().SingleOrDefaultAsync(ct), ct);

    /// <summary>Changes how leads are scored. Where that may move scores, all of them are computed anew in the background.</summary>
    /// <exception cref="CrmException">400 for rules that can't be asked, with the pointers; 412 where <paramref name="ifMatch"/> is stale; 409 where others were quicker too often.</exception>
    public Task<ScoringView> ChangeAsync(Changes<ScoringFields> change, int? ifMatch, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var scoring = await db.Scorings.ForUpdate().SingleOrDefaultAsync(ct);
                if (ifMatch is { } version && version != (scoring?.Version ?? 0)) throw Stale();
                if (scoring is null) db.Add(scoring = new LeadScoring(db.Stamp()));
                var before = scoring.Fields();
                var fields = change.ApplyTo(scoring.Fields());
                RuleFaults.Check(fields.Rules);
                if (scoring.Change(fields, db.Stamp().At)) db.Audit(EventTypes.ScoringChanged, "automation", "scoring", Differences.Between(before, scoring.Fields()));
                else if (scoring.Version == 0) db.Entry(scoring).State = EntityState.Detached; // nothing was set
                await db.SaveChangesAsync(ct);
                return await ViewAsync(scoring, ct);
            },
            ct),
        () => ifMatch is null ? null : Stale(),
        () => CrmException.Contended("tenant", db.Stamp().TenantId),
        ct);

    /// <summary>A lead's score with its reasons: those of the part that it is made of as they were when it was computed, the others of now.</summary>
    /// <returns>Null for no such lead.</returns>
    public async Task<LeadScoreView?> ExplainAsync(Guid leadId, CancellationToken ct)
    {
        // In one question, so that the score and what it is made of are of one instant.
        var found = await db.Leads.AsNoTracking().Where(l => l.Id == leadId).LeftJoin(db.LeadScores.AsNoTracking(), l => l.Id, s => s.LeadId, (Lead, Kept) => new { Lead, Kept }).SingleOrDefaultAsync(ct);
        if (found is null) return null;
        var (lead, kept) = (found.Lead, found.Kept);
        var scoring = await db.Scorings.AsNoTracking().SingleOrDefaultAsync(ct) ?? new LeadScoring(db.Stamp());
        var (sight, now) = (new ScoringSight(db, scoring), clock.GetUtcNow());
        var (prediction, gap) = kept is { Method: ScoringMethod.Predictive } ? (Read<PredictionView>(kept), null) : await sight.ByModelAsync(lead, now, ct);
        return new LeadScoreView
        {
            Score = lead.Score,
            By = kept?.Method,
            ScoredAt = kept?.ScoredAt,
            Rules = kept is { Method: ScoringMethod.Rules } ? Read<RuleScoreView>(kept) : await sight.ByRulesAsync(lead, now, ct),
            Predictive = prediction,
            NoPrediction = gap,
        };
    }

    private static T Read<T>(LeadScore kept) => JsonSerializer.Deserialize<T>(kept.Explanation, CrmJson.Options)!;

    private async Task<ScoringView> ViewAsync(LeadScoring? scoring, CancellationToken ct)
    {
        var fields = scoring?.Fields() ?? new ScoringFields();
        return new ScoringView
        {
            IsActive = fields.IsActive,
            By = fields.By,
            Rules = [.. fields.Rules.Select(ViewOf)],
            Model = await db.ScoringModels.Where(m => m.IsActive).Select(m => new ScoringModelSummary { Version = m.Version, TrainedAt = m.TrainedAt }).SingleOrDefaultAsync(ct),
            UpdatedAt = scoring is { Version: > 0 } ? scoring.UpdatedAt : await db.Tenants.Select(t => t.CreatedAt).SingleAsync(ct),
            Version = scoring?.Version ?? 0,
        };
    }

    private static ScoringRuleView ViewOf(ScoringRuleFields rule) => new()
    {
        Name = rule.Name,
        Points = rule.Points!.Value,
        Condition = rule.Condition,
        Activity = rule.Activity is not { } activity ? null : new ScoringActivityView
        {
            Types = activity.Types,
            Direction = activity.Direction,
            WithinDays = activity.WithinDays,
            HalfLifeDays = activity.HalfLifeDays,
            AtLeast = activity.AtLeast,
            AtMost = activity.AtMost,
            MostPoints = activity.MostPoints,
        },
    };

    private static CrmException Stale() =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, "How leads are scored was changed since you read it. Read it again and send the change with its new ETag.");
}
