using System.Text.Json;
using Crm.Contracts.Conditions;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;

namespace Crm.Services.Conditions;

/// <summary>Reads conditions as they are written in JSON, and says by its pointer what is wrong with one.</summary>
public sealed partial class ConditionReader
{
    private const int MostOfList = 100;

    private static readonly Dictionary<string, ConditionOperator> Operators = Enum.GetValues<ConditionOperator>().ToDictionary(one => JsonNamingPolicy.CamelCase.ConvertName($"{one}"), StringComparer.Ordinal);

    private readonly Dictionary<string, string[]> faults = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string>? eventTypes;
    private readonly string root;
    private int nodes;

    private ConditionReader(IReadOnlyList<string>? eventTypes, string root) => (this.eventTypes, this.root) = (eventTypes, root);

    /// <param name="json">What somebody wrote.</param>
    /// <param name="eventTypes">The types of the events that it is to be asked of; null for all.</param>
    /// <param name="place">Where it stands, as a JSON pointer.</param>
    /// <exception cref="CrmException">400 with the pointer of each fault.</exception>
    public static Condition Read(JsonElement json, IReadOnlyList<string>? eventTypes, string place)
    {
        var reader = new ConditionReader(eventTypes, place);
        var condition = reader.Node(json, place, 1);
        return reader.faults.Count == 0 ? condition! : throw CrmException.Invalid(reader.faults);
    }

    private Condition? Node(JsonElement json, string place, int depth)
    {
        if (++nodes > ConditionAttribute.MostNodes) return Fault(root, $"must be made of at most {ConditionAttribute.MostNodes} conditions");
        if (depth > ConditionAttribute.MostDepth) return Fault(place, $"stands deeper than {ConditionAttribute.MostDepth} conditions within each other");
        if (json.ValueKind != JsonValueKind.Object || MembersOf(json, place) is not { } members) return Fault(place, ConditionAttribute.Expected);
        if (members.ContainsKey("field")) return Test(members, place);
        if (members.Count != 1) return Fault(place, ConditionAttribute.Expected);
        var (name, inner) = members.Single();
        return name switch
        {
            "all" => Parts(inner, $"{place}/all", depth) is { } parts ? new Condition.All(parts) : null,
            "any" => Parts(inner, $"{place}/any", depth) is { } parts ? new Condition.Any(parts) : null,
            "not" => Node(inner, $"{place}/not", depth + 1) is { } part ? new Condition.Not(part) : null,
            _ => Fault(place, ConditionAttribute.Expected),
        };
    }

    private List<Condition>? Parts(JsonElement json, string place, int depth)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
        {
            Fault(place, "must be an array that holds at least 1 condition");
            return null;
        }

        var parts = json.EnumerateArray().Take(ConditionAttribute.MostNodes + 1).Select((part, i) => Node(part, $"{place}/{i}", depth + 1)).ToList();
        return parts.Contains(null) ? null : parts.ConvertAll(part => part!);
    }

    private Condition.Test? Test(Dictionary<string, JsonElement> members, string place)
    {
        var asked = members.Keys.Where(Operators.ContainsKey).ToList();
        if (asked.Count != 1 || members.Count != 2) return Fault<Condition.Test>(place, $"must have field and exactly one of {string.Join(", ", Operators.Keys)}");
        if (TextOf(members["field"]) is not { } field || RecordMembers.Named(field, eventTypes) is not { Count: > 0 } known) return Fault<Condition.Test>($"{place}/field", "must be a member of the records that these events tell of");
        var (name, operand) = (asked[0], members[asked[0]]);
        return OperandFault(Operators[name], operand, known) is { } fault ? Fault<Condition.Test>($"{place}/{name}{fault.Place}", fault.Says) : new Condition.Test(field, Operators[name], operand);
    }

    /// <summary>Null where a name is half of a surrogate pair, or is there twice.</summary>
    private static Dictionary<string, JsonElement>? MembersOf(JsonElement json, string place)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        try
        {
            return json.EnumerateObject().All(member => members.TryAdd(member.Name, member.Value)) ? members : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null for what is no text, or none that can be kept.</summary>
    private static string? TextOf(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String && json.GetString() is { Length: <= ConditionAttribute.LongestText } text && TextConverter.Fault(text) is null ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    private Condition? Fault(string place, string says) => Fault<Condition>(place, says);

    private T? Fault<T>(string place, string says) where T : Condition
    {
        faults[place] = [says];
        return null;
    }
}
