using System.Collections.Frozen;
using Crm.Contracts.Tasks;
using Crm.Database.Records;

namespace Crm.Database.Tasks;

/// <summary>What reports count a task by, from one of its versions on: append-only but for its end, so that any past instant can be reported as it was.</summary>
public sealed class TaskSnapshot : ISnapshot
{
    /// <summary>The view's members whose change is worth a snapshot.</summary>
    internal static readonly FrozenSet<string> Members = FrozenSet.ToFrozenSet(["type", "dueAt", "assigneeId", "leadId", "dealId", "completedAt", "deletedAt"]);

    private TaskSnapshot()
    {
    }

    internal TaskSnapshot(CrmTask task)
    {
        (TenantId, TaskId, Version) = (task.TenantId, task.Id, task.Version);
        (At, CreatedAt, CreatedBy) = (task.UpdatedAt, task.CreatedAt, task.CreatedBy);
        (Type, AssigneeId, DueAt, CompletedAt) = (task.Type, task.AssigneeId, task.DueAt, task.CompletedAt);
        (LeadId, DealId, IsDeleted) = (task.LeadId, task.DealId, task.DeletedAt is not null);
    }

    public Guid TenantId { get; private set; }
    public Guid TaskId { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset Until { get; private set; } = Missing.Instant;

    /// <summary>When the task was made.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    public string CreatedBy { get; private set; } = "";
    public TaskType Type { get; private set; }
    public string? AssigneeId { get; private set; }
    public DateTimeOffset? DueAt { get; private set; }
    public DateTimeOffset? CompletedAt { get; private set; }
    public Guid? LeadId { get; private set; }
    public Guid? DealId { get; private set; }
    public bool IsDeleted { get; private set; }
}
