using Crm.Contracts.Analytics;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>The activities that a report counts.</summary>
internal static class CountedActivities
{
    /// <summary>Those that took place in these days: the report adds them up, the drill-down lists them.</summary>
    public static IQueryable<ActivitySnapshot> Between(ReportScope scope, DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return scope.Activities.Where(activity => activity.OccurredAt >= start && activity.OccurredAt < end);
    }

    public static CountedRows<CountedActivityView, CountedActivityView> Of(CrmDbContext db, ReportScope scope, CountedActivityQuery query)
    {
        var (from, to) = scope.Days(query);
        var activities = Between(scope, from, to);
        if (query.Type is { } types) activities = activities.Where(activity => types.Contains(activity.Type));
        var rows = from activity in activities
                   join today in db.Activities.WithDeleted() on activity.ActivityId equals today.Id into seen
                   from today in seen.DefaultIfEmpty()
                   select new CountedActivityView
                   {
                       ActivityId = activity.ActivityId,
                       Subject = today.Subject,
                       Type = activity.Type,
                       Direction = activity.Direction,
                       UserId = activity.UserId,
                       OccurredAt = activity.OccurredAt,
                       LeadId = activity.LeadId,
                       DealId = activity.DealId,
                       TaskId = activity.TaskId,
                   };
        return new("counted-activities", scope.AsOf, rows, row => row.ActivityId, row => row);
    }
}
