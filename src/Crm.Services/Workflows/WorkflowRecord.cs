using System.Text.Json;
using Crm.Contracts.Json;

namespace Crm.Services.Workflows;

/// <summary>A record as a workflow sees it: its members, and by names such as <c>lead.source</c> those of what it belongs to.</summary>
internal sealed class WorkflowRecord
{
    private readonly Dictionary<string, JsonElement> members;
    private JsonElement? element;

    private WorkflowRecord(string noun, Dictionary<string, JsonElement> members) => (Noun, this.members) = (noun, members);

    public string Noun { get; }

    /// <summary>What a condition is asked of.</summary>
    public JsonElement Members => element ??= JsonSerializer.SerializeToElement(members, CrmJson.Options);

    /// <summary>The member who has the record; of an activity, who wrote it down.</summary>
    public string? OwnerId => TextOf(OwnerMember(Noun));

    public static string OwnerMember(string noun) => noun switch { "task" => "assigneeId", "activity" => "createdBy", _ => "ownerId" };

    /// <param name="noun">What it is called.</param>
    /// <param name="record">As events tell it.</param>
    public static WorkflowRecord Of(string noun, JsonElement record) => new(noun, record.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal)) { element = record };

    /// <summary>Whether a lead or deal may still come to something.</summary>
    public bool IsOpen => Noun == "lead" ? TextOf("status") is not ("CONVERTED" or "UNQUALIFIED") : TextOf("closedAt") is null;

    /// <summary>The same as it is seen at an instant: whether a task is overdue depends on it.</summary>
    public WorkflowRecord At(DateTimeOffset at) => Noun == "task" ? With("isOverdue", TextOf("completedAt") is null && TextOf("dueAt") is { } due && InstantConverter.TryParse(due, out var dueAt) && dueAt < at) : this;

    /// <summary>The same with what it belongs to.</summary>
    public WorkflowRecord With(string parent, JsonElement record)
    {
        var all = new Dictionary<string, JsonElement>(members, StringComparer.Ordinal);
        foreach (var member in record.EnumerateObject()) all[$"{parent}.{member.Name}"] = member.Value;
        return new WorkflowRecord(Noun, all);
    }

    /// <summary>The same with another value of a member.</summary>
    public WorkflowRecord With(string member, object? value) => new(Noun, new Dictionary<string, JsonElement>(members, StringComparer.Ordinal) { [member] = JsonSerializer.SerializeToElement(value, CrmJson.Options) });

    /// <summary>The id of what it belongs to; null for nothing.</summary>
    public Guid? ParentId(string parent) => members.TryGetValue($"{parent}Id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetGuid() : null;

    /// <summary>A member as text; null where it is empty.</summary>
    public string? TextOf(string member) => !members.TryGetValue(member, out var value) ? null : value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(one => $"{one}")),
        _ => value.GetRawText(),
    };
}
