using System.Diagnostics;
using Crm.Contracts.Failures;
using Crm.Contracts.Scoring;
using Crm.Database;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Scoring;

/// <summary>
/// Scores the leads of tenants that nobody did anything to: those whose score may have moved with time, and all of a tenant's where it is made of something else than before.
/// One instance goes through a tenant's leads at a time, under a lease; one that is killed leaves them to the next, which passes by those that are done.
/// </summary>
public sealed partial class ScoringPass(IServiceScopeFactory scopes, LeadScorer scorer, TimeProvider clock, ILogger<ScoringPass> logger)
{
    private const int BatchSize = 200;

    /// <summary>After this the other tenants get their turn.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LeaseLength = TimeSpan.FromMinutes(2);

    /// <summary>So long a tenant is left alone where something failed.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>Scores some of what is due, of all tenants alike.</summary>
    /// <returns>How many leads were looked at.</returns>
    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToScore(clock.GetUtcNow()).ToListAsync(ct);
        var looked = 0;
        foreach (var tenantId in tenants.Shuffle()) looked += await RunAsync(tenantId, ct);
        return looked;
    }

    private async Task<int> RunAsync(Guid tenantId, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, LeadScorer.Actor);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        var lease = Guid.CreateVersion7();
        if (!await TakeAsync(db, lease, ct)) return 0;
        var rest = TimeSpan.Zero;
        try
        {
            var turn = Stopwatch.StartNew();
            return await ScoreDueAsync(db, tenantId, turn, ct) + await CatchUpAsync(db, tenantId, turn, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException && (Failures.IsTooSlow(e) || Failures.Translate(e) is not { Kind: FailureKind.Unavailable }))
        {
            rest = Rest;
            LogFailed(logger, e, tenantId);
            return 0;
        }
        finally
        {
            await LetGoAsync(db, lease, rest);
        }
    }

    private async Task<int> ScoreDueAsync(CrmDbContext db, Guid tenantId, Stopwatch turn, CancellationToken ct)
    {
        var looked = 0;
        while (turn.Elapsed < LongestTurn)
        {
            var now = clock.GetUtcNow();
            var ids = await db.LeadScores.Where(s => s.DueAt <= now).OrderBy(s => s.DueAt).ThenBy(s => s.LeadId).Select(s => s.LeadId).Take(BatchSize).ToListAsync(ct);
            if (ids.Count == 0) break;
            await scorer.ScoreAsync(tenantId, ids, ct);
            // Those that aren't scored now wait for what happens to them.
            await db.InTransactionAsync(() => db.LeadScores.Where(s => ids.Contains(s.LeadId) && s.DueAt <= now).ExecuteUpdateAsync(set => set.SetProperty(s => s.DueAt, (DateTimeOffset?)null), ct), ct);
            looked += ids.Count;
        }

        return looked;
    }

    /// <summary>Goes through the leads that were scored by something else, or never.</summary>
    private async Task<int> CatchUpAsync(CrmDbContext db, Guid tenantId, Stopwatch turn, CancellationToken ct)
    {
        if (await db.Scorings.Where(s => s.IsBehind).Select(s => (int?)s.Basis).SingleOrDefaultAsync(ct) is not { } basis) return 0;
        var (looked, after) = (0, Guid.Empty);
        if (await db.Scorings.AnyAsync(s => s.Method == ScoringMethod.Predictive, ct) && !await db.ScoringModels.AnyAsync(m => m.IsActive, ct)) return await SettleAsync(db, basis, ct); // until something is learnt there is nothing to score by
        while (turn.Elapsed < LongestTurn)
        {
            var ids = await db.Leads.Where(l => l.Id > after && l.PendingConversionId == null && LeadScorer.Undecided.Contains(l.Status) && !db.LeadScores.Any(s => s.LeadId == l.Id && s.Basis == basis))
                .OrderBy(l => l.Id).Select(l => l.Id).Take(BatchSize).ToListAsync(ct);
            if (ids.Count == 0)
            {
                await SettleAsync(db, basis, ct);
                break;
            }

            await scorer.ScoreAsync(tenantId, ids, ct);
            (looked, after) = (looked + ids.Count, ids[^1]);
        }

        return looked;
    }

    private static async Task<int> SettleAsync(CrmDbContext db, int basis, CancellationToken ct)
    {
        await db.InTransactionAsync(() => db.Scorings.Where(s => s.Basis == basis).ExecuteUpdateAsync(set => set.SetProperty(s => s.IsBehind, false), ct), ct);
        return 0;
    }

    private static Task<bool> TakeAsync(CrmDbContext db, Guid lease, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var now = await db.NowAsync(ct);
            var until = now + LeaseLength;
            return await db.Scorings.Where(s => s.IsActive && s.LeasedUntil <= now).ExecuteUpdateAsync(set => set.SetProperty(s => s.Lease, (Guid?)lease).SetProperty(s => s.LeasedUntil, until), ct) == 1;
        },
        ct);

    private static Task<int> LetGoAsync(CrmDbContext db, Guid lease, TimeSpan rest) => db.InTransactionAsync(
        async () =>
        {
            var until = await db.NowAsync(CancellationToken.None) + rest;
            return await db.Scorings.Where(s => s.Lease == lease).ExecuteUpdateAsync(set => set.SetProperty(s => s.Lease, (Guid?)null).SetProperty(s => s.LeasedUntil, until), CancellationToken.None);
        },
        CancellationToken.None);

    [LoggerMessage(LogLevel.Error, "The leads of tenant {Tenant} couldn't be scored; it is tried again in a minute, and the other tenants go on")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid tenant);
}
