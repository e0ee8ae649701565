using Crm.Contracts.Tasks;
using Crm.Contracts.Workflows;

namespace Crm.Services.Workflows;

/// <summary>
/// Decides what a workflow's actions are for a record: the same for a run, a test and a rehearsal. Nothing is asked but the record, so that what is decided is what is done, however late.
/// </summary>
internal static class WorkflowPlanner
{
    /// <summary>The steps from an action on, up to the next wait, that one included, or the end.</summary>
    /// <param name="workflow">Whose.</param>
    /// <param name="from">Which action is next, from 0 on.</param>
    /// <param name="record">For which record; each step sees what those before it make of it.</param>
    /// <param name="at">From when on is reckoned.</param>
    /// <param name="time">By which clocks.</param>
    /// <returns>The steps, and the record as they leave it.</returns>
    public static (List<WorkflowStepView> Steps, WorkflowRecord After) Plan(WorkflowDefinition workflow, int from, WorkflowRecord record, DateTimeOffset at, WorkflowTime time)
    {
        var steps = new List<WorkflowStepView>();
        foreach (var action in workflow.Fields.Actions.Skip(from))
        {
            var step = StepOf(action, record, at, time);
            steps.Add(step);
            if (action.Type == WorkflowActionType.Wait) break;
            record = After(step, record);
        }

        return (steps, record);
    }

    private static WorkflowStepView StepOf(WorkflowActionFields action, WorkflowRecord record, DateTimeOffset at, WorkflowTime time)
    {
        var (step, until) = (new WorkflowStepView { Type = action.Type!.Value }, action.Minutes is { } minutes ? time.After(at, minutes, action.WorkingTime ?? true) : (DateTimeOffset?)null);
        return action.Type switch
        {
            WorkflowActionType.CreateTask => step with { UserId = action.UserId ?? record.OwnerId, Text = WorkflowText.Of(action.Text!, record), TaskType = action.TaskType ?? TaskType.FollowUp, Priority = action.Priority ?? TaskPriority.Medium, At = until },
            WorkflowActionType.Assign => step with { UserId = action.UserId, Skipped = action.UserId == record.OwnerId ? "It is theirs already." : null },
            WorkflowActionType.SetFields => step with { Fields = action.Fields },
            WorkflowActionType.MoveStage => step with { Stage = action.Stage, LostReason = action.LostReason, Skipped = action.Stage == record.TextOf("stage") ? "It stands there already." : null },
            WorkflowActionType.AddTag => step with { Tag = action.Tag },
            WorkflowActionType.Notify => step with { UserId = action.UserId ?? record.OwnerId, Text = WorkflowText.Of(action.Text!, record), Skipped = action.UserId is null && record.OwnerId is null ? $"Nobody has the {record.Noun}." : null },
            WorkflowActionType.CallWebhook => step with { WebhookId = action.WebhookId },
            _ => step with { At = until },
        };
    }

    /// <summary>The record as a step leaves it.</summary>
    private static WorkflowRecord After(WorkflowStepView step, WorkflowRecord record) => step.Type switch
    {
        WorkflowActionType.Assign => record.With(WorkflowRecord.OwnerMember(record.Noun), step.UserId),
        WorkflowActionType.SetFields => step.Fields!.Value.EnumerateObject().Aggregate(record, (one, member) => one.With(member.Name, (object)member.Value)),
        WorkflowActionType.MoveStage => record.With("stage", (object?)step.Stage),
        _ => record,
    };
}
