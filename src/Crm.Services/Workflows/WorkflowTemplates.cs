using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Contracts.Tasks;
using Crm.Contracts.Workflows;

namespace Crm.Services.Workflows;

/// <summary>Workflows that are ready to be made. Nothing of them runs by itself.</summary>
public static class WorkflowTemplates
{
    private static readonly object IsOpen = new { field = "status", @in = new[] { "NEW", "CONTACTED", "QUALIFIED", "NURTURING" } };

    /// <summary>By their keys.</summary>
    public static IReadOnlyDictionary<string, WorkflowFields> All { get; } = new Dictionary<string, WorkflowFields>(StringComparer.Ordinal)
    {
        ["website-lead-call"] = new()
        {
            Name = "Call new website leads within an hour",
            Description = "As soon as a lead from the website has an owner, be it given by hand or by routing, the owner gets a task to call within an hour of working time.",
            Trigger = new WorkflowTriggerFields { Events = [EventTypes.LeadCreated, EventTypes.LeadAssigned] },
            Condition = Json(new { all = new object[] { new { field = "source", @is = "WEBSITE" }, new { field = "ownerId", isEmpty = false }, new { field = "status", @is = "NEW" } } }),
            OncePerRecord = true,
            Actions = [new WorkflowActionFields { Type = WorkflowActionType.CreateTask, Text = "Call {firstName} {lastName}", TaskType = TaskType.Call, Priority = TaskPriority.High, Minutes = 60 }],
        },
        ["hot-lead-notice"] = new()
        {
            Name = "Tell the owner of a hot lead",
            Description = "When the score of an open lead moves to 80 or more, its owner is told, once for each lead.",
            Trigger = new WorkflowTriggerFields { Events = [EventTypes.LeadScored] },
            Condition = Json(new { all = new object[] { new { field = "score", greaterThan = 79 }, new { field = "ownerId", isEmpty = false }, IsOpen } }),
            OncePerRecord = true,
            Actions = [new WorkflowActionFields { Type = WorkflowActionType.Notify, Text = "{firstName} {lastName} is hot: score {score}" }],
        },
        ["rotting-deal-task"] = new()
        {
            Name = "Revive deals that stand still",
            Description = "When a deal has stood in its stage for longer than it should, its owner gets a task for the next working day.",
            Trigger = new WorkflowTriggerFields { Events = [EventTypes.DealRotting] },
            Actions = [new WorkflowActionFields { Type = WorkflowActionType.CreateTask, Text = "Move {name} on, or close it", TaskType = TaskType.FollowUp, Minutes = 480 }],
        },
        ["won-deal-notice"] = new()
        {
            Name = "Celebrate deals that are won",
            Description = "Whoever has the deal is told that it was won, whoever closed it, and gets a task to hand the customer over.",
            Trigger = new WorkflowTriggerFields { Events = [EventTypes.DealWon] },
            Actions =
            [
                new WorkflowActionFields { Type = WorkflowActionType.Notify, Text = "{name} is won: {value} {currency}" },
                new WorkflowActionFields { Type = WorkflowActionType.CreateTask, Text = "Hand {name} over to those who deliver it", TaskType = TaskType.FollowUp, Minutes = 960 },
            ],
        },
    };

    private static JsonElement Json(object condition) => JsonSerializer.SerializeToElement(condition, CrmJson.Options);
}
