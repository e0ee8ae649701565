using System.Collections.Concurrent;
using Crm.Database;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Events;

/// <summary>The ends of the logs that are watched in this process, and whom there are new notifications for, each read once for all who watch. Nobody watches: nothing is kept.</summary>
public sealed class LogTails(IServiceScopeFactory scopes, WatchPlaces places, LogSignal signal, TimeProvider clock)
{
    private const int Batch = 200;

    /// <summary>As much of a log's end is kept for those who are a little behind.</summary>
    private const int Length = 2 * Batch;

    /// <summary>What nobody tells of is looked for this often.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<Guid, Tail> tails = new();

    /// <summary>Begins to watch a tenant's log; dispose of it to stop.</summary>
    internal Tail Watch(Guid tenantId)
    {
        lock (gate)
        {
            var tail = tails.GetOrAdd(tenantId, id => new Tail(id, scopes, places, signal, clock, Leave));
            tail.Watchers++;
            return tail;
        }
    }

    private void Leave(Tail tail)
    {
        lock (gate)
        {
            if (--tail.Watchers == 0) tails.TryRemove(tail.TenantId, out _);
        }
    }

    internal sealed class Tail(Guid tenantId, IServiceScopeFactory scopes, WatchPlaces places, LogSignal signal, TimeProvider clock, Action<Tail> leave) : IDisposable
    {
        private readonly SemaphoreSlim pen = new(1, 1);
        private Kept kept = new([], -1, -1);
        private readonly ConcurrentDictionary<string, long> latest = new(StringComparer.Ordinal);
        private long number;
        private long begun;
        private Task told = Task.CompletedTask;
        private long lookedAt;

        public Guid TenantId => tenantId;

        public int Watchers { get; set; }

        /// <summary>Where the log ends, and the number of the last notification of anybody.</summary>
        public async Task<(long Position, long Number)> EndAsync(CancellationToken ct, bool anew = false)
        {
            await RefreshAsync(ct, anew);
            return (kept.End, number);
        }

        /// <summary>Whether a user has a notification behind a number, as far as has been looked; perhaps, for one that was made before anybody watched.</summary>
        public bool HasNews(string userId, long after) => after < latest.GetValueOrDefault(userId, begun);

        /// <summary>What stands behind a position: some of it, where there is much.</summary>
        public async Task<IReadOnlyList<LogEntry>> AfterAsync(long position, CancellationToken ct)
        {
            if (position >= kept.End) await RefreshAsync(ct);
            var (entries, from, end) = kept;
            if (position >= end) return [];
            return position >= from ? entries.FindAll(entry => entry.Position > position) : await ReadAsync(position, ct);
        }

        public void Dispose() => leave(this);

        /// <summary>Reads what has come, once for all who want it at this moment.</summary>
        private async Task RefreshAsync(CancellationToken ct, bool anew = false)
        {
            if (!anew && !IsOld()) return;
            await pen.WaitAsync(ct);
            try
            {
                if (!anew && !IsOld()) return;
                var next = signal.NextOf(tenantId);
                var was = kept;
                kept = was.End < 0 ? await BeginAsync(ct) : was.With(await ReadAsync(was.End, ct));
                await ReadNewsAsync(ct);
                // Where a whole batch came there may be more.
                if (was.End < 0 || kept.End < was.End + Batch) (told, lookedAt) = (next, clock.GetTimestamp());
            }
            finally
            {
                pen.Release();
            }
        }

        private bool IsOld() => told.IsCompleted || clock.GetElapsedTime(lookedAt) >= Interval;

        private async Task<Kept> BeginAsync(CancellationToken ct)
        {
            await using var work = Enter(out var db);
            number = begun = await db.NotificationCounters.Select(c => c.Number).SingleOrDefaultAsync(ct);
            var end = await db.EndAsync(ct);
            return new Kept([], end, end);
        }

        private async Task ReadNewsAsync(CancellationToken ct)
        {
            await using var work = Enter(out var db);
            foreach (var news in await db.Notifications.AsNoTracking().Where(n => n.Number > number).OrderBy(n => n.Number).Select(n => new { n.UserId, n.Number }).ToListAsync(ct))
            {
                (latest[news.UserId], number) = (news.Number, news.Number);
            }
        }

        private async Task<List<LogEntry>> ReadAsync(long after, CancellationToken ct)
        {
            using var place = await places.TakeAsync(tenantId, ct);
            await using var work = Enter(out var db);
            return await db.EntriesAsync(after, Batch, ct);
        }

        private AsyncServiceScope Enter(out CrmDbContext db)
        {
            var work = scopes.CreateAsyncScope();
            work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "stream");
            db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
            return work;
        }

        /// <param name="Entries">All that stand behind the beginning, up to the end.</param>
        /// <param name="From">Behind which position it begins.</param>
        /// <param name="End">Where it ends; less than nothing where it hasn't been looked yet.</param>
        private sealed record Kept(List<LogEntry> Entries, long From, long End)
        {
            public Kept With(List<LogEntry> more)
            {
                if (more.Count == 0) return this;
                var entries = Entries.Concat(more).TakeLast(Length).ToList();
                return new Kept(entries, entries.Count < Length ? From : entries[0].Position - 1, more[^1].Position);
            }
        }
    }
}
