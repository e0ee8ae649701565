using Crm.Database;
using Crm.Database.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Events;

/// <summary>What a consumer is told in one go: what is held for it and due, and what comes next in the log. And what came of each.</summary>
internal sealed class RelayBatch
{
    private const int Size = 200;

    /// <summary>So many are told before the next are begun with: where the consumer goes away, no more than these are told twice.</summary>
    private const int Window = 50;

    private readonly Dictionary<long, Delivery?> outcomes = [];
    private readonly HashSet<Guid> blocked;

    private RelayBatch(List<(HeldDelivery Row, LogEntry Entry)> held, List<HeldDelivery> behind, List<HeldDelivery> gone, List<LogEntry> next, HashSet<Guid> blocked) =>
        (Held, Behind, Gone, Next, this.blocked) = (held, behind, gone, next, blocked);

    /// <summary>What is due of what is held; one of each record.</summary>
    public IReadOnlyList<(HeldDelivery Row, LogEntry Entry)> Held { get; }

    /// <summary>What is due, but has an earlier one of its record before it.</summary>
    public IReadOnlyList<HeldDelivery> Behind { get; }

    /// <summary>What is held of events that are no more.</summary>
    public IReadOnlyList<HeldDelivery> Gone { get; }

    /// <summary>What stands next in the log.</summary>
    public IReadOnlyList<LogEntry> Next { get; }

    /// <summary>Why nothing more could be told, if so.</summary>
    public ConsumerAwayException? Away { get; private set; }

    public bool IsEmpty => Held.Count + Behind.Count + Gone.Count + Next.Count == 0;

    /// <summary>What came of an entry; null for one that waits behind another, or wasn't told yet.</summary>
    public Delivery? OutcomeOf(LogEntry entry) => outcomes.GetValueOrDefault(entry.Position);

    /// <summary>How far the log was told or is to be held: up to the first that was neither.</summary>
    public int CountSettled() => Next.TakeWhile(entry => outcomes.ContainsKey(entry.Position)).Count();

    public static async Task<RelayBatch> ReadAsync(CrmDbContext db, string consumer, CancellationToken ct)
    {
        var now = await db.NowAsync(ct);
        var position = await db.LogConsumers.Where(c => c.Name == consumer).Select(c => c.Position).SingleAsync(ct);
        var due = await db.HeldDeliveries.AsNoTracking().Where(h => h.Consumer == consumer && h.DueAt <= now).OrderBy(h => h.DueAt).Take(Size).ToListAsync(ct);
        var next = await db.EntriesAsync(position, Size, ct);
        var firsts = await FirstsAsync(db, consumer, [.. due.Select(h => h.RecordId).Concat(next.Select(e => e.RecordId)).OfType<Guid>().Distinct()], ct);
        var ready = due.Where(h => h.RecordId is not { } record || firsts[record] == h.Position).OrderBy(h => h.Position).ToList();
        var ids = ready.ConvertAll(h => h.EventId);
        var events = ids.Count == 0 ? [] : await db.Events.AsNoTracking().Where(e => ids.Contains(e.Id)).ToDictionaryAsync(e => e.Id, ct);
        return new RelayBatch(
            [.. ready.Where(h => events.ContainsKey(h.EventId)).Select(h => (h, EventViews.EntryOf(events[h.EventId], h.Position)))],
            [.. due.Except(ready)],
            [.. ready.Where(h => !events.ContainsKey(h.EventId))],
            next,
            [.. firsts.Keys]);
    }

    /// <summary>Tells all of it, wave by wave: in a wave each record comes once, so that its events stay in order though a wave is told at once.</summary>
    /// <param name="largest">How many entries a wave may have.</param>
    /// <param name="tell">Tells a wave.</param>
    /// <param name="mayGoOn">Whether there is time for another.</param>
    public async Task TellAsync(int largest, Func<IReadOnlyList<LogEntry>, Task<IReadOnlyList<Delivery>>> tell, Func<Task<bool>> mayGoOn)
    {
        try
        {
            foreach (var wave in Held.Select(one => one.Entry).Chunk(largest))
            {
                if (!await mayGoOn()) return;
                await TellAgainAsync([.. wave], tell);
            }

            foreach (var wave in Next.Chunk(Window).SelectMany(Waves).SelectMany(wave => wave.Chunk(largest)))
            {
                // An earlier one of its record is held: it waits behind.
                foreach (var entry in wave.Where(IsBlocked)) outcomes[entry.Position] = null;
                var free = wave.Where(entry => !IsBlocked(entry)).ToList();
                if (free.Count == 0) continue;
                if (!await mayGoOn()) return;
                await TellAsync(free, tell);
            }
        }
        catch (ConsumerAwayException e)
        {
            Away = e;
        }
    }

    /// <summary>Tells what was refused before. It has its own times to be tried at, so that one at which the consumer always fails is given up in the end, and keeps nothing else waiting.</summary>
    private async Task TellAgainAsync(List<LogEntry> wave, Func<IReadOnlyList<LogEntry>, Task<IReadOnlyList<Delivery>>> tell)
    {
        try
        {
            await TellAsync(wave, tell);
        }
        catch (ConsumerAwayException e) when (e.Tried.Count > 0)
        {
            foreach (var entry in wave.Where(entry => e.Tried.Contains(entry.Id))) outcomes[entry.Position] = new Delivery.Refused(e.Message, e.After);
        }
    }

    private async Task TellAsync(List<LogEntry> wave, Func<IReadOnlyList<LogEntry>, Task<IReadOnlyList<Delivery>>> tell)
    {
        var results = await tell(wave);
        for (var i = 0; i < wave.Count; i++)
        {
            outcomes[wave[i].Position] = results[i];
            if (results[i] is Delivery.Refused && wave[i].RecordId is { } record) blocked.Add(record);
        }
    }

    private bool IsBlocked(LogEntry entry) => entry.RecordId is { } record && blocked.Contains(record);

    /// <summary>The first of each record, then the second of each, and so on.</summary>
    private static IEnumerable<List<LogEntry>> Waves(IReadOnlyList<LogEntry> entries)
    {
        var seen = new Dictionary<Guid, int>();
        return entries.GroupBy(entry => entry.RecordId is { } record ? seen[record] = seen.GetValueOrDefault(record) + 1 : 1).OrderBy(wave => wave.Key).Select(wave => wave.ToList());
    }

    /// <summary>Where the first stands of what is held of each record; only of records of which something is.</summary>
    private static async Task<Dictionary<Guid, long>> FirstsAsync(CrmDbContext db, string consumer, List<Guid> records, CancellationToken ct) =>
        records.Count == 0 ? [] : await db.HeldDeliveries.Where(h => h.Consumer == consumer && h.ParkedAt == null && h.RecordId != null && records.Contains(h.RecordId.Value))
            .GroupBy(h => h.RecordId!.Value).Select(group => new { group.Key, First = group.Min(h => h.Position) }).ToDictionaryAsync(group => group.Key, group => group.First, ct);
}
