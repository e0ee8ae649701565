using Crm.Contracts.Failures;
using Crm.Contracts.Timelines;
using Crm.Database.Activities;
using Crm.Database.Deals;
using Crm.Database.Events;
using Crm.Database.Records;
using Crm.Database.Tasks;
using Crm.Services.Events;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Timelines;

/// <summary>A page of what happened to a record, or stands by it: kinds are added one by one, and come in one order, newest first.</summary>
internal sealed class Timeline
{
    private const string List = "timeline";
    private const string Order = "newest first";

    private readonly List<(DateTimeOffset At, Guid Id, TimelineEntry Entry)> entries = [];
    private readonly int length;
    private readonly int take;
    private readonly DateTimeOffset before = Missing.Instant;
    private readonly Guid beforeId;

    /// <summary>Begins where the query says.</summary>
    /// <exception cref="CrmException">400 for a cursor that is none.</exception>
    public Timeline(TimelineQuery query)
    {
        // Each kind comes in the timeline's order, one more of it than the page holds, so that a page costs the same at any depth, but for sources without an order.
        (length, take) = (query.Take, query.Take + 1);
        if (query.Cursor is null) return;
        var (order, keys) = Cursor.Read(List, query.Cursor);
        if (order != Order || keys.Length != 2) throw Cursor.Malformed();
        (before, beforeId) = ((DateTimeOffset)Cursor.Value(keys[0], typeof(DateTimeOffset)), (Guid)Cursor.Value(keys[1], typeof(Guid)));
    }

    public async Task AddAsync(IReadOnlyList<IQueryable<Event>> events, CancellationToken ct)
    {
        var newest = Once(events, [], some => some.Where(e => e.OccurredAt <= before && (e.OccurredAt < before || e.Id < beforeId)).OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Take(take));
        foreach (var e in await newest.AsNoTracking().ToListAsync(ct))
        {
            entries.Add((e.OccurredAt, e.Id, new TimelineEntry { Kind = TimelineKind.Event, At = e.OccurredAt, Event = EventViews.Of(e) }));
        }
    }

    /// <param name="activities">Those that an index gives in the timeline's order.</param>
    /// <param name="unordered">Those that none does, and that all are read for a page.</param>
    /// <param name="ct">Stops the question.</param>
    public async Task AddAsync(IReadOnlyList<IQueryable<Activity>> activities, IReadOnlyList<IQueryable<Activity>> unordered, CancellationToken ct)
    {
        var newest = Once(activities, unordered, some => some.Where(a => a.OccurredAt <= before && (a.OccurredAt < before || a.Id < beforeId)).OrderByDescending(a => a.OccurredAt).ThenByDescending(a => a.Id).Take(take));
        foreach (var a in await newest.AsNoTracking().Select(ActivityViews.Projection).ToListAsync(ct))
        {
            entries.Add((a.OccurredAt, a.Id, new TimelineEntry { Kind = TimelineKind.Activity, At = a.OccurredAt, Activity = a }));
        }
    }

    public async Task AddAsync(IReadOnlyList<IQueryable<CrmTask>> tasks, DateTimeOffset now, CancellationToken ct)
    {
        var newest = Once(tasks, [], some => some.Where(t => t.CreatedAt <= before && (t.CreatedAt < before || t.Id < beforeId)).OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(take));
        foreach (var t in await newest.AsNoTracking().Select(TaskViews.Projection).ToListAsync(ct))
        {
            entries.Add((t.CreatedAt, t.Id, new TimelineEntry { Kind = TimelineKind.Task, At = t.CreatedAt, Task = t.At(now) }));
        }
    }

    public async Task AddAsync(IQueryable<Deal> deals, CancellationToken ct)
    {
        foreach (var d in await deals.AsNoTracking().Where(d => d.CreatedAt <= before && (d.CreatedAt < before || d.Id < beforeId))
                     .OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id).Take(take).Select(DealViews.Projection).ToListAsync(ct))
        {
            entries.Add((d.CreatedAt, d.Id, new TimelineEntry { Kind = TimelineKind.Deal, At = d.CreatedAt, Deal = d }));
        }
    }

    public TimelinePage Page()
    {
        var page = entries.OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id).Take(length).ToList();
        return new TimelinePage
        {
            Items = page.ConvertAll(entry => entry.Entry),
            NextCursor = entries.Count > page.Count ? Cursor.Write(List, Order, [page[^1].At, page[^1].Id]) : null,
        };
    }

    /// <summary>
    /// What comes first of several sources, without what two of them have in common. One in order gives no more than can come first. One
    /// without isn't asked for the first: for the sake of an order, a database would rather look for them among all of the tenant's.
    /// </summary>
    private static IQueryable<T> Once<T>(IReadOnlyList<IQueryable<T>> inOrder, IReadOnlyList<IQueryable<T>> unordered, Func<IQueryable<T>, IQueryable<T>> first) =>
        inOrder.Count + unordered.Count == 1 ? first(inOrder[0]) : first(inOrder.Select(first).Concat(unordered).Aggregate(Queryable.Union));
}
