using System.Globalization;
using Crm.Contracts.Activities;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;

namespace Crm.Api.Analytics;

/// <summary>A counted lead, activity or task as a line of CSV.</summary>
internal static class CountedRow
{
    public static readonly string[] LeadHeader = ["leadId", "name", "status", "source", "ownerId", "createdAt", "convertedAt", "firstOutboundAt", "responseMinutes", "responseWorkingMinutes"];

    public static readonly string[] ActivityHeader = ["activityId", "subject", "type", "direction", "userId", "occurredAt", "leadId", "dealId", "taskId"];

    public static readonly string[] TaskHeader = ["taskId", "title", "type", "assigneeId", "createdAt", "dueAt", "completedAt", "leadId", "dealId"];

    public static string[] Of(CountedLeadView lead) =>
    [
        $"{lead.LeadId}", lead.Name ?? "", EnumNames<LeadStatus>.Of(lead.Status), EnumNames<LeadSource>.Of(lead.Source), lead.OwnerId ?? "",
        Text(lead.CreatedAt), Text(lead.ConvertedAt), Text(lead.FirstOutboundAt), Text(lead.ResponseMinutes), Text(lead.ResponseWorkingMinutes),
    ];

    public static string[] Of(CountedActivityView activity) =>
    [
        $"{activity.ActivityId}", activity.Subject ?? "", EnumNames<ActivityType>.Of(activity.Type), activity.Direction is { } direction ? EnumNames<ActivityDirection>.Of(direction) : "",
        activity.UserId, Text(activity.OccurredAt), $"{activity.LeadId}", $"{activity.DealId}", $"{activity.TaskId}",
    ];

    public static string[] Of(CountedTaskView task) =>
    [
        $"{task.TaskId}", task.Title ?? "", EnumNames<TaskType>.Of(task.Type), task.AssigneeId ?? "",
        Text(task.CreatedAt), Text(task.DueAt), Text(task.CompletedAt), $"{task.LeadId}", $"{task.DealId}",
    ];

    private static string Text(decimal? minutes) => minutes?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";

    private static string Text(DateTimeOffset? instant) => instant is { } at ? InstantConverter.Format(at) : "";
}
