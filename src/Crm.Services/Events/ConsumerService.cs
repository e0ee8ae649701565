using System.Globalization;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Events;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Events;

/// <summary>Who is told of the tenant's events, how far, and what they wouldn't take.</summary>
public sealed class ConsumerService(CrmDbContext db, LogConsumers consumers, LogSignal signal)
{
    internal static readonly Sorting<HeldDelivery> Sorts = new Sorting<HeldDelivery>("parked-events", h => h.Id).By("parkedAt", h => h.ParkedAt!.Value);

    public async Task<ConsumerList> ListAsync(CancellationToken ct)
    {
        var now = await db.NowAsync(ct);
        var all = await db.LogConsumers.AsNoTracking().OrderBy(c => c.Name).ToListAsync(ct);
        var held = await db.HeldDeliveries.GroupBy(h => h.Consumer).Select(of => new { of.Key, Held = of.Count(h => h.ParkedAt == null), Parked = of.Count(h => h.ParkedAt != null) }).ToDictionaryAsync(of => of.Key, ct);
        return new ConsumerList
        {
            Items = all.ConvertAll(c => new ConsumerView
            {
                Name = c.Name,
                Position = c.Position.ToString(CultureInfo.InvariantCulture),
                Behind = c.Target - c.Position,
                LagSeconds = c.BehindSince is { } since ? Math.Max(0, (long)(now - since).TotalSeconds) : 0,
                Held = held.GetValueOrDefault(c.Name)?.Held ?? 0,
                Parked = held.GetValueOrDefault(c.Name)?.Parked ?? 0,
                Problem = c.Problem,
                RestsUntil = c.Lease is null && c.DueAt > now ? c.DueAt : null,
            }),
        };
    }

    /// <exception cref="CrmException">400 for a range whose end lies before its beginning, or a cursor that is none.</exception>
    public async Task<Page<ParkedEventView>> ParkedAsync(ParkedEventQuery query, CancellationToken ct)
    {
        Filters.Range("parked", query.ParkedFrom, query.ParkedTo);
        var parked = db.HeldDeliveries.AsNoTracking().Where(h => h.ParkedAt != null && db.Events.Any(e => e.Id == h.EventId));
        if (query.Consumer is { } names) parked = parked.Where(h => names.Contains(h.Consumer));
        if (query.ParkedFrom is { } from) parked = parked.Where(h => h.ParkedAt >= from);
        if (query.ParkedTo is { } to) parked = parked.Where(h => h.ParkedAt < to);
        var page = await parked.ToPageAsync(query, Sorts, h => h, ct);
        var ids = page.Items.Select(h => h.EventId).Distinct().ToList();
        var events = await db.Events.AsNoTracking().Where(e => ids.Contains(e.Id)).Select(e => new { e.Id, e.Type, Subject = e.Collection + "/" + (e.RecordId == null ? e.SubjectId : e.RecordId.ToString()) }).ToDictionaryAsync(e => e.Id, ct);
        return page.Select(h => new ParkedEventView
        {
            Id = h.Id,
            Consumer = h.Consumer,
            Tries = h.Tries,
            Problem = h.Problem!,
            HeldAt = h.HeldAt,
            ParkedAt = h.ParkedAt!.Value,
            EventId = h.EventId,
            Type = events[h.EventId].Type,
            Subject = events[h.EventId].Subject.ToLowerInvariant(), // SQLite writes ids in upper case
        });
    }

    /// <summary>Tells a consumer at once of what it wouldn't take.</summary>
    /// <exception cref="CrmException">422 for no such consumer, and for an event that it took, or that there isn't.</exception>
    public async Task<RedrivenView> RedriveAsync(RedriveEvents command, CancellationToken ct)
    {
        if (!await db.LogConsumers.AnyAsync(c => c.Name == command.Consumer, ct)) throw CrmException.UnknownReference("/consumer", "consumer", command.Consumer, " GET /api/events/consumers lists those that there are.");
        var count = await consumers.RedriveAsync(command.Consumer, command.EventId, command.Since, ct);
        if (count == 0 && command.EventId is { } id) throw CrmException.UnknownReference("/eventId", "event", id, $" Nothing of it is held for {command.Consumer}.");
        signal.Stir();
        return new RedrivenView { Count = count };
    }
}
