using System.Collections.Concurrent;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Alarms;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Alarms;

/// <summary>
/// Lets records tell what has come by the passing of time: each in a transaction of its own, which only one of several instances can make,
/// as it must find the version that it has read. One that is killed leaves its alarms to the next.
/// </summary>
public sealed partial class AlarmClock(IServiceScopeFactory scopes, TimeProvider clock, ILogger<AlarmClock> logger)
{
    /// <summary>Who does what nobody did.</summary>
    internal const string Actor = "system";

    private const int BatchSize = 50;
    private const int TenantsAtOnce = 4;

    /// <summary>What failed isn't tried again before.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> resting = new();

    /// <summary>Rings all that is due by the database's clock, a batch of each tenant in turn. Where a record fails, the others ring nevertheless.</summary>
    /// <returns>How many records had something to tell.</returns>
    public async Task<int> RingDueAsync(CancellationToken ct)
    {
        var (rung, stuck) = (0, new ConcurrentDictionary<Guid, bool>());
        while (true)
        {
            // Asked anew for each round, so that who has much to tell doesn't keep those waiting who come later.
            var due = (await TenantsAsync(ct)).Where(tenantId => !stuck.ContainsKey(tenantId)).ToList();
            if (due.Count == 0) return rung;
            await Parallel.ForEachAsync(
                due.Shuffle(), new ParallelOptions { MaxDegreeOfParallelism = TenantsAtOnce, CancellationToken = ct },
                async (tenantId, stop) =>
                {
                    var count = await RingBatchAsync(tenantId, stop);
                    if (count == 0) stuck.TryAdd(tenantId, true);
                    Interlocked.Add(ref rung, count);
                });
        }
    }

    private async Task<int> RingBatchAsync(Guid tenantId, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, Actor);
        var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return await RingBatchAsync(db, db.Tasks, ct) + await RingBatchAsync(db, db.Deals.Include(d => d.CurrentStage), ct);
    }

    private async Task<int> RingBatchAsync<T>(CrmDbContext db, IQueryable<T> records, CancellationToken ct) where T : Record, IAlarmed
    {
        var rung = 0;
        var (now, tired) = (await db.NowAsync(ct), Tired());
        var ids = await records.Where(r => r.AlarmAt < now && !EF.Parameter(tired).Contains(r.Id)).OrderBy(r => r.AlarmAt).ThenBy(r => r.Id).Select(r => r.Id).Take(BatchSize).ToListAsync(ct);
        foreach (var id in ids.Shuffle()) // so that several instances get in each other's way less
        {
            if (await RingAsync(db, records, id, now, ct)) rung++;
        }

        return rung;
    }

    private async Task<bool> RingAsync<T>(CrmDbContext db, IQueryable<T> records, Guid id, DateTimeOffset now, CancellationToken ct) where T : Record, IAlarmed
    {
        db.Forget();
        try
        {
            return await db.InTransactionAsync(
                async () =>
                {
                    if (await records.SingleOrDefaultAsync(r => r.Id == id, ct) is not { } record) return false; // deleted meanwhile
                    record.Ring(now);
                    return await db.SaveChangesAsync(ct) > 0;
                },
                ct);
        }
        catch (Exception e) when (Failures.IsConflict(e))
        {
            return false; // another rang, or changed the record: then it is still due, or isn't
        }
        catch (Exception e) when (e is not OperationCanceledException && (Failures.IsTooSlow(e) || Failures.Translate(e) is not { Kind: FailureKind.Unavailable }))
        {
            resting[id] = clock.GetUtcNow() + Rest;
            LogFailed(logger, e, id, db.Stamp().TenantId);
            return false;
        }
    }

    private List<Guid> Tired()
    {
        var now = clock.GetUtcNow();
        foreach (var (id, until) in resting)
        {
            if (until <= now) resting.TryRemove(id, out _);
        }

        return [.. resting.Keys];
    }

    private async Task<List<Guid>> TenantsAsync(CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        return await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsWithAlarms().ToListAsync(ct);
    }

    [LoggerMessage(LogLevel.Error, "The record {Record} of tenant {Tenant} couldn't tell what is due of it; it is tried again in a minute, and the others go on")]
    private static partial void LogFailed(ILogger logger, Exception exception, Guid record, Guid tenant);
}
