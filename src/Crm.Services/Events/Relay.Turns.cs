using System.Diagnostics;
using System.Security.Cryptography;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Crm.Services.Conversion;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Events;

public sealed partial class Relay
{
    /// <summary>Beyond the time that telling a wave takes: as long as storing what came of it may.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>After this the others of the process get a turn.</summary>
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(10);

    /// <summary>Tells a consumer, batch by batch, until it has heard everything, can't hear more, or has had its time.</summary>
    private async Task RunAsync(IEventConsumer consumer, ConsumerTurn turn)
    {
        var length = consumer.TurnTime + Margin;
        var since = Stopwatch.StartNew();
        var lease = Guid.CreateVersion7();
        var taken = Stopwatch.StartNew();
        await using (var work = Enter(turn.TenantId, out var db))
        {
            if (await db.InTransactionAsync(() => db.LeaseConsumerAsync(turn.Name, lease, length, CancellationToken.None), CancellationToken.None) == 0) return;
        }

        while (true)
        {
            RelayBatch batch;
            await using (var work = Enter(turn.TenantId, out var db)) batch = await RelayBatch.ReadAsync(db, turn.Name, CancellationToken.None);
            if (!batch.IsEmpty) await batch.TellAsync(consumer.LargestWave, wave => TellAsync(consumer, turn, wave), MayGoOnAsync);
            hasSkipped |= since.Elapsed >= LongestTurn;
            if (!await StoreAsync(consumer, turn, lease, batch, mayGoOn: !isStopping && since.Elapsed < LongestTurn && !batch.IsEmpty)) return;
        }

        // A wave is begun only with a lease that outlasts it.
        async Task<bool> MayGoOnAsync()
        {
            if (isStopping) return false;
            if (taken.Elapsed < Margin / 2) return true;
            taken.Restart();
            await using var work = Enter(turn.TenantId, out var db);
            return await db.InTransactionAsync(() => db.RenewConsumerAsync(turn.Name, lease, length, CancellationToken.None), CancellationToken.None) == 1;
        }
    }

    /// <summary>Tells a wave. Where that fails in a way which nobody foresaw, its entries are told one by one, so that one of them alone is to blame.</summary>
    private async Task<IReadOnlyList<Delivery>> TellAsync(IEventConsumer consumer, ConsumerTurn turn, IReadOnlyList<LogEntry> wave)
    {
        using var time = new CancellationTokenSource(consumer.TurnTime);
        try
        {
            var results = await consumer.DeliverAsync(turn, wave, time.Token);
            CrashPoints.Reached(CrashPoints.Published);
            meter.Told(consumer.Kind, wave, results);
            return results;
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested)
        {
            throw new ConsumerAwayException($"Telling it took longer than {consumer.TurnTime.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is not ConsumerAwayException)
        {
            if (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable }) throw new ConsumerAwayException("The database couldn't be reached.");
            if (wave.Count > 1) return await TellSinglyAsync(consumer, turn, wave);
            LogRefused(logger, e, turn.TenantId, turn.Name, wave[0].Id);
            return [new Delivery.Refused("The service failed at this event; its log tells why.")];
        }
    }

    private async Task<IReadOnlyList<Delivery>> TellSinglyAsync(IEventConsumer consumer, ConsumerTurn turn, IReadOnlyList<LogEntry> wave)
    {
        var results = new List<Delivery>(wave.Count);
        foreach (var entry in wave) results.AddRange(await TellAsync(consumer, turn, [entry]));
        return results;
    }

    /// <summary>Stores how far the consumer has got, all or nothing.</summary>
    /// <returns>Whether to go on with the next batch under the same lease; false where it is let go, or has gone to another.</returns>
    private async Task<bool> StoreAsync(IEventConsumer consumer, ConsumerTurn turn, Guid lease, RelayBatch batch, bool mayGoOn)
    {
        await using var work = Enter(turn.TenantId, out var db);
        return await db.InTransactionAsync(
            async () =>
            {
                if (await db.LogConsumers.ForUpdate().SingleOrDefaultAsync(c => c.Name == turn.Name && c.Lease == lease, CancellationToken.None) is not { } place)
                {
                    LogLost(logger, turn.TenantId, turn.Name);
                    return false;
                }

                var now = await db.NowAsync(CancellationToken.None);
                // Also where nothing of what should be due was there: it would be looked for without end.
                if (await HoldAsync(db, consumer, turn, batch, now) || place.HeldDueAt <= now) place.HeldDueAt = await db.HeldDeliveries.Where(h => h.Consumer == turn.Name).MinAsync(h => h.DueAt, CancellationToken.None);
                if (batch.CountSettled() is > 0 and var settled) place.Advance(batch.Next[settled - 1].Position, batch.Next[settled - 1].Time);
                var goesOn = mayGoOn && batch.Away is null && (place.Position < place.Target || place.HeldDueAt <= now);
                if (batch.Away is { } away) place.Rest(now + (away.After ?? RestAfter(place.Failures)), away.Message);
                else if (!goesOn) place.Release();
                await db.SaveChangesAsync(CancellationToken.None);
                return goesOn;
            },
            CancellationToken.None);
    }

    /// <summary>Writes down what wasn't taken and what waits behind it, and takes out what was told in the end.</summary>
    /// <returns>Whether anything that is held has changed.</returns>
    private async Task<bool> HoldAsync(CrmDbContext db, IEventConsumer consumer, ConsumerTurn turn, RelayBatch batch, DateTimeOffset now)
    {
        var freed = new HashSet<Guid>();
        foreach (var row in batch.Gone) Remove(row);
        foreach (var row in batch.Behind)
        {
            db.Attach(row);
            row.Follow();
        }

        foreach (var (row, entry) in batch.Held)
        {
            if (batch.OutcomeOf(entry) is Delivery.Refused refused)
            {
                db.Attach(row);
                Refuse(row, refused);
            }
            else if (batch.OutcomeOf(entry) is Delivery.Done)
            {
                Remove(row);
            }
        }

        foreach (var entry in batch.Next.Take(batch.CountSettled()))
        {
            var outcome = batch.OutcomeOf(entry);
            if (outcome is Delivery.Done) continue;
            var row = new HeldDelivery { TenantId = turn.TenantId, Id = Guid.CreateVersion7(now), Consumer = turn.Name, Position = entry.Position, EventId = entry.Id, RecordId = entry.RecordId, HeldAt = now };
            if (outcome is Delivery.Refused refused) Refuse(row, refused);
            db.Add(row);
        }

        if (!db.ChangeTracker.Entries<HeldDelivery>().Any()) return false;
        await db.SaveChangesAsync(CancellationToken.None);
        foreach (var record in freed)
        {
            var first = await db.HeldDeliveries.Where(h => h.Consumer == turn.Name && h.RecordId == record && h.ParkedAt == null).OrderBy(h => h.Position).FirstOrDefaultAsync(CancellationToken.None);
            if (first is { DueAt: null }) first.MakeDue();
        }

        await db.SaveChangesAsync(CancellationToken.None);
        return true;

        void Remove(HeldDelivery row)
        {
            db.Remove(row);
            if (row.RecordId is { } record) freed.Add(record);
        }

        void Refuse(HeldDelivery row, Delivery.Refused refused)
        {
            if (consumer.NextTry(row.Tries + 1) is { } wait)
            {
                row.Postpone(refused.Problem, now + (refused.After > wait ? refused.After.Value : wait));
                return;
            }

            row.Park(refused.Problem, now);
            LogParked(logger, turn.TenantId, turn.Name, row.EventId, row.Tries);
            if (row.RecordId is { } record) freed.Add(record);
        }
    }

    /// <summary>Twice as long each time, and by chance down to half of that.</summary>
    private static TimeSpan RestAfter(int failures)
    {
        var longest = Math.Min(LongestRest.TotalMilliseconds, FirstRest.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 10)));
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)(longest / 2), (int)longest + 1));
    }

    [LoggerMessage(LogLevel.Information, "The lease of {Consumer} of tenant {Tenant} has gone to another, who goes on")]
    private static partial void LogLost(ILogger logger, Guid tenant, string consumer);

    [LoggerMessage(LogLevel.Error, "Telling {Consumer} of tenant {Tenant} of the event {Event} failed in a way that nobody foresaw; it is tried again")]
    private static partial void LogRefused(ILogger logger, Exception exception, Guid tenant, string consumer, Guid @event);

    [LoggerMessage(LogLevel.Error, "{Consumer} of tenant {Tenant} didn't take the event {Event} in {Tries} tries; it is parked, see /api/events/parked")]
    private static partial void LogParked(ILogger logger, Guid tenant, string consumer, Guid @event, int tries);
}
