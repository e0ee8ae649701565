using Crm.Contracts.Tasks;

namespace Crm.Contracts.Analytics;

/// <summary>Which tasks a figure of a report counts.</summary>
public sealed record CountedTaskQuery : CountedQuery
{
    /// <summary>Which figure; by default all that are due.</summary>
    public TaskFigure Figure { get; init; }

    public IReadOnlyList<TaskType>? Type { get; init; }
}

/// <summary>A figure of the reports on tasks.</summary>
public enum TaskFigure
{
    /// <summary>Those that are due between <c>from</c> and <c>to</c>.</summary>
    Due,

    /// <summary>Those of them that were completed, and not after they were due.</summary>
    DoneOnTime,

    /// <summary>Those of them that were completed after they were due.</summary>
    DoneLate,

    /// <summary>Those of them that aren't completed, and were due before <c>asOf</c>.</summary>
    Overdue,

    /// <summary>Those of them that aren't completed, and not yet due.</summary>
    Open,

    /// <summary>Those that aren't completed, and due at no time.</summary>
    Undated,

    /// <summary>Those that were completed between <c>from</c> and <c>to</c>, whenever they were due.</summary>
    Done,
}

/// <summary>A task as a figure of a report counts it.</summary>
public sealed record CountedTaskView
{
    public required Guid TaskId { get; init; }

    /// <summary>What the task is called today, all else being as it was at <c>asOf</c>; null where the caller doesn't see it any more.</summary>
    public required string? Title { get; init; }

    public required TaskType Type { get; init; }
    public required string? AssigneeId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? DueAt { get; init; }
    public required DateTimeOffset? CompletedAt { get; init; }
    public required Guid? LeadId { get; init; }
    public required Guid? DealId { get; init; }
}
