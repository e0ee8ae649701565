using System.Collections.Frozen;
using Crm.Contracts.Activities;
using Crm.Database.Records;

namespace Crm.Database.Activities;

/// <summary>What reports count an activity by, from one of its versions on: append-only but for its end, so that any past instant can be reported as it was.</summary>
public sealed class ActivitySnapshot : ISnapshot
{
    /// <summary>The view's members whose change is worth a snapshot.</summary>
    internal static readonly FrozenSet<string> Members = FrozenSet.ToFrozenSet(["type", "occurredAt", "durationMinutes", "direction", "leadId", "dealId", "taskId", "deletedAt"]);

    private ActivitySnapshot()
    {
    }

    internal ActivitySnapshot(Activity activity)
    {
        (TenantId, ActivityId, Version, At) = (activity.TenantId, activity.Id, activity.Version, activity.UpdatedAt);
        (Type, Direction, UserId) = (activity.Type, activity.Direction, activity.UserId);
        (OccurredAt, DurationMinutes) = (activity.OccurredAt, activity.DurationMinutes);
        (LeadId, DealId, TaskId, IsDeleted) = (activity.LeadId, activity.DealId, activity.TaskId, activity.DeletedAt is not null);
    }

    public Guid TenantId { get; private set; }
    public Guid ActivityId { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset Until { get; private set; } = Missing.Instant;

    public ActivityType Type { get; private set; }
    public ActivityDirection? Direction { get; private set; }
    public string UserId { get; private set; } = "";
    public DateTimeOffset OccurredAt { get; private set; }
    public int? DurationMinutes { get; private set; }
    public Guid? LeadId { get; private set; }
    public Guid? DealId { get; private set; }
    public Guid? TaskId { get; private set; }
    public bool IsDeleted { get; private set; }
}
