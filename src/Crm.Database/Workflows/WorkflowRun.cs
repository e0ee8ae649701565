using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Workflows;
using Crm.Database.Tenancy;

namespace Crm.Database.Workflows;

/// <summary>A workflow's run for a record. Whoever goes on with it holds its row, so that each step is done once.</summary>
public sealed class WorkflowRun : ITenantOwned
{
    public required Guid TenantId { get; init; }
    public required Guid Id { get; init; }
    public required Guid WorkflowId { get; init; }

    /// <summary>The number of the workflow's version.</summary>
    public required int WorkflowVersion { get; init; }

    /// <summary>By what there is one such run of the workflow at most: the event's id, the record's, or one made of the record's and the instant.</summary>
    public required Guid Key { get; init; }

    /// <summary>Null where the clock began it.</summary>
    public required Guid? EventId { get; init; }

    public required string? EventType { get; init; }

    /// <summary>When that happened which it began with.</summary>
    public required DateTimeOffset TriggeredAt { get; init; }

    /// <summary>The record's collection.</summary>
    public required string Collection { get; init; }

    public required Guid RecordId { get; init; }

    /// <summary>How many workflows began each other until this one did.</summary>
    public required int Depth { get; init; }

    /// <summary>The run that began the chain of workflows that began each other; itself where none did.</summary>
    public required Guid RootId { get; init; }

    public required WorkflowRunState State { get; set; }

    /// <summary>Whether its next step calls a webhook, which others don't wait for.</summary>
    public bool IsCall { get; set; }

    /// <summary>As far as they are decided, as JSON.</summary>
    public required string Steps { get; set; }

    /// <summary>How many of the steps are done.</summary>
    public int Done { get; set; }

    /// <summary>From when on what follows is reckoned: when that happened which it began with, and then that at which the last wait ended.</summary>
    public required DateTimeOffset At { get; set; }

    public int Tries { get; set; }
    public string? Problem { get; set; }

    /// <summary>When somebody goes on with it; null where nobody does.</summary>
    public required DateTimeOffset? DueAt { get; set; }

    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }

    public List<WorkflowStepView> ReadSteps() => JsonSerializer.Deserialize<List<WorkflowStepView>>(Steps, CrmJson.Options)!;

    public void Write(IReadOnlyList<WorkflowStepView> steps) => Steps = Json(steps);

    public static string Json(IReadOnlyList<WorkflowStepView> steps) => JsonSerializer.Serialize(steps, CrmJson.Options);

    /// <summary>Ends it, done or not.</summary>
    public void End(WorkflowRunState state, string? problem, DateTimeOffset at) => (State, Problem, IsCall, DueAt, EndedAt) = (state, problem, false, null, at);
}
