using System.Globalization;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Events;
using Crm.Database.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Events;

/// <summary>The log as a caller may see it: events of records, of those alone that are in sight and that the caller's key is for.</summary>
public sealed class FeedService(CrmDbContext db, Caller caller, WatchPlaces places, LogSignal signal, TimeProvider clock)
{
    /// <summary>An answer looks through no more of the log than this, whatever it finds of interest there.</summary>
    private const int Window = 2000;

    /// <summary>What other processes sealed is looked for this often, where nobody tells of it.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A page of what stands behind a position; where there is nothing, what comes within the time that the query waits.</summary>
    /// <param name="query">What of it, and how long to wait.</param>
    /// <param name="readmit">Lets the caller in again as what counts now, after a wait; false for one who may ask no more.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="CrmException">400 for a type of event that there isn't, or a place behind the end of the log.</exception>
    public async Task<FeedPage> PageAsync(FeedQuery query, Func<CancellationToken, Task<bool>> readmit, CancellationToken ct)
    {
        var types = TypesOf(query.Types);
        if (query.Wait is null) return Page(await ReadAsync(await PositionAsync(query.After, ct), types, query.Take, ct));
        var (since, wait) = (clock.GetTimestamp(), WaitOf(query.Wait));
        long? begin = null;
        while (true)
        {
            var next = signal.NextOf(caller.TenantId); // before it is looked, so that nothing falls between
            (List<LogEntry> Entries, long End, bool HasMore) found;
            var turn = places.TakeAsync(caller.TenantId, ct);
            var hasWaited = begin is not null || !turn.IsCompleted;
            using (await turn)
            {
                var position = begin ?? await PositionAsync(query.After, ct);
                found = await ReadAsync(position, types, query.Take, ct);
                if (hasWaited && (found.Entries.Count > 0 || found.HasMore))
                {
                    // What is in sight may have changed meanwhile; whoever may ask no more hears so at the next request.
                    if (!await readmit(ct)) return Page(([], position, false));
                    found = await ReadAsync(position, types, query.Take, ct);
                }
            }

            var left = wait - clock.GetElapsedTime(since);
            if (found.Entries.Count > 0 || found.HasMore || left <= TimeSpan.Zero) return Page(found);
            begin = found.End;
            await Task.WhenAny(next, Task.Delay(left < Interval ? left : Interval, clock, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    private static FeedPage Page((List<LogEntry> Entries, long End, bool HasMore) found) =>
        new() { Items = found.Entries.ConvertAll(EventViews.Of), Next = found.End.ToString(CultureInfo.InvariantCulture), HasMore = found.HasMore };

    /// <summary>Whether an event isn't for all who see everything: what somebody keeps for themselves nobody else is told of.</summary>
    internal static bool IsOfSome(LogEntry entry) => entry.Collection == "dashboards";

    /// <summary>Those that are for the caller: of records in sight, and of what the caller's key is for.</summary>
    internal async Task<List<LogEntry>> ForCallerAsync(IEnumerable<LogEntry> entries, CancellationToken ct) =>
        await InSightAsync([.. entries.Where(entry => entry.RecordId is not null).Where(entry => caller.Key?.Resources is not { } resources || resources.Contains(entry.Collection, StringComparer.Ordinal))], ct);

    /// <returns>What stands behind a position and is for the caller, the position up to which the log was looked through, and whether it goes on behind it.</returns>
    private async Task<(List<LogEntry> Entries, long End, bool HasMore)> ReadAsync(long after, IReadOnlyList<string>? types, int most, CancellationToken ct)
    {
        var last = await db.EndAsync(ct);
        if (last <= after) return ([], after, false);
        var end = Math.Min(last, after + Window);
        var events = db.Events.AsNoTracking().Where(e => e.RecordId != null);
        if (types is not null) events = events.Where(e => types.Contains(e.Type));
        if (caller.Key?.Resources is { } resources) events = events.Where(e => resources.Contains(e.Collection));
        var rows = await db.Seals.AsNoTracking().Where(s => s.Position > after && s.Position <= end)
            .Join(events, s => s.EventId, e => e.Id, (s, e) => new { s.Position, Event = e }).OrderBy(row => row.Position).Take(most).ToListAsync(ct);
        if (rows.Count == most) end = rows[^1].Position;
        var entries = rows.ConvertAll(row => EventViews.EntryOf(row.Event, row.Position));
        return (await InSightAsync(entries, ct), end, end < last);
    }

    /// <exception cref="CrmException">400 for a type of event that there isn't.</exception>
    internal static IReadOnlyList<string>? TypesOf(IReadOnlyList<string>? types, params string[] besides)
    {
        if (types is null) return null;
        types = [.. types.Where(type => !type.Contains(',', StringComparison.Ordinal))]; // of several with commas the whole comes along
        return types.All(type => EventTypes.OfRecords.Contains(type) || besides.Contains(type, StringComparer.Ordinal)) ? types : throw CrmException.Invalid("types", $"names what is no type of event; there are {string.Join(", ", EventTypes.OfRecords.Order(StringComparer.Ordinal).Concat(besides))}");
    }

    private async Task<long> PositionAsync(string? after, CancellationToken ct)
    {
        if (after is null) return 0;
        var end = await db.EndAsync(ct);
        if (after == "latest") return end;
        var position = long.Parse(after, CultureInfo.InvariantCulture);
        return position <= end ? position : throw Beyond();
    }

    internal static CrmException Beyond() => CrmException.Invalid("after", "lies behind the end of this tenant's log; begin again without it, or with latest");

    /// <summary>Those of records in sight: whose sight is narrowed sees the events of what is seen now, deleted or not; of dashboards everybody sees those of shared ones, and of their own.</summary>
    private async Task<List<LogEntry>> InSightAsync(List<LogEntry> entries, CancellationToken ct)
    {
        var dashboards = entries.Where(IsOfSome).Select(entry => entry.RecordId!.Value).Distinct().ToList();
        var seen = dashboards.Count == 0 ? [] : await db.Dashboards.Where(d => dashboards.Contains(d.Id) && (d.IsShared || d.OwnerId == caller.UserId)).Select(d => d.Id).ToHashSetAsync(ct);
        if (caller.Sight is null) return dashboards.Count == 0 ? entries : entries.FindAll(entry => !IsOfSome(entry) || seen.Contains(entry.RecordId!.Value));
        await SeeAsync("leads", db.Leads);
        await SeeAsync("deals", db.Deals);
        await SeeAsync("tasks", db.Tasks);
        await SeeAsync("activities", db.Activities);
        return entries.FindAll(entry => seen.Contains(entry.RecordId!.Value));

        async Task SeeAsync<T>(string collection, IQueryable<T> records) where T : Record
        {
            var ids = entries.Where(entry => entry.Collection == collection).Select(entry => entry.RecordId!.Value).Distinct().ToList();
            if (ids.Count > 0) seen.UnionWith(await records.WithDeleted().Where(r => ids.Contains(r.Id)).Select(r => r.Id).ToListAsync(ct));
        }
    }

    private static TimeSpan WaitOf(string? wait) => wait is null ? TimeSpan.Zero : TimeSpan.FromSeconds(int.Parse(wait.TrimEnd('s'), CultureInfo.InvariantCulture));
}
