using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Deals;
using Crm.Database.Records;
using Crm.Database.Tasks;
using Crm.Services.Events;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Leads;

/// <summary>Everything that happened to a lead, or stands by it, in one order: newest first.</summary>
public sealed class LeadTimelineService(CrmDbContext db, TimeProvider clock)
{
    private const string List = "timeline";
    private const string Order = "newest first";

    /// <returns>Null for no such lead.</returns>
    /// <exception cref="CrmException">400 for a cursor that is none.</exception>
    public async Task<TimelinePage?> PageAsync(Guid leadId, TimelineQuery query, CancellationToken ct)
    {
        var (before, beforeId) = Read(query.Cursor);
        if (!await db.Leads.AnyAsync(l => l.Id == leadId, ct)) return null;

        // Each kind comes in the timeline's order from an index of its own, so that a page costs the same at any depth.
        var take = query.Take + 1;
        var now = clock.GetUtcNow();
        var entries = new List<(DateTimeOffset At, Guid Id, TimelineEntry Entry)>();
        foreach (var e in await db.Events.AsNoTracking().Where(e => e.RecordId == leadId && e.OccurredAt <= before && (e.OccurredAt < before || e.Id < beforeId))
                     .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Take(take).ToListAsync(ct))
        {
            entries.Add((e.OccurredAt, e.Id, new TimelineEntry { Kind = TimelineKind.Event, At = e.OccurredAt, Event = EventViews.Of(e) }));
        }

        foreach (var a in await db.Activities.AsNoTracking().Where(a => a.LeadId == leadId && a.OccurredAt <= before && (a.OccurredAt < before || a.Id < beforeId))
                     .OrderByDescending(a => a.OccurredAt).ThenByDescending(a => a.Id).Take(take).Select(ActivityViews.Projection).ToListAsync(ct))
        {
            entries.Add((a.OccurredAt, a.Id, new TimelineEntry { Kind = TimelineKind.Activity, At = a.OccurredAt, Activity = a }));
        }

        foreach (var t in await db.Tasks.AsNoTracking().Where(t => t.LeadId == leadId && t.CreatedAt <= before && (t.CreatedAt < before || t.Id < beforeId))
                     .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(take).Select(TaskViews.Projection).ToListAsync(ct))
        {
            entries.Add((t.CreatedAt, t.Id, new TimelineEntry { Kind = TimelineKind.Task, At = t.CreatedAt, Task = t.At(now) }));
        }

        foreach (var d in await db.Deals.AsNoTracking().Where(d => d.LeadId == leadId && d.CreatedAt <= before && (d.CreatedAt < before || d.Id < beforeId))
                     .OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id).Take(take).Select(DealViews.Projection).ToListAsync(ct))
        {
            entries.Add((d.CreatedAt, d.Id, new TimelineEntry { Kind = TimelineKind.Deal, At = d.CreatedAt, Deal = d }));
        }

        var page = entries.OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id).Take(query.Take).ToList();
        return new TimelinePage
        {
            Items = page.ConvertAll(entry => entry.Entry),
            NextCursor = entries.Count > page.Count ? Cursor.Write(List, Order, [page[^1].At, page[^1].Id]) : null,
        };
    }

    private static (DateTimeOffset Before, Guid BeforeId) Read(string? cursor)
    {
        if (cursor is null) return (Missing.Instant, Guid.Empty);
        var (order, keys) = Cursor.Read(List, cursor);
        if (order != Order || keys.Length != 2) throw Cursor.Malformed();
        return ((DateTimeOffset)Cursor.Value(keys[0], typeof(DateTimeOffset)), (Guid)Cursor.Value(keys[1], typeof(Guid)));
    }
}
