using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Database;
using Crm.Database.Scoring;
using Crm.Database.Tenancy;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Scoring;

/// <summary>
/// Scores leads as they are now, by what the tenant has set. A lead that has its score already is left alone, so that it may be scored however often and by
/// several instances at once. One that is being converted stays as it is until that has ended, one that is decided keeps the score that it had then.
/// </summary>
public sealed class LeadScorer(IServiceScopeFactory scopes)
{
    /// <summary>Who does it, in events.</summary>
    public const string Actor = "scoring";

    /// <summary>How many are scored in one transaction.</summary>
    private const int BatchSize = 50;

    /// <summary>The statuses in which it is open what becomes of a lead.</summary>
    internal static readonly LeadStatus[] Undecided = [LeadStatus.New, LeadStatus.Contacted, LeadStatus.Qualified, LeadStatus.Nurturing];

    /// <param name="tenantId">Whose leads.</param>
    /// <param name="leadIds">Which; those that there aren't, or that aren't scored now, are left out.</param>
    /// <param name="ct">Stops it between two batches, or before one is saved.</param>
    /// <returns>How many have another score than before.</returns>
    /// <exception cref="CrmException">409 where others were quicker too often.</exception>
    public async Task<int> ScoreAsync(Guid tenantId, IEnumerable<Guid> leadIds, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, Actor);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        if (!await db.Scorings.AnyAsync(s => s.IsActive, ct)) return 0;
        var moved = 0;
        foreach (var batch in leadIds.Distinct().Order().Chunk(BatchSize))
        {
            moved += await db.UnlessOutrunAsync(() => db.InTransactionAsync(() => ScoreBatchAsync(db, batch, ct), ct), () => null, () => CrmException.Contended("tenant", tenantId), ct);
        }

        return moved;
    }

    private static async Task<int> ScoreBatchAsync(CrmDbContext db, Guid[] ids, CancellationToken ct)
    {
        // What is set stays so until this is committed: whoever sets something else then finds these leads scored by what was before.
        if (await db.Scorings.AsNoTracking().ForShare().SingleOrDefaultAsync(ct) is not { IsActive: true } scoring) return 0;
        var leads = await db.Leads.Where(l => ids.Contains(l.Id) && l.PendingConversionId == null && Undecided.Contains(l.Status)).OrderBy(l => l.Id).ToListAsync(ct);
        var known = await db.LeadScores.Where(s => ids.Contains(s.LeadId)).ToDictionaryAsync(s => s.LeadId, ct);
        var found = await new ScoringSight(db, scoring).ScoresAsync(leads, db.Stamp().At, ct);
        var moved = 0;
        foreach (var lead in leads.Where(lead => found.ContainsKey(lead.Id)))
        {
            var (score, isKnown) = (found[lead.Id], known.TryGetValue(lead.Id, out var row));
            if (row is null) db.Add(row = new LeadScore(lead));
            var hasMoved = lead.Rescore(score.Score);
            if (hasMoved || !isKnown || row.Method != scoring.Method || !score.TellsAs(row.Explanation)) row.Explain(scoring.Method, score.Explanation, db.Stamp().At);
            row.Settle(scoring.Basis, score.DueAt);
            if (hasMoved) moved++;
        }

        await db.SaveChangesAsync(ct);
        return moved;
    }
}

/// <summary>A score that a lead is to have.</summary>
/// <param name="Score">0 to 100.</param>
/// <param name="Explanation">What it is made of, as JSON.</param>
/// <param name="DueAt">When it may be another though nobody did anything; null for never.</param>
/// <param name="TellsAs">Whether an explanation that is kept still tells it.</param>
internal sealed record FoundScore(int Score, string Explanation, DateTimeOffset? DueAt, Func<string, bool> TellsAs);
