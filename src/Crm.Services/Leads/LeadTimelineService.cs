using Crm.Contracts.Failures;
using Crm.Contracts.Timelines;
using Crm.Database;
using Crm.Services.Timelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Leads;

/// <summary>Everything that happened to a lead, or stands by it, in one order: newest first.</summary>
public sealed class LeadTimelineService(CrmDbContext db, TimeProvider clock)
{
    /// <returns>Null for no such lead.</returns>
    /// <exception cref="CrmException">400 for a cursor that is none.</exception>
    public async Task<TimelinePage?> PageAsync(Guid leadId, TimelineQuery query, CancellationToken ct)
    {
        var timeline = new Timeline(query);
        if (!await db.Leads.AnyAsync(l => l.Id == leadId, ct)) return null;

        await timeline.AddAsync([db.Events.Where(e => e.RecordId == leadId)], ct);
        await timeline.AddAsync([db.Activities.Where(a => a.LeadId == leadId)], [], ct);
        await timeline.AddAsync([db.Tasks.Where(t => t.LeadId == leadId)], clock.GetUtcNow(), ct);
        await timeline.AddAsync(db.Deals.Where(d => d.LeadId == leadId), ct);
        return timeline.Page();
    }
}
