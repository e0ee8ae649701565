using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Timelines;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Events;
using Crm.Database.Tasks;
using Crm.Services.Timelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Deals;

/// <summary>
/// Everything that happened to a deal, or stands by it, in one order: newest first. What was done and is to be done for the lead that it
/// came from stands at the lead, and here too. Of the lead's own events only its conversion is told here, a step of the sale; how a
/// lead was kept, the lead's timeline tells.
/// </summary>
public sealed class DealTimelineService(CrmDbContext db, TimeProvider clock)
{
    /// <returns>Null for no such deal.</returns>
    /// <exception cref="CrmException">400 for a cursor that is none.</exception>
    public async Task<TimelinePage?> PageAsync(Guid dealId, TimelineQuery query, CancellationToken ct)
    {
        var timeline = new Timeline(query);
        if (await db.Deals.Where(d => d.Id == dealId).Select(d => new { d.LeadId }).SingleOrDefaultAsync(ct) is not { } deal) return null;

        List<IQueryable<Event>> events = [db.Events.Where(e => e.RecordId == dealId)];
        List<IQueryable<CrmTask>> tasks = [db.Tasks.Where(t => t.DealId == dealId)];
        List<IQueryable<Activity>> activities = [db.Activities.Where(a => a.DealId == dealId)];
        if (deal.LeadId is { } leadId)
        {
            // Events are under no filter of what is seen: the lead's are told to those who see the lead.
            events.Add(db.Events.Where(e => e.RecordId == leadId && e.Type == EventTypes.LeadConverted && db.Leads.Any(l => l.Id == leadId)));
            tasks.Add(db.Tasks.Where(t => t.LeadId == leadId));
            activities.Add(db.Activities.Where(a => a.LeadId == leadId));
        }

        var ofTasks = tasks.ConvertAll(some => db.Activities.Where(a => some.Select(t => (Guid?)t.Id).Contains(a.TaskId)));
        await timeline.AddAsync(events, ct);
        await timeline.AddAsync(activities, ofTasks, ct);
        await timeline.AddAsync(tasks, clock.GetUtcNow(), ct);
        return timeline.Page();
    }
}
