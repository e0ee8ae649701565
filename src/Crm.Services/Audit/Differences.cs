using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;

namespace Crm.Services.Audit;

/// <summary>What differs between something before and after a change, member by member, as an event tells it.</summary>
internal static class Differences
{
    /// <param name="before">As it was; null where there was nothing.</param>
    /// <param name="after">As it is; null where there is nothing any more.</param>
    public static IReadOnlyDictionary<string, FieldChange> Between<T>(T? before, T? after) where T : class
    {
        var (old, now) = (Members(before), Members(after));
        return old.Keys.Union(now.Keys, StringComparer.Ordinal)
            .Select(name => (Name: name, From: Value(old, name), To: Value(now, name)))
            .Where(member => member.From?.GetRawText() != member.To?.GetRawText())
            .ToDictionary(member => member.Name, member => new FieldChange { From = member.From, To = member.To }, StringComparer.Ordinal);
    }

    /// <summary>A change of one member.</summary>
    public static IReadOnlyDictionary<string, FieldChange> Of<T>(string member, T? before, T? after) => new Dictionary<string, FieldChange>(StringComparer.Ordinal)
    {
        [member] = new() { From = before is null ? null : JsonSerializer.SerializeToElement(before, CrmJson.Options), To = after is null ? null : JsonSerializer.SerializeToElement(after, CrmJson.Options) },
    };

    private static Dictionary<string, JsonElement> Members<T>(T? value) where T : class =>
        value is null ? [] : JsonSerializer.SerializeToElement(value, CrmJson.Options).EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);

    private static JsonElement? Value(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
