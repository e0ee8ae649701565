using Crm.Database;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Events;

/// <summary>Reads a tenant's log in its order.</summary>
internal static class LogReading
{
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
        const int most = 1000; // of what happened at about the same time, the first in the log is among so many
        var first = await db.Events.Where(e => e.OccurredAt >= since).OrderBy(e => e.OccurredAt).ThenBy(e => e.Id).Take(most)
            .Join(db.Seals, e => e.Id, s => s.EventId, (e, s) => (long?)s.Position).MinAsync(ct);
        return first is { } position ? position - 1 : await db.EndAsync(ct);
    }
}
