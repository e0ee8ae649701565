using System.Collections.Concurrent;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Audit;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Crm.Services.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Audit;

/// <summary>
/// Seals what was written: takes a tenant's events from the queue, in order, into its chain. Any number of instances may do so at once, as each
/// batch locks the chain's head and is one transaction: one that is killed leaves what it found. The place in the chain is also the place in the log by
/// which its readers go: it is given after the commit, so that a transaction which was slow to commit is never behind somebody who has read on.
/// </summary>
public sealed partial class Sealer(IServiceScopeFactory scopes, LogSignal signal, IEnumerable<IEventConsumer> consumers, TimeProvider clock, ILogger<Sealer> logger)
{
    /// <summary>Small, so that on SQLite those who write wait for no more than some milliseconds.</summary>
    private const int BatchSize = 200;

    /// <summary>What other processes wrote is looked for this often.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>What follows in this time is sealed in the same batch: a batch of one costs as much as one of many.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    /// <summary>While much is written, no round begins sooner after the one before: on SQLite each keeps those who write waiting for its commits.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>A tenant whose events can't be sealed is left alone for as long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, long> leftAlone = new();
    private readonly List<string> standing = [.. consumers.Where(consumer => consumer.IsStanding).Select(consumer => consumer.Kind)];
    private Task written = Task.CompletedTask;
    private long begun;

    /// <summary>Waits until something was written since it was looked last, or may have been where nobody tells of it.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        signal.SealHere();
        await Task.WhenAny(written, Task.Delay(Interval, ct));
        var early = Pace - clock.GetElapsedTime(begun);
        await Task.Delay(early > Gathering ? early : Gathering, ct);
        (written, begun) = (signal.NextWritten, clock.GetTimestamp());
    }

    /// <summary>Seals all that waits, tenant by tenant, a batch of each in turn. Where one can't be sealed, the others are nevertheless. What is written meanwhile may wait for the next time.</summary>
    /// <returns>How many events were sealed.</returns>
    public async Task<int> SealAllAsync(CancellationToken ct)
    {
        var sealedNow = 0;
        for (var mayBeMore = true; mayBeMore;)
        {
            mayBeMore = false;
            // Asked anew for each round, so that who has much to seal doesn't keep those waiting who come later.
            foreach (var tenantId in (await WaitingAsync(ct)).Where(MayBeTried))
            {
                try
                {
                    var (count, wasFull) = await SealNextAsync(tenantId, ct);
                    sealedNow += count;
                    mayBeMore |= wasFull && count > 0;
                }
                catch (Exception e) when (e is not OperationCanceledException && (Failures.IsTooSlow(e) || Failures.Translate(e) is not { Kind: FailureKind.Unavailable }))
                {
                    LogStuck(logger, e, tenantId);
                    leftAlone[tenantId] = clock.GetTimestamp();
                }
            }
        }

        return sealedNow;
    }

    private bool MayBeTried(Guid tenantId)
    {
        if (!leftAlone.TryGetValue(tenantId, out var since)) return true;
        if (clock.GetElapsedTime(since) < Patience) return false;
        leftAlone.TryRemove(tenantId, out _);
        return true;
    }

    /// <summary>Seals a tenant's next events; 0 where none waits.</summary>
    public async Task<int> SealBatchAsync(Guid tenantId, CancellationToken ct) => (await SealNextAsync(tenantId, ct)).Count;

    /// <returns>How many were sealed, and whether as many waited as a batch takes, so that there may be more.</returns>
    private async Task<(int Count, bool WasFull)> SealNextAsync(Guid tenantId, CancellationToken ct)
    {
        await using var work = Enter(tenantId, out var db);
        var begins = false;
        try
        {
            var taken = await db.InTransactionAsync(
                async () =>
                {
                    var head = await db.SealHeads.ForUpdate().SingleOrDefaultAsync(ct);
                    begins = head is null;
                    var (events, isFull) = await NextAsync(db, ct);
                    if (events.Count > 0) await SealAsync(db, tenantId, head, events, ct);
                    return (events.Count, isFull);
                },
                ct);
            if (taken.Count > 0) signal.Sealed(tenantId);
            return taken;
        }
        catch (Exception e) when (begins && Failures.IsConflict(e))
        {
            return (0, false); // another began the chain at this moment; the next round goes on from there
        }
    }

    private async Task SealAsync(CrmDbContext db, Guid tenantId, SealHead? head, List<Event> events, CancellationToken ct)
    {
        if (head is null) db.Add(head = new SealHead { TenantId = tenantId });
        await StartStandingAsync(db, tenantId, head.Position, ct);
        foreach (var e in events)
        {
            (head.Position, head.Hash) = (head.Position + 1, EventHash.Of(head.Hash, e));
            db.Add(new Seal { TenantId = tenantId, Position = head.Position, EventId = e.Id, Hash = head.Hash });
        }

        head.SealedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        var (end, since) = (head.Position, events[0].OccurredAt);
        await db.LogConsumers.ExecuteUpdateAsync(set => set.SetProperty(c => c.Target, end).SetProperty(c => c.BehindSince, c => c.Position == c.Target ? since : c.BehindSince), ct);
        var ids = events.ConvertAll(e => e.Id);
        var taken = await db.UnsealedEvents.Where(u => ids.Contains(u.EventId)).ExecuteDeleteAsync(ct);
        if (taken != events.Count) throw new DbUpdateConcurrencyException("Another sealed the same events.");
    }

    /// <summary>Whoever reads every tenant's log begins with what is sealed first while it is there.</summary>
    private async Task StartStandingAsync(CrmDbContext db, Guid tenantId, long position, CancellationToken ct)
    {
        if (standing.Count == 0) return;
        var there = await db.LogConsumers.Where(c => standing.Contains(c.Name)).Select(c => c.Name).ToListAsync(ct);
        db.AddRange(standing.Except(there, StringComparer.Ordinal).Select(name => new LogConsumer { TenantId = tenantId, Name = name, Position = position, Target = position }));
    }

    /// <summary>
    /// The oldest that wait, with those that come before them in their record: by its version, as clocks of several machines may differ. An
    /// earlier one of a record is always there by then, or sealed: a version is written only by who has seen the one before.
    /// </summary>
    private static async Task<(List<Event> Events, bool IsFull)> NextAsync(CrmDbContext db, CancellationToken ct)
    {
        var unsealed = db.Events.AsNoTracking().Where(e => db.UnsealedEvents.Any(u => u.EventId == e.Id));
        List<Guid> ids;
        List<Event> events;
        var last = Guid.Empty;
        do
        {
            // Where all of a batch are gone from the log, they hold up nothing behind them.
            ids = await db.UnsealedEvents.Where(u => u.EventId.CompareTo(last) > 0).OrderBy(u => u.EventId).Take(BatchSize).Select(u => u.EventId).ToListAsync(ct);
            events = await db.Events.AsNoTracking().Where(e => ids.Contains(e.Id)).ToListAsync(ct);
            last = ids.Count == 0 ? last : ids[^1];
        }
        while (events.Count == 0 && ids.Count == BatchSize);
        var records = events.Where(e => e.RecordId is not null).GroupBy(e => e.RecordId!.Value).ToDictionary(group => group.Key, group => group.Max(e => e.Version!.Value));
        var recordIds = records.Keys.ToList();
        var known = ids.ToHashSet();
        var others = await unsealed.Where(e => recordIds.Contains(e.RecordId!.Value)).Select(e => new { e.Id, e.RecordId, e.Version }).ToListAsync(ct);
        var before = others.Where(e => !known.Contains(e.Id) && e.Version < records[e.RecordId!.Value]).Select(e => e.Id).ToList();
        if (before.Count > 0) events.AddRange(await db.Events.AsNoTracking().Where(e => before.Contains(e.Id)).ToListAsync(ct));
        return (InOrder(events), ids.Count == BatchSize); // some of which there may be no event any more
    }

    /// <summary>By time; but the places that a record's events have among them are taken in the order of its versions.</summary>
    private static List<Event> InOrder(List<Event> events)
    {
        var byTime = events.OrderBy(e => e.OccurredAt).ThenBy(e => e.Id).ToList();
        var byRecord = byTime.Where(e => e.RecordId is not null).GroupBy(e => e.RecordId!.Value).ToDictionary(group => group.Key, group => new Queue<Event>(group.OrderBy(e => e.Version)));
        return byTime.ConvertAll(e => e.RecordId is { } id ? byRecord[id].Dequeue() : e);
    }

    private async Task<List<Guid>> WaitingAsync(CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        return await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToSeal().ToListAsync(ct);
    }

    private AsyncServiceScope Enter(Guid tenantId, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "sealer");
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    [LoggerMessage(LogLevel.Warning, "The events of tenant {Tenant} can't be sealed; those of the others are")]
    private static partial void LogStuck(ILogger logger, Exception exception, Guid tenant);
}
