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
        // Each kind comes in the timeline's order, one more of it than the page holds, so that a page costs the same at any depth.
        (length, take) = (query.Take, query.Take + 1);
        if (query.Cursor is null) return;
        var (order, keys) = Cursor.Read(List, query.Cursor);
        if (order != Order || keys.Length != 2) throw Cursor.Malformed();
        (before, beforeId) = ((DateTimeOffset)Cursor.Value(keys[0], typeof(DateTimeOffset)), (Guid)Cursor.Value(keys[1], typeof(Guid)));
    }

    public async Task AddAsync(IQueryable<Event> events, CancellationToken ct)
    {
        foreach (var e in await events.AsNoTracking().Where(e => e.OccurredAt <= before && (e.OccurredAt < before || e.Id < beforeId))
                     .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Take(take).ToListAsync(ct))
        {
            entries.Add((e.OccurredAt, e.Id, new TimelineEntry { Kind = TimelineKind.Event, At = e.OccurredAt, Event = EventViews.Of(e) }));
        }
    }

    public async Task AddAsync(IQueryable<Activity> activities, CancellationToken ct)
    {
        foreach (var a in await activities.AsNoTracking().Where(a => a.OccurredAt <= before && (a.OccurredAt < before || a.Id < beforeId))
                     .OrderByDescending(a => a.OccurredAt).ThenByDescending(a => a.Id).Take(take).Select(ActivityViews.Projection).ToListAsync(ct))
        {
            entries.Add((a.OccurredAt, a.Id, new TimelineEntry { Kind = TimelineKind.Activity, At = a.OccurredAt, Activity = a }));
        }
    }

    public async Task AddAsync(IQueryable<CrmTask> tasks, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var t in await tasks.AsNoTracking().Where(t => t.CreatedAt <= before && (t.CreatedAt < before || t.Id < beforeId))
                     .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(take).Select(TaskViews.Projection).ToListAsync(ct))
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
}
