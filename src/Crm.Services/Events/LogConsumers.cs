using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Events;

/// <summary>Who reads the tenant's log, and from where. Each change takes the lease from whoever works on the consumer: what that one is about to store isn't stored.</summary>
public sealed class LogConsumers(CrmDbContext db)
{
    /// <summary>Lets a consumer hear of what is sealed from now on; one that does already stays as it is.</summary>
    public Task StartAsync(string name, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var end = await db.SealHeads.ForShare().Select(h => (long?)h.Position).SingleOrDefaultAsync(ct) ?? 0;
            if (await db.LogConsumers.AnyAsync(c => c.Name == name, ct)) return false;
            db.Add(new LogConsumer { TenantId = db.Stamp().TenantId, Name = name, Position = end, Target = end });
            await db.SaveChangesAsync(ct);
            return true;
        },
        ct);

    /// <summary>Forgets how far a consumer is, and what is held for it.</summary>
    public Task StopAsync(string name, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            await db.LogConsumers.Where(c => c.Name == name).ForUpdate().Select(c => c.Name).ToListAsync(ct); // nobody holds anything for it from here on
            await db.HeldDeliveries.Where(h => h.Consumer == name).ExecuteDeleteAsync(ct);
            return await db.LogConsumers.Where(c => c.Name == name).ExecuteDeleteAsync(ct);
        },
        ct);

    /// <summary>Tells a consumer again of all that happened at an instant or later, in its order.</summary>
    /// <returns>How many events of the log that is, those of no interest to it among them.</returns>
    /// <exception cref="CrmException">404 for no such consumer.</exception>
    public Task<int> ReplayAsync(string name, DateTimeOffset since, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var consumer = await LockAsync(name, ct);
            var position = Math.Min(await db.BeforeAsync(since, ct), consumer.Position);
            await db.HeldDeliveries.Where(h => h.Consumer == name && h.Position > position).ExecuteDeleteAsync(ct);
            consumer.Advance(position, since);
            await ReleaseAsync(consumer, ct);
            return (int)(consumer.Target - position);
        },
        ct);

    /// <summary>Tells a consumer at once of what it didn't take, tried again or parked.</summary>
    /// <param name="name">Whom.</param>
    /// <param name="eventId">Of which event; null for all.</param>
    /// <param name="since">Only of what is held since then; null for all.</param>
    /// <param name="ct">Stops it before it is stored.</param>
    /// <returns>Of how many.</returns>
    /// <exception cref="CrmException">404 for no such consumer.</exception>
    public Task<int> RedriveAsync(string name, Guid? eventId, DateTimeOffset? since, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var consumer = await LockAsync(name, ct);
            var held = db.HeldDeliveries.Where(h => h.Consumer == name && h.Problem != null);
            if (eventId is { } id) held = held.Where(h => h.EventId == id);
            if (since is { } from) held = held.Where(h => h.HeldAt >= from);
            var count = await held.ExecuteUpdateAsync(
                set => set.SetProperty(h => h.Tries, 0).SetProperty(h => h.DueAt, DateTimeOffset.UnixEpoch).SetProperty(h => h.ParkedAt, (DateTimeOffset?)null), ct);
            await ReleaseAsync(consumer, ct);
            return count;
        },
        ct);

    private async Task<LogConsumer> LockAsync(string name, CancellationToken ct) =>
        await db.LogConsumers.ForUpdate().SingleOrDefaultAsync(c => c.Name == name, ct) ?? throw CrmException.NotFound("consumer", name);

    private async Task ReleaseAsync(LogConsumer consumer, CancellationToken ct)
    {
        consumer.HeldDueAt = await db.HeldDeliveries.Where(h => h.Consumer == consumer.Name).MinAsync(h => h.DueAt, ct);
        consumer.Release();
        await db.SaveChangesAsync(ct);
    }
}
