using System.Collections.Concurrent;
using Crm.Database;
using Crm.Database.Events;
using Crm.Database.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Events;

/// <summary>The ends of the logs that are watched in this process, each read once for all who watch it. Nobody watches: nothing is kept.</summary>
public sealed class LogTails(IServiceScopeFactory scopes, LogSignal signal, TimeProvider clock)
{
    /// <summary>As much of a log's end is kept for those who are a little behind.</summary>
    private const int Length = 64;

    private const int Batch = 200;

    /// <summary>What nobody tells of is looked for this often.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<Guid, Tail> tails = new();

    /// <summary>Begins to watch a tenant's log; dispose of it to stop.</summary>
    internal Tail Watch(Guid tenantId)
    {
        lock (gate)
        {
            var tail = tails.GetOrAdd(tenantId, id => new Tail(id, scopes, signal, clock, Leave));
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

    internal sealed class Tail(Guid tenantId, IServiceScopeFactory scopes, LogSignal signal, TimeProvider clock, Action<Tail> leave) : IDisposable
    {
        private readonly SemaphoreSlim pen = new(1, 1);
        private Kept kept = new([], -1, -1);
        private Task told = Task.CompletedTask;
        private long lookedAt;

        public Guid TenantId => tenantId;

        public int Watchers { get; set; }

        /// <summary>Where the log ended when it was looked last.</summary>
        public async Task<long> EndAsync(CancellationToken ct)
        {
            await RefreshAsync(ct);
            return kept.End;
        }

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
        private async Task RefreshAsync(CancellationToken ct)
        {
            if (!IsOld()) return;
            await pen.WaitAsync(ct);
            try
            {
                if (!IsOld()) return;
                var next = signal.NextOf(tenantId);
                var was = kept;
                kept = was.End < 0 ? await BeginAsync(ct) : was.With(await ReadAsync(was.End, ct));
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
            var end = await db.EndAsync(ct);
            return new Kept([], end, end);
        }

        private async Task<List<LogEntry>> ReadAsync(long after, CancellationToken ct)
        {
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
