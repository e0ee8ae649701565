using Crm.Contracts.Activities;
using Crm.Database.Activities;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Tasks;
using Crm.Services.ApiKeys;
using Crm.Services.Lists;

namespace Crm.Services.Analytics;

/// <summary>Leads, tasks and activities as they were: not deleted, matching, and seen as their lists show them.</summary>
internal sealed partial class ReportScope
{
    public IQueryable<LeadSnapshot> LeadsSeen
    {
        get
        {
            var leads = LeadsInSight.OfMembers(query.OwnerId, l => l.OwnerId, caller);
            return query.Source is { } sources ? leads.Where(l => sources.Contains(l.Source)) : leads;
        }
    }

    /// <summary>Those by which a person turned to somebody. A note reaches nobody, and an API key is no person.</summary>
    public IQueryable<ActivitySnapshot> Outbound => At(db.ActivitySnapshots).Where(a =>
        !a.IsDeleted && a.Direction == ActivityDirection.Outbound && a.Type != ActivityType.Note && a.UserId.Substring(0, ApiKeyAuthentication.MemberPrefix.Length) != ApiKeyAuthentication.MemberPrefix); // StartsWith would be of any case on SQLite

    public IQueryable<ActivitySnapshot> Activities
    {
        get
        {
            var activities = At(db.ActivitySnapshots).Where(a => !a.IsDeleted).OfMembers(query.OwnerId, a => a.UserId, caller);
            if (caller.Sight is { } seen)
            {
                activities = activities.Where(a => seen.Contains(a.UserId)
                    || LeadsInSight.Any(l => l.LeadId == a.LeadId) || DealsInSight.Any(d => d.DealId == a.DealId));
            }

            if (query.PipelineId is not null) activities = activities.Where(a => DealsOfPipelines.Any(d => d.DealId == a.DealId));
            if (query.Source is not null)
            {
                activities = activities.Where(a => LeadsOfSources.Any(l => l.LeadId == a.LeadId)
                    || At(db.DealSnapshots).Any(d => d.DealId == a.DealId && LeadsOfSources.Any(l => l.LeadId == d.LeadId)));
            }

            return activities;
        }
    }

    public IQueryable<TaskSnapshot> Tasks
    {
        get
        {
            var tasks = At(db.TaskSnapshots).Where(t => !t.IsDeleted).OfMembers(query.OwnerId, t => t.AssigneeId, caller);
            if (caller.Sight is { } seen)
            {
                var me = caller.UserId;
                tasks = tasks.Where(t => t.AssigneeId == null || seen.Contains(t.AssigneeId) || t.CreatedBy == me
                    || LeadsInSight.Any(l => l.LeadId == t.LeadId) || DealsInSight.Any(d => d.DealId == t.DealId));
            }

            if (query.PipelineId is not null) tasks = tasks.Where(t => DealsOfPipelines.Any(d => d.DealId == t.DealId));
            if (query.Source is not null)
            {
                tasks = tasks.Where(t => LeadsOfSources.Any(l => l.LeadId == t.LeadId)
                    || At(db.DealSnapshots).Any(d => d.DealId == t.DealId && LeadsOfSources.Any(l => l.LeadId == d.LeadId)));
            }

            return tasks;
        }
    }

    private IQueryable<LeadSnapshot> LeadsInSight
    {
        get
        {
            var leads = Leads.Where(l => !l.IsDeleted);
            return caller.Sight is { } seen ? leads.Where(l => l.OwnerId == null || seen.Contains(l.OwnerId)) : leads;
        }
    }

    private IQueryable<DealSnapshot> DealsInSight
    {
        get
        {
            var deals = At(db.DealSnapshots).Where(d => !d.IsDeleted);
            return caller.Sight is { } seen ? deals.Where(d => d.OwnerId == null || seen.Contains(d.OwnerId)) : deals;
        }
    }

    private IQueryable<DealSnapshot> DealsOfPipelines
    {
        get
        {
            var pipelines = query.PipelineId!;
            return At(db.DealSnapshots).Where(d => pipelines.Contains(d.PipelineId));
        }
    }

    private IQueryable<LeadSnapshot> LeadsOfSources
    {
        get
        {
            var sources = query.Source!;
            return Leads.Where(l => sources.Contains(l.Source));
        }
    }
}
