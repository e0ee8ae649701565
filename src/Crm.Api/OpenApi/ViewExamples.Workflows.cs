using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Tasks;
using Crm.Contracts.Workflows;
using Crm.Services.Workflows;

namespace Crm.Api.OpenApi;

internal static partial class ViewExamples
{
    private static WorkflowView Followed { get; } = new()
    {
        Id = new Guid("019aa4c3-1b70-7d25-8e46-9a0c5f3b7d12"),
        Name = "Follow up on referrals",
        Description = "Whoever gets a lead that was referred calls at once, and is reminded three days later if nothing came of it.",
        Trigger = new WorkflowTriggerView { Events = [EventTypes.LeadCreated, EventTypes.LeadAssigned] },
        Condition = JsonDocument.Parse("""{ "all": [{ "field": "source", "is": "REFERRAL" }, { "field": "ownerId", "isEmpty": false }] }""").RootElement,
        OncePerRecord = true,
        Actions =
        [
            new WorkflowActionView { Type = WorkflowActionType.CreateTask, Text = "Call {firstName} {lastName}", TaskType = TaskType.Call, Priority = TaskPriority.High, Minutes = 60, WorkingTime = true },
            new WorkflowActionView { Type = WorkflowActionType.SetFields, Fields = JsonDocument.Parse("""{ "status": "CONTACTED" }""").RootElement },
            new WorkflowActionView { Type = WorkflowActionType.Wait, Minutes = 4320, WorkingTime = false, ContinueIf = JsonDocument.Parse("""{ "field": "status", "is": "CONTACTED" }""").RootElement },
            new WorkflowActionView { Type = WorkflowActionType.CallWebhook, WebhookId = Webhook.Id },
        ],
        ActiveVersion = 2,
        ActiveSince = Made,
        HasChanges = false,
        CreatedAt = Made,
        CreatedBy = User,
        UpdatedAt = Changed,
        UpdatedBy = User,
        Version = 4,
    };

    private static WorkflowView Silent { get; } = Followed with
    {
        Id = new Guid("019aa4c3-2c81-7a36-9f57-0b1d604c8e23"),
        Name = "Tell of deals that nobody works on",
        Description = null,
        Trigger = new WorkflowTriggerView { Inactivity = new WorkflowInactivityView { Record = WorkflowRecordKind.Deal, Days = 14 } },
        Condition = null,
        OncePerRecord = false,
        Actions = [new WorkflowActionView { Type = WorkflowActionType.Notify, Text = "Nothing happened on {name} for two weeks" }, new WorkflowActionView { Type = WorkflowActionType.AddTag, Tag = "silent" }],
        ActiveVersion = null,
        ActiveSince = null,
        HasChanges = true,
        Version = 1,
    };

    private static WorkflowVersionView WorkflowBefore { get; } = new()
    {
        Number = 1,
        Name = "Monday's overdue tasks",
        Description = null,
        Trigger = new WorkflowTriggerView { Schedule = new WorkflowScheduleView { Record = WorkflowRecordKind.Task, Weekday = Crm.Contracts.Weekday.Monday, Time = "07:00" } },
        Condition = JsonDocument.Parse("""{ "field": "isOverdue", "is": true }""").RootElement,
        OncePerRecord = false,
        Actions = [new WorkflowActionView { Type = WorkflowActionType.Notify, UserId = "u-1007", Text = "{title} is overdue" }],
        CreatedAt = Made,
        CreatedBy = User,
    };

    private static WorkflowStepView CallStep { get; } = new() { Type = WorkflowActionType.CreateTask, UserId = User, Text = "Call Mara Lindqvist", TaskType = TaskType.Call, Priority = TaskPriority.High, At = Changed.AddHours(1) };

    private static WorkflowStepView WaitStep { get; } = new() { Type = WorkflowActionType.Wait, At = Changed.AddDays(3) };

    private static WorkflowRunView WorkflowRun { get; } = new()
    {
        Id = new Guid("019aa4c3-7fd4-7c69-8a8a-3e40937f1b56"),
        WorkflowId = Followed.Id,
        WorkflowVersion = 2,
        EventId = new Guid("019aa4b8-9b7e-7d14-b0c6-41a9e85d2f30"),
        EventType = EventTypes.LeadAssigned,
        TriggeredAt = Changed,
        Subject = $"leads/{Lead.Id}",
        State = WorkflowRunState.Waiting,
        Steps =
        [
            CallStep with { TaskId = Task.Id, DoneAt = Changed.AddSeconds(1) },
            new WorkflowStepView { Type = WorkflowActionType.SetFields, Fields = JsonDocument.Parse("""{ "status": "CONTACTED" }""").RootElement, DoneAt = Changed.AddSeconds(1) },
            WaitStep,
        ],
        Depth = 1,
        Tries = 0,
        Problem = null,
        DueAt = Changed.AddDays(3),
        StartedAt = Changed,
        EndedAt = null,
    };

    private static IEnumerable<object> OfWorkflows =>
    [
        Followed, PageOf(Silent),
        new WorkflowVersionList { Items = [WorkflowBefore] },
        new WorkflowTemplateList { Items = [WorkflowService.Templates().Items[0]] },
        WorkflowRun, PageOf(WorkflowRun),
        new WorkflowTestView { Matches = true, Steps = [CallStep, new WorkflowStepView { Type = WorkflowActionType.Assign, UserId = User, Skipped = "It is theirs already." }] },
        new WorkflowRehearsalView
        {
            From = Changed.AddDays(-30),
            Events = 4711,
            IsComplete = true,
            Runs = 1,
            Items =
            [
                new RehearsedRunView
                {
                    EventId = WorkflowRun.EventId,
                    EventType = WorkflowRun.EventType,
                    TriggeredAt = WorkflowRun.TriggeredAt,
                    Subject = WorkflowRun.Subject,
                    State = WorkflowRunState.Waiting,
                    Problem = null,
                    Steps = [CallStep, WaitStep],
                },
            ],
        },
    ];
}
