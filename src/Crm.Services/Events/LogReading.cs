using Crm.Database;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Events;

/// <summary>Reads a tenant's log in its order.</summary>
internal static class LogReading
{
    /// <summary>Longer than from an event's instant until it is committed.</summary>
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMinutes(1);

    /// <summary>What stands behind a position, as far as it is sealed.</summary>
    public static async Task<List<LogEntry>> EntriesAsync(this CrmDbContext db, long after, int most, CancellationToken ct)
    {
        var rows = await db.Seals.AsNoTracking().Where(s => s.Position > after).OrderBy(s => s.Position).Take(most)
            .Join(db.Events, s => s.EventId, e => e.Id, (s, e) => new { s.Position, Event = e }).OrderBy(row => row.Position).ToListAsync(ct);
        return rows.ConvertAll(row => EventViews.EntryOf(row.Event, row.Position));
    }

    /// <summary>Where the log ends, as far as it is sealed.</summary>
    public static Task<long> EndAsync(this CrmDbContext db, CancellationToken ct) => db.SealHeads.Select(h => h.Position).SingleOrDefaultAsync(ct);

    /// <summary>The position before the first event that happened at an instant or later. Clocks of machines differ: some that happened shortly before may come too.</summary>
    public static async Task<long> BeforeAsync(this CrmDbContext db, DateTimeOffset since, CancellationToken ct)
    {
        var inLog = db.Events.Where(e => e.OccurredAt >= since).Join(db.Seals, e => e.Id, s => s.EventId, (e, s) => new { e.OccurredAt, s.Position });
        if (await inLog.OrderBy(e => e.OccurredAt).Select(e => (DateTimeOffset?)e.OccurredAt).FirstOrDefaultAsync(ct) is not { } first) return await db.EndAsync(ct);
        var last = first + LongestTransaction; // what happened later was committed later, and stands behind it
        return await inLog.Where(e => e.OccurredAt <= last).MinAsync(e => e.Position, ct) - 1;
    }
}
