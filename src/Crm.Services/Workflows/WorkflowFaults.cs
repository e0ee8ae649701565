using Crm.Contracts.Workflows;

namespace Crm.Services.Workflows;

/// <summary>What is wrong with an action, beyond the shape of each of its members.</summary>
internal static class WorkflowFaults
{
    private static readonly Dictionary<WorkflowActionType, (string[] Needed, string[] Others, string[] Nouns)> Members = new()
    {
        [WorkflowActionType.CreateTask] = (["text"], ["userId", "taskType", "priority", "minutes", "workingTime"], ["lead", "deal", "task", "activity"]),
        [WorkflowActionType.Assign] = (["userId"], [], ["lead", "deal", "task"]),
        [WorkflowActionType.SetFields] = (["fields"], [], ["lead", "deal", "task"]),
        [WorkflowActionType.MoveStage] = (["stage"], ["lostReason"], ["deal"]),
        [WorkflowActionType.AddTag] = (["tag"], [], ["lead", "deal"]),
        [WorkflowActionType.Notify] = (["text"], ["userId"], ["lead", "deal", "task", "activity"]),
        [WorkflowActionType.CallWebhook] = (["webhookId"], [], ["lead", "deal", "task", "activity"]),
        [WorkflowActionType.Wait] = (["minutes"], ["workingTime", "continueIf"], ["lead", "deal", "task", "activity"]),
    };

    /// <param name="faults">Where they are told.</param>
    /// <param name="action">Of what.</param>
    /// <param name="noun">What the records are called that it is for.</param>
    /// <param name="place">Where the action stands.</param>
    public static void Collect(Dictionary<string, string[]> faults, WorkflowActionFields action, string noun, string place)
    {
        var (needed, others, nouns) = Members[action.Type!.Value];
        if (!nouns.Contains(noun, StringComparer.Ordinal)) faults[$"{place}/type"] = [$"is for {string.Join(" and ", nouns.Select(one => $"{one}s"))} only"];
        var given = GivenOf(action);
        foreach (var name in needed.Where(name => !given.Contains(name))) faults[$"{place}/{name}"] = ["is required for this type"];
        foreach (var name in given.Where(name => !Takes(name))) faults[$"{place}/{name}"] = ["is of no use for this type; leave it out"];
        if (action.Text is { } text && Takes("text") && WorkflowText.FaultOf(text, noun) is { } fault) faults[$"{place}/text"] = [fault];
        if (action.Tag is { } tag && Takes("tag") && (tag.Length == 0 || tag.Contains(',', StringComparison.Ordinal))) faults[$"{place}/tag"] = ["must be a tag of 1 to 50 characters, without commas"];
        if (action.Fields is not { } fields || !Takes("fields") || !nouns.Contains(noun, StringComparer.Ordinal)) return;
        foreach (var (pointer, of) in FieldChanges.FaultsOf(fields, noun, $"{place}/fields")) faults[pointer] = of;

        bool Takes(string name) => needed.Contains(name, StringComparer.Ordinal) || others.Contains(name, StringComparer.Ordinal);
    }

    private static HashSet<string> GivenOf(WorkflowActionFields action)
    {
        var members = new (string Name, object? Value)[]
        {
            ("userId", action.UserId), ("text", action.Text), ("taskType", action.TaskType), ("priority", action.Priority), ("minutes", action.Minutes), ("workingTime", action.WorkingTime), ("fields", action.Fields),
            ("stage", action.Stage), ("lostReason", action.LostReason), ("tag", action.Tag), ("webhookId", action.WebhookId), ("continueIf", action.ContinueIf),
        };
        return members.Where(member => member.Value is not null).Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
    }
}
