using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crm.Contracts.Conditions;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Workflows;

/// <summary>What a manager writes of a workflow: its draft, which does nothing until it is activated.</summary>
public sealed record WorkflowFields
{
    [Required, StringLength(120)] public required string Name { get; init; }

    [StringLength(2000)] public string? Description { get; init; }

    /// <summary>What it begins with.</summary>
    [Required] public required WorkflowTriggerFields Trigger { get; init; }

    /// <summary>For which records, as they are then or after the event; of an event also by what <c>changed</c>, and but for a schedule of related records by names such as <c>lead.source</c>. Null for all.</summary>
    [Condition] public JsonElement? Condition { get; init; }

    /// <summary>Whether it runs for each record once at most; otherwise each time.</summary>
    public bool OncePerRecord { get; init; }

    /// <summary>What it does, one after the other, from 1 to 20.</summary>
    [Required, MinLength(1), MaxLength(20)] public required IReadOnlyList<WorkflowActionFields> Actions { get; init; }
}

/// <summary>What a workflow begins with: exactly one of these.</summary>
public sealed record WorkflowTriggerFields
{
    /// <summary>The types of events, all of one kind of record, such as <c>lead.created</c>.</summary>
    [EventTypes(NullIsAll = false)] public IReadOnlyList<string>? Events { get; init; }

    /// <summary>That nothing was done for a lead or deal.</summary>
    public WorkflowInactivityFields? Inactivity { get; init; }

    /// <summary>That the time has come, for all records that the condition holds of.</summary>
    public WorkflowScheduleFields? Schedule { get; init; }
}

/// <summary>What a workflow that the clock begins is for.</summary>
public enum WorkflowRecordKind { Lead, Deal, Task }

/// <summary>That no activity of an open lead or deal has taken place for so many days, since it was made or since the last one; once each time.</summary>
public sealed record WorkflowInactivityFields
{
    /// <summary><c>LEAD</c> or <c>DEAL</c>.</summary>
    [Required] public required WorkflowRecordKind? Record { get; init; }

    /// <summary>Of 24 hours each.</summary>
    [Required, Range(1, 365)] public required int? Days { get; init; }
}

/// <summary>That it is a time of day, by the tenant's clocks. It runs for the first 1 000 records that the condition holds of then, by their ids; with <c>oncePerRecord</c> of those that it hasn't run for since it has been so.</summary>
public sealed record WorkflowScheduleFields
{
    [Required] public required WorkflowRecordKind? Record { get; init; }

    /// <summary>Null for each day.</summary>
    public Weekday? Weekday { get; init; }

    /// <summary>Such as <c>07:00</c>: where clocks leap over it, when they do; where it comes twice, the first time.</summary>
    [Required, TimeOfDay] public required string Time { get; init; }
}

/// <summary>Something that a workflow does. Each type has members of its own, and no others.</summary>
public sealed record WorkflowActionFields
{
    [Required] public required WorkflowActionType? Type { get; init; }

    /// <summary>Of <c>CREATE_TASK</c>, <c>ASSIGN</c> and <c>NOTIFY</c>: the id of a member; null for whoever has the record, of an activity who wrote it down. <c>ASSIGN</c> needs it.</summary>
    [StringLength(128)] public string? UserId { get; init; }

    /// <summary>Of <c>CREATE_TASK</c> and <c>NOTIFY</c>, which need it: the task's title, or what is told. <c>{firstName}</c> stands for the record's, <c>{lead.companyName}</c> for a related one's; longer than 200 characters it is cut.</summary>
    [StringLength(200)] public string? Text { get; init; }

    /// <summary>Of <c>CREATE_TASK</c>: null for <c>FOLLOW_UP</c>.</summary>
    public Tasks.TaskType? TaskType { get; init; }

    /// <summary>Of <c>CREATE_TASK</c>: null for <c>MEDIUM</c>.</summary>
    public Tasks.TaskPriority? Priority { get; init; }

    /// <summary>Of <c>CREATE_TASK</c>: in how many minutes it is due; null for never. Of <c>WAIT</c>, which needs it: for how many minutes. Reckoned from what the run began with, and from where the <c>WAIT</c> before it ended.</summary>
    [Range(1, 525_600)] public int? Minutes { get; init; }

    /// <summary>Of <c>CREATE_TASK</c> and <c>WAIT</c>: whether only the minutes of the tenant's working time count; null for true.</summary>
    public bool? WorkingTime { get; init; }

    /// <summary>Of <c>SET_FIELDS</c>, which needs it: members of the record with their new values, as a merge patch has them. Who has it, where it stands and its tags have actions of their own.</summary>
    [FieldValues] public JsonElement? Fields { get; init; }

    /// <summary>Of <c>MOVE_STAGE</c>, which needs it: the key of a stage of the deal's pipeline.</summary>
    [StageKey] public string? Stage { get; init; }

    /// <summary>Of <c>MOVE_STAGE</c>: why the deal is lost, for a stage of the kind <c>LOST</c>.</summary>
    [StringLength(500)] public string? LostReason { get; init; }

    /// <summary>Of <c>ADD_TAG</c>, which needs it.</summary>
    [StringLength(50)] public string? Tag { get; init; }

    /// <summary>Of <c>CALL_WEBHOOK</c>, which needs it: one of the tenant's webhooks.</summary>
    public Guid? WebhookId { get; init; }

    /// <summary>Of <c>WAIT</c>: whether to go on once it is over, asked of the record as it is then and of related ones; null for always.</summary>
    [Condition] public JsonElement? ContinueIf { get; init; }
}

/// <summary>What an action of a workflow does.</summary>
public enum WorkflowActionType
{
    /// <summary>Makes a task for the record.</summary>
    CreateTask,

    /// <summary>Gives the record to a member.</summary>
    Assign,

    /// <summary>Changes members of the record.</summary>
    SetFields,

    /// <summary>Moves the deal to another stage of its pipeline.</summary>
    MoveStage,

    /// <summary>Adds a tag to the lead or deal.</summary>
    AddTag,

    /// <summary>Tells a member something.</summary>
    Notify,

    /// <summary>Sends the record to a webhook as an event of the type <c>workflow.run</c>, at least once and with the same id each time.</summary>
    CallWebhook,

    /// <summary>Lets time pass before what follows.</summary>
    Wait,
}

/// <summary>A workflow: its draft, and whether a version of it is active.</summary>
public sealed record WorkflowView : IIdentified, IVersioned
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string? Description { get; init; }
    public required WorkflowTriggerView Trigger { get; init; }
    [Condition] public required JsonElement? Condition { get; init; }

    /// <summary>Whether it runs for each record once at most.</summary>
    public required bool OncePerRecord { get; init; }

    public required IReadOnlyList<WorkflowActionView> Actions { get; init; }

    /// <summary>The number of the version that runs; null while none does.</summary>
    public required int? ActiveVersion { get; init; }

    /// <summary>Since when versions of it with this trigger have run without a pause: what happened before begins none. Null while none does.</summary>
    public required DateTimeOffset? ActiveSince { get; init; }

    /// <summary>Whether the draft differs from the newest version; true before there is one.</summary>
    public required bool HasChanges { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string UpdatedBy { get; init; }
    public required int Version { get; init; }
}

/// <summary>What a workflow begins with: exactly one of these.</summary>
public sealed record WorkflowTriggerView
{
    public IReadOnlyList<string>? Events { get; init; }
    public WorkflowInactivityView? Inactivity { get; init; }
    public WorkflowScheduleView? Schedule { get; init; }
}

/// <summary>That no activity of an open lead or deal has taken place for so many days.</summary>
public sealed record WorkflowInactivityView
{
    public required WorkflowRecordKind Record { get; init; }
    public required int Days { get; init; }
}

/// <summary>That it is a time of day, by the tenant's clocks.</summary>
public sealed record WorkflowScheduleView
{
    public required WorkflowRecordKind Record { get; init; }

    /// <summary>Null for each day.</summary>
    public required Weekday? Weekday { get; init; }

    [TimeOfDay] public required string Time { get; init; }
}

/// <summary>Something that a workflow does.</summary>
public sealed record WorkflowActionView
{
    public required WorkflowActionType Type { get; init; }

    /// <summary>The id of a member; null for whoever has the record.</summary>
    public string? UserId { get; init; }

    /// <summary>A task's title, or what is told, with <c>{member}</c> for the record's.</summary>
    public string? Text { get; init; }

    public Tasks.TaskType? TaskType { get; init; }
    public Tasks.TaskPriority? Priority { get; init; }

    /// <summary>In how many minutes a task is due, or for how many to wait.</summary>
    public int? Minutes { get; init; }

    /// <summary>Whether only minutes of the tenant's working time count.</summary>
    public bool? WorkingTime { get; init; }

    /// <summary>Members of the record with their new values.</summary>
    [FieldValues] public JsonElement? Fields { get; init; }

    public string? Stage { get; init; }
    public string? LostReason { get; init; }
    public string? Tag { get; init; }
    public Guid? WebhookId { get; init; }

    /// <summary>Whether to go on once the wait is over; null for always.</summary>
    [Condition] public JsonElement? ContinueIf { get; init; }
}

/// <summary>A version of a workflow, as it ran or runs.</summary>
public sealed record WorkflowVersionView
{
    /// <summary>From 1 on.</summary>
    public required int Number { get; init; }

    public required string Name { get; init; }
    public required string? Description { get; init; }
    public required WorkflowTriggerView Trigger { get; init; }
    [Condition] public required JsonElement? Condition { get; init; }
    public required bool OncePerRecord { get; init; }
    public required IReadOnlyList<WorkflowActionView> Actions { get; init; }

    /// <summary>When it was activated first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}

/// <summary>The versions of a workflow, the newest first.</summary>
public sealed record WorkflowVersionList
{
    public required IReadOnlyList<WorkflowVersionView> Items { get; init; }
}

/// <summary>A workflow that is ready to be made: its members are the body of <c>POST /api/automation/workflows</c>.</summary>
public sealed record WorkflowTemplateView
{
    /// <summary>Such as <c>website-lead-call</c>.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }
    public required string? Description { get; init; }
    public required WorkflowTriggerView Trigger { get; init; }
    [Condition] public required JsonElement? Condition { get; init; }
    public required bool OncePerRecord { get; init; }
    public required IReadOnlyList<WorkflowActionView> Actions { get; init; }
}

/// <summary>Workflows that are ready to be made.</summary>
public sealed record WorkflowTemplateList
{
    public required IReadOnlyList<WorkflowTemplateView> Items { get; init; }
}

/// <summary>Which workflows, in which order.</summary>
[Sortable("-createdAt", "createdAt")]
public sealed record WorkflowQuery : PageQuery
{
    /// <summary>Only those of which a version is active, or isn't.</summary>
    public bool? Active { get; init; }
}
