using System.Linq.Expressions;
using Crm.Contracts.Activities;

namespace Crm.Database.Activities;

public static class ActivityViews
{
    public static readonly Expression<Func<Activity, ActivityView>> Projection = activity => new ActivityView
    {
        Id = activity.Id,
        Type = activity.Type,
        Subject = activity.Subject,
        Body = activity.Body,
        OccurredAt = activity.OccurredAt,
        DurationMinutes = activity.DurationMinutes,
        Direction = activity.Direction,
        LeadId = activity.LeadId,
        DealId = activity.DealId,
        TaskId = activity.TaskId,
        UserId = activity.UserId,
        CreatedAt = activity.CreatedAt,
        CreatedBy = activity.CreatedBy,
        UpdatedAt = activity.UpdatedAt,
        UpdatedBy = activity.UpdatedBy,
        Version = activity.Version,
    };

    public static readonly Func<Activity, ActivityView> Of = Projection.Compile();
}
