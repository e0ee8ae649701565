using System.Text.Json;
using Crm.Contracts.Conditions;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;

namespace Crm.Services.Conditions;

/// <summary>Reads conditions as they are written in JSON, and says by its pointer what is wrong with one.</summary>
public sealed partial class ConditionReader
{
    private const int MostOfList = 100;

    private static readonly Dictionary<string, ConditionOperator> Operators = Enum.GetValues<ConditionOperator>().ToDictionary(one => JsonNamingPolicy.CamelCase.ConvertName($"{one}"), StringComparer.Ordinal);

    private readonly Dictionary<string, string[]> faults = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> nouns;
    private readonly bool isOfEvents;
    private readonly bool knowsRelated;
    private readonly string root;
    private int nodes;
    private int searched;

    private ConditionReader(IReadOnlyList<string> nouns, bool isOfEvents, string root, bool knowsRelated = false) => (this.nouns, this.isOfEvents, this.root, this.knowsRelated) = (nouns, isOfEvents, root, knowsRelated);

    private string Expected => isOfEvents ? ConditionAttribute.Expected : ConditionAttribute.ExpectedOfRecords;

    /// <summary>Reads a condition on events.</summary>
    /// <param name="json">What somebody wrote.</param>
    /// <param name="eventTypes">The types of the events that it is to be asked of; null for all.</param>
    /// <param name="place">Where it stands, as a JSON pointer.</param>
    /// <exception cref="CrmException">400 with the pointer of each fault.</exception>
    public static Condition Read(JsonElement json, IReadOnlyList<string>? eventTypes, string place) =>
        new ConditionReader(eventTypes is null ? RecordMembers.Nouns : [.. eventTypes.Select(type => type.Split('.')[0]).Distinct(StringComparer.Ordinal)], isOfEvents: true, place).Read(json);

    /// <summary>Reads a condition on the records of a list.</summary>
    /// <param name="text">What somebody wrote.</param>
    /// <param name="noun">What a record of the list is called in an event's type.</param>
    /// <param name="place">The parameter's name, with which the places of faults begin.</param>
    /// <exception cref="CrmException">400 with the place of each fault.</exception>
    public static Condition ReadOfList(string text, string noun, string place)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = RecordQuery.LongestCondition });
            return new ConditionReader([noun], isOfEvents: false, place).Read(document.RootElement);
        }
        catch (JsonException)
        {
            throw CrmException.Invalid(place, "must be JSON such as {\"field\":\"createdBy\",\"is\":\"ada\"}, percent-encoded in the address");
        }
    }

    /// <summary>Reads a condition on a record as it is.</summary>
    /// <param name="json">What somebody wrote.</param>
    /// <param name="noun">What the record is called in an event's type.</param>
    /// <param name="place">Where it stands, as a JSON pointer.</param>
    /// <exception cref="CrmException">400 with the pointer of each fault.</exception>
    public static Condition ReadOfRecord(JsonElement json, string noun, string place) => new ConditionReader([noun], isOfEvents: false, place).Read(json);

    /// <summary>Reads a condition of a workflow, which also knows what a record belongs to, by names such as <c>lead.source</c>.</summary>
    /// <param name="json">What somebody wrote.</param>
    /// <param name="noun">What the record is called in an event's type.</param>
    /// <param name="isOfEvents">Whether it is asked of an event, and not later on.</param>
    /// <param name="place">Where it stands, as a JSON pointer.</param>
    /// <exception cref="CrmException">400 with the pointer of each fault.</exception>
    public static Condition ReadOfWorkflow(JsonElement json, string noun, bool isOfEvents, string place) => new ConditionReader([noun], isOfEvents, place, knowsRelated: true).Read(json);

    private Condition Read(JsonElement json)
    {
        if (json.GetRawText().Length > ConditionAttribute.LongestJson) throw CrmException.Invalid(root, $"must have at most {ConditionAttribute.LongestJson} characters");
        var condition = Node(json, root, 1);
        return faults.Count == 0 ? condition! : throw CrmException.Invalid(faults);
    }

    private Condition? Node(JsonElement json, string place, int depth)
    {
        if (++nodes > ConditionAttribute.MostNodes) return Fault(root, $"must be made of at most {ConditionAttribute.MostNodes} conditions");
        if (depth > ConditionAttribute.MostDepth) return Fault(place, $"stands deeper than {ConditionAttribute.MostDepth} conditions within each other");
        if (json.ValueKind != JsonValueKind.Object || MembersOf(json) is not { } members) return Fault(place, Expected);
        if (members.ContainsKey("field")) return Test(members, place);
        if (members.Count != 1) return Fault(place, Expected);
        var (name, inner) = members.Single();
        return name switch
        {
            "all" => Parts(inner, $"{place}/all", depth) is { } parts ? new Condition.All(parts) : null,
            "any" => Parts(inner, $"{place}/any", depth) is { } parts ? new Condition.Any(parts) : null,
            "not" => Node(inner, $"{place}/not", depth + 1) is { } part ? new Condition.Not(part) : null,
            _ => Fault(place, Expected),
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

    private Condition? Test(Dictionary<string, JsonElement> members, string place)
    {
        var asked = members.Keys.Where(Operators.ContainsKey).ToList();
        if (asked.Count != 1 || members.Count != 2) return Fault(place, $"must have field and exactly one of {string.Join(", ", Operators.Where(one => isOfEvents || one.Value != ConditionOperator.Changed).Select(one => one.Key))}");
        if (MemberValue.TextOf(members["field"]) is not { } field || Named(field) is not { Count: > 0 } known) return Fault($"{place}/field", knowsRelated ? RelatedMembers : isOfEvents ? "must be a member of the records that these events tell of" : $"must be one of {string.Join(", ", RecordMembers.Of(nouns[0]).Keys.Order(StringComparer.Ordinal))}");
        if (asked[0] == "changed" && field.Contains('.', StringComparison.Ordinal)) return Fault($"{place}/changed", "can be asked of the record's own members only");
        if (asked[0] == "contains" && !isOfEvents && known[0].Kind == MemberKind.Text && ++searched > ConditionAttribute.MostContains) return Fault($"{place}/contains", $"is one too many: at most {ConditionAttribute.MostContains} tests may look for a text in texts");
        return Operands(Operators[asked[0]], members[asked[0]], known, $"{place}/{asked[0]}") is { } operands ? new Condition.Test(field, known[0].Kind, Operators[asked[0]], operands) : null;
    }

    private string RelatedMembers => $"must be a member of the {nouns[0]}{string.Concat(RecordMembers.ParentsOf(nouns[0]).Select(parent => $", or one of its {parent} such as {parent}.createdBy"))}";

    private IReadOnlyList<RecordMember> Named(string field) => !knowsRelated ? RecordMembers.Named(field, nouns) : RecordMembers.NamedOrRelated(field, nouns[0]) is { } member ? [member] : [];

    /// <summary>Null where a name is half of a surrogate pair, or is there twice.</summary>
    private static Dictionary<string, JsonElement>? MembersOf(JsonElement json)
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

    private Condition? Fault(string place, string says)
    {
        faults[place] = [says];
        return null;
    }
}
