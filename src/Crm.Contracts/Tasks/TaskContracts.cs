using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Tasks;

/// <summary>What is to be done.</summary>
public enum TaskType { Call, Email, Meeting, Note, FollowUp }

/// <summary>How much it matters.</summary>
public enum TaskPriority { Low, Medium, High, Urgent }

/// <summary>What a caller writes of a task.</summary>
public sealed record TaskFields
{
    [Required, StringLength(200)] public required string Title { get; init; }

    [StringLength(10_000)] public string? Description { get; init; }

    [KeptWhenAbsent] public TaskType Type { get; init; } = TaskType.FollowUp;

    [KeptWhenAbsent] public TaskPriority Priority { get; init; } = TaskPriority.Medium;

    /// <summary>Until when it is to be done. When that has passed and it isn't done, <c>task.due</c> tells so, once for each value; at once for one in the past.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When <c>task.reminded</c> reminds of it, once for each value, unless it is done by then; at once for one in the past.</summary>
    public DateTimeOffset? RemindAt { get; init; }

    /// <summary>The member who is to do it; <c>me</c> for the caller, null for nobody.</summary>
    [KeptWhenAbsent(CanBeCleared = true), StringLength(128)] public string? AssigneeId { get; init; } = "me";

    public Guid? LeadId { get; init; }

    public Guid? DealId { get; init; }
}

/// <summary>Something to do, for a lead, a deal or on its own.</summary>
public sealed record TaskView : RecordView, IVersioned
{
    public required string Title { get; init; }
    public required string? Description { get; init; }
    public required TaskType Type { get; init; }
    public required TaskPriority Priority { get; init; }

    /// <summary>Until when it is to be done; <c>task.due</c> tells when that has passed.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    /// <summary>When <c>task.reminded</c> reminds of it.</summary>
    public required DateTimeOffset? RemindAt { get; init; }

    public required string? AssigneeId { get; init; }
    public required Guid? LeadId { get; init; }
    public required Guid? DealId { get; init; }
    public required DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The id of the user who completed it.</summary>
    public required string? CompletedBy { get; init; }

    /// <summary>Not completed, and due before now.</summary>
    public bool IsOverdue { get; init; }

    string IVersioned.Tag => IsOverdue ? $"{Version}-overdue" : $"{Version}";

    /// <summary>The same task as it stands at an instant.</summary>
    public TaskView At(DateTimeOffset now) => this with { IsOverdue = CompletedAt is null && DueAt < now };
}

/// <summary>Which tasks, in which order.</summary>
[Sortable("dueAt", "dueAt", "createdAt", "updatedAt", "priority", "title", "relevance")]
public sealed record TaskQuery : RecordQuery
{
    public IReadOnlyList<TaskType>? Type { get; init; }
    public IReadOnlyList<TaskPriority>? Priority { get; init; }

    /// <summary>Whether it is done.</summary>
    public bool? Completed { get; init; }

    /// <summary>Whether it isn't done, and was due before now.</summary>
    public bool? Overdue { get; init; }

    /// <summary>The assignee's id; <c>me</c> for the caller, <c>none</c> for tasks of nobody.</summary>
    public IReadOnlyList<string>? AssigneeId { get; init; }

    public IReadOnlyList<Guid>? LeadId { get; init; }
    public IReadOnlyList<Guid>? DealId { get; init; }
    public DateTimeOffset? DueFrom { get; init; }
    public DateTimeOffset? DueTo { get; init; }
}
