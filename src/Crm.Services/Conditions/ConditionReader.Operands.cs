using System.Text.Json;

namespace Crm.Services.Conditions;

public sealed partial class ConditionReader
{
    private static readonly MemberKind[] Ordered = [MemberKind.Number, MemberKind.Instant, MemberKind.Date];

    /// <summary>What a member is compared with; null where it can't be, and why is told. A member of several kinds of records may be any of theirs.</summary>
    private List<object>? Operands(ConditionOperator asked, JsonElement operand, IReadOnlyList<RecordMember> known, string place) => asked switch
    {
        ConditionOperator.Changed when !isOfEvents => Refuse(place, "can be asked of events only: here records are asked as they are, and not what changed"),
        ConditionOperator.IsEmpty or ConditionOperator.Changed => MemberValue.Of(operand, MemberKind.Flag) is { } flag ? [flag] : Refuse(place, "must be true or false"),
        ConditionOperator.Contains => Operand(operand, [.. known.Where(member => member.Kind is MemberKind.Texts || member is { Kind: MemberKind.Text, Names: null })], "can be asked of texts and lists of texts only", place),
        ConditionOperator.GreaterThan or ConditionOperator.LessThan => Operand(operand, [.. known.Where(member => Ordered.Contains(member.Kind))], "can be asked of numbers, instants and dates only", place),
        ConditionOperator.In => Several(operand, known, place),
        _ => Same(operand, known, place),
    };

    private List<object>? Several(JsonElement operand, IReadOnlyList<RecordMember> known, string place)
    {
        if (operand.ValueKind != JsonValueKind.Array || operand.GetArrayLength() is 0 or > MostOfList) return Refuse(place, $"must be an array of 1 to {MostOfList} values");
        var values = operand.EnumerateArray().Select((json, i) => Same(json, known, $"{place}/{i}")).ToList();
        return values.Contains(null) ? null : [.. values.SelectMany(value => value!)];
    }

    private List<object>? Same(JsonElement operand, IReadOnlyList<RecordMember> known, string place) =>
        Operand(operand, [.. known.Where(member => member.Kind != MemberKind.Texts)], "can't be asked of a list; ask what it contains", place);

    private List<object>? Operand(JsonElement json, IReadOnlyList<RecordMember> candidates, string otherwise, string place)
    {
        if (candidates.Count == 0) return Refuse(place, otherwise);
        return candidates.Select(member => member.Operand(json)).FirstOrDefault(value => value is not null) is { } operand ? [operand] : Refuse(place, string.Join(", or ", candidates.Select(member => member.Expected).Distinct(StringComparer.Ordinal)));
    }

    private List<object>? Refuse(string place, string says)
    {
        faults[place] = [says];
        return null;
    }
}
