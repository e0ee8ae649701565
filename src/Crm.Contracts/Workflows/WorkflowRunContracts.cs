using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Workflows;

/// <summary>How far a run is.</summary>
public enum WorkflowRunState
{
    /// <summary>It goes on at once, or after a failure when its next try is due.</summary>
    Running,

    /// <summary>It waits until the time that its <c>WAIT</c> has set.</summary>
    Waiting,

    /// <summary>All of it is done.</summary>
    Done,

    /// <summary>It failed as often as it is tried, and goes on only if it is asked to.</summary>
    Failed,

    /// <summary>It ended before all of it was done; <c>problem</c> says why.</summary>
    Stopped,
}

/// <summary>A workflow's run for a record.</summary>
public sealed record WorkflowRunView : IIdentified
{
    public required Guid Id { get; init; }
    public required Guid WorkflowId { get; init; }

    /// <summary>The number of the workflow's version that it is a run of.</summary>
    public required int WorkflowVersion { get; init; }

    /// <summary>The event that it began with; null where that was the clock.</summary>
    public required Guid? EventId { get; init; }

    /// <summary>Such as <c>lead.created</c>; null where the clock began it.</summary>
    public required string? EventType { get; init; }

    /// <summary>When that happened which it began with.</summary>
    public required DateTimeOffset TriggeredAt { get; init; }

    /// <summary>For which record, such as <c>leads/{id}</c>.</summary>
    public required string Subject { get; init; }

    public required WorkflowRunState State { get; init; }

    /// <summary>What it did and is about to do, as far as that is known: what follows a <c>WAIT</c> is known once that is over.</summary>
    public required IReadOnlyList<WorkflowStepView> Steps { get; init; }

    /// <summary>How many workflows began each other until this one did: 1 where a user, a client or the service itself was the cause.</summary>
    public required int Depth { get; init; }

    /// <summary>How often its next step has failed.</summary>
    public required int Tries { get; init; }

    /// <summary>Why its next step failed the last time, or why it was stopped.</summary>
    public required string? Problem { get; init; }

    /// <summary>When it goes on; null where it doesn't by itself.</summary>
    public required DateTimeOffset? DueAt { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A step of a run: an action with everything in it decided.</summary>
public sealed record WorkflowStepView
{
    public required WorkflowActionType Type { get; init; }

    /// <summary>Who is given the task or the record, or is told.</summary>
    public string? UserId { get; init; }

    /// <summary>The task's title, or what is told.</summary>
    public string? Text { get; init; }

    public Tasks.TaskType? TaskType { get; init; }
    public Tasks.TaskPriority? Priority { get; init; }

    /// <summary>When the task is due, or until when it waits.</summary>
    public DateTimeOffset? At { get; init; }

    [FieldValues] public JsonElement? Fields { get; init; }
    public string? Stage { get; init; }
    public string? LostReason { get; init; }
    public string? Tag { get; init; }
    public Guid? WebhookId { get; init; }

    /// <summary>Why there is nothing to do; null where there is.</summary>
    public string? Skipped { get; init; }

    /// <summary>The task that it made.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>When it was done; null where it isn't.</summary>
    public DateTimeOffset? DoneAt { get; init; }
}

/// <summary>Which runs, in which order.</summary>
[Sortable("-startedAt", "startedAt")]
public sealed record WorkflowRunQuery : PageQuery
{
    /// <summary>The id of a workflow: its runs, of whichever of its versions.</summary>
    public IReadOnlyList<Guid>? WorkflowId { get; init; }

    /// <summary>The id of a lead, deal, task or activity.</summary>
    public IReadOnlyList<Guid>? RecordId { get; init; }

    /// <summary>How far they are.</summary>
    public IReadOnlyList<WorkflowRunState>? State { get; init; }
}

/// <summary>On which record to test a workflow.</summary>
public sealed record TestWorkflow
{
    /// <summary>The id of a record of the kind that the workflow is for.</summary>
    [Required] public required Guid? RecordId { get; init; }
}

/// <summary>What a workflow's draft would do now, if its first event were told of a record as it is.</summary>
public sealed record WorkflowTestView
{
    /// <summary>Whether the condition holds; of <c>changed</c> nothing is.</summary>
    public required bool Matches { get; init; }

    /// <summary>What it would do, up to its end; none where the condition doesn't hold.</summary>
    public required IReadOnlyList<WorkflowStepView> Steps { get; init; }
}

/// <summary>How much of the log to rehearse a workflow on.</summary>
public sealed record RehearseWorkflow
{
    /// <summary>The events of so many days until now.</summary>
    [Required, Range(1, 90)] public required int? Days { get; init; }
}

/// <summary>What a workflow's draft would have done. Nothing of it was.</summary>
public sealed record WorkflowRehearsalView
{
    /// <summary>From when on.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>How many events of records were looked at: the newest 100 000 of the time at most. Of what the clock begins: how many records.</summary>
    public required int Events { get; init; }

    /// <summary>Whether that is all of them.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>How many runs there would have been.</summary>
    public required int Runs { get; init; }

    /// <summary>The first 1 000 of them, in their order.</summary>
    public required IReadOnlyList<RehearsedRunView> Items { get; init; }
}

/// <summary>A run as it would have been.</summary>
public sealed record RehearsedRunView
{
    /// <summary>The event that it would have begun with; null for the clock.</summary>
    public required Guid? EventId { get; init; }

    public required string? EventType { get; init; }
    public required DateTimeOffset TriggeredAt { get; init; }

    /// <summary>For which record, such as <c>leads/{id}</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>How it would have ended by now.</summary>
    public required WorkflowRunState State { get; init; }

    /// <summary>Why it would have been stopped; null where it wouldn't.</summary>
    public required string? Problem { get; init; }

    /// <summary>What it would have done and, where it would be waiting still, until when.</summary>
    public required IReadOnlyList<WorkflowStepView> Steps { get; init; }
}
