using Crm.Database.Activities;
using Crm.Database.Deals;
using Crm.Database.Goals;
using Crm.Database.Leads;
using Crm.Database.Naming;
using Crm.Database.Notifications;
using Crm.Database.Records;
using Crm.Database.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>Who looks with a narrowed sight; null for whoever sees all. As a parameter that is null it takes the whole filter out of the SQL.</summary>
    internal string? Narrowed => scope.Sight is null ? null : scope.UserId;

    internal IReadOnlyList<string> Seen => scope.Sight ?? [];

    /// <summary>
    /// Where the sight is narrowed, a query sees the records of the users in sight and those that nobody owns. Beside a lead or deal that
    /// is seen stands all that was done and is to be done for it. Goals are seen of the users in sight, and of the teams that one is in.
    /// </summary>
    private void FilterBySight(ModelBuilder model)
    {
        model.Entity<Lead>().HasQueryFilter(Conventions.VisibleFilter, lead =>
            EF.Parameter(Narrowed) == null || lead.OwnerId == null || Seen.Contains(lead.OwnerId));
        model.Entity<Deal>().HasQueryFilter(Conventions.VisibleFilter, deal =>
            EF.Parameter(Narrowed) == null || deal.OwnerId == null || Seen.Contains(deal.OwnerId));
        model.Entity<CrmTask>().HasQueryFilter(Conventions.VisibleFilter, task =>
            EF.Parameter(Narrowed) == null || task.AssigneeId == null || Seen.Contains(task.AssigneeId) || task.CreatedBy == Narrowed
            || Leads.Any(lead => lead.Id == task.LeadId) || Deals.Any(deal => deal.Id == task.DealId));
        model.Entity<Activity>().HasQueryFilter(Conventions.VisibleFilter, activity =>
            EF.Parameter(Narrowed) == null || Seen.Contains(activity.UserId)
            || Leads.Any(lead => lead.Id == activity.LeadId) || Deals.Any(deal => deal.Id == activity.DealId));
        model.Entity<Goal>().HasQueryFilter(Conventions.VisibleFilter, goal =>
            EF.Parameter(Narrowed) == null || Seen.Contains(goal.OwnerId) || TeamMembers.Any(member => member.TeamId == goal.TeamId && member.UserId == Narrowed));
        FilterNotices<Notification>(model);
        FilterNotices<NotificationMail>(model);
        foreach (var entity in model.Model.GetEntityTypes().Where(type => type.ClrType.IsAssignableTo(typeof(Record))))
        {
            if (entity.FindDeclaredQueryFilter(Conventions.VisibleFilter) is null) throw new InvalidOperationException($"Nothing says who sees a {entity.ClrType.Name}.");
        }
    }

    /// <summary>Of a record nobody is told who doesn't see it, also where it was seen when it was told.</summary>
    private void FilterNotices<T>(ModelBuilder model) where T : Notice => model.Entity<T>().HasQueryFilter(Conventions.VisibleFilter, notice =>
        EF.Parameter(Narrowed) == null || notice.RecordId == null
        || Leads.Any(lead => lead.Id == notice.RecordId) || Deals.Any(deal => deal.Id == notice.RecordId) || Tasks.Any(task => task.Id == notice.RecordId));
}
