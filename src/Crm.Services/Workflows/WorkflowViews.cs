using Crm.Contracts.Workflows;
using Crm.Database.Workflows;

namespace Crm.Services.Workflows;

internal static class WorkflowViews
{
    public static WorkflowView Of(Workflow workflow)
    {
        var draft = workflow.Fields();
        return new WorkflowView
        {
            Id = workflow.Id,
            Name = draft.Name,
            Description = draft.Description,
            Trigger = Of(draft.Trigger),
            Condition = draft.Condition,
            OncePerRecord = draft.OncePerRecord,
            Actions = [.. draft.Actions.Select(Of)],
            ActiveVersion = workflow.ActiveVersion,
            ActiveSince = workflow.ActiveSince,
            HasChanges = !workflow.IsLatest,
            CreatedAt = workflow.CreatedAt,
            CreatedBy = workflow.CreatedBy,
            UpdatedAt = workflow.UpdatedAt,
            UpdatedBy = workflow.UpdatedBy,
            Version = workflow.Version,
        };
    }

    public static WorkflowVersionView Of(WorkflowVersion version)
    {
        var fields = Workflow.Read(version.Definition);
        return new WorkflowVersionView
        {
            Number = version.Number,
            Name = fields.Name,
            Description = fields.Description,
            Trigger = Of(fields.Trigger),
            Condition = fields.Condition,
            OncePerRecord = fields.OncePerRecord,
            Actions = [.. fields.Actions.Select(Of)],
            CreatedAt = version.CreatedAt,
            CreatedBy = version.CreatedBy,
        };
    }

    public static WorkflowTemplateView Of(string key, WorkflowFields fields) => new()
    {
        Key = key,
        Name = fields.Name,
        Description = fields.Description,
        Trigger = Of(fields.Trigger),
        Condition = fields.Condition,
        OncePerRecord = fields.OncePerRecord,
        Actions = [.. fields.Actions.Select(Of)],
    };

    public static WorkflowRunView Of(WorkflowRun run) => new()
    {
        Id = run.Id,
        WorkflowId = run.WorkflowId,
        WorkflowVersion = run.WorkflowVersion,
        EventId = run.EventId,
        EventType = run.EventType,
        TriggeredAt = run.TriggeredAt,
        Subject = $"{run.Collection}/{run.RecordId}",
        State = run.State,
        Steps = run.ReadSteps(),
        Depth = run.Depth,
        Tries = run.Tries,
        Problem = run.Problem,
        DueAt = run.DueAt,
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
    };

    private static WorkflowTriggerView Of(WorkflowTriggerFields trigger) => new()
    {
        Events = trigger.Events,
        Inactivity = trigger.Inactivity is { } inactivity ? new WorkflowInactivityView { Record = inactivity.Record!.Value, Days = inactivity.Days!.Value } : null,
        Schedule = trigger.Schedule is { } schedule ? new WorkflowScheduleView { Record = schedule.Record!.Value, Weekday = schedule.Weekday, Time = schedule.Time } : null,
    };

    private static WorkflowActionView Of(WorkflowActionFields action) => new()
    {
        Type = action.Type!.Value,
        UserId = action.UserId,
        Text = action.Text,
        TaskType = action.TaskType,
        Priority = action.Priority,
        Minutes = action.Minutes,
        WorkingTime = action.WorkingTime,
        Fields = action.Fields,
        Stage = action.Stage,
        LostReason = action.LostReason,
        Tag = action.Tag,
        WebhookId = action.WebhookId,
        ContinueIf = action.ContinueIf,
    };
}
