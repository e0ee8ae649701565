using System.Text.Json;
using Crm.Contracts.Conditions;
using Crm.Contracts.Json;

namespace Crm.Services.Conditions;

public sealed partial class ConditionReader
{
    private static readonly MemberKind[] Ordered = [MemberKind.Number, MemberKind.Instant, MemberKind.Date];

    /// <summary>What is wrong with what a member is compared with, and where in it; null for nothing. A member of several kinds of records may be any of theirs.</summary>
    private static (string Place, string Says)? OperandFault(ConditionOperator asked, JsonElement operand, IReadOnlyList<RecordMember> known) => asked switch
    {
        ConditionOperator.IsEmpty or ConditionOperator.Changed => operand.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : ("", "must be true or false"),
        ConditionOperator.Contains => FaultOf(operand, [.. known.Where(member => member.Kind is MemberKind.Texts || member is { Kind: MemberKind.Text, Names: null })], "can be asked of texts and lists of texts only"),
        ConditionOperator.GreaterThan or ConditionOperator.LessThan => FaultOf(operand, [.. known.Where(member => Ordered.Contains(member.Kind))], "can be asked of numbers, instants and dates only"),
        ConditionOperator.In => FaultOfList(operand, known),
        _ => FaultOf(operand, [.. known.Where(member => member.Kind != MemberKind.Texts)], "can't be asked of a list; ask what it contains"),
    };

    private static (string Place, string Says)? FaultOfList(JsonElement operand, IReadOnlyList<RecordMember> known)
    {
        if (operand.ValueKind != JsonValueKind.Array || operand.GetArrayLength() is 0 or > MostOfList) return ("", $"must be an array of 1 to {MostOfList} values");
        var at = 0;
        foreach (var value in operand.EnumerateArray())
        {
            if (OperandFault(ConditionOperator.Is, value, known) is { } fault) return ($"/{at}", fault.Says);
            at++;
        }

        return null;
    }

    private static (string Place, string Says)? FaultOf(JsonElement operand, IReadOnlyList<RecordMember> candidates, string otherwise)
    {
        if (candidates.Count == 0) return ("", otherwise);
        return candidates.Any(member => Fits(operand, member)) ? null : ("", string.Join(", or ", candidates.Select(Expected).Distinct(StringComparer.Ordinal)));
    }

    private static bool Fits(JsonElement operand, RecordMember member) => member.Kind switch
    {
        MemberKind.Number => operand.ValueKind == JsonValueKind.Number && operand.TryGetDecimal(out _),
        MemberKind.Flag => operand.ValueKind is JsonValueKind.True or JsonValueKind.False,
        MemberKind.Instant => TextOf(operand) is { } text && InstantConverter.TryParse(text, out _),
        MemberKind.Date => TextOf(operand) is { } text && DateConverter.TryParse(text, out _),
        MemberKind.Id => TextOf(operand) is { } text && Guid.TryParseExact(text, "D", out _),
        _ => TextOf(operand) is { Length: > 0 } text && (member.Names is null || member.Names.Contains(text, StringComparer.Ordinal)),
    };

    private static string Expected(RecordMember member) => member.Kind switch
    {
        MemberKind.Number => DecimalConverter.Expected,
        MemberKind.Flag => "must be true or false",
        MemberKind.Instant => InstantConverter.Expected,
        MemberKind.Date => DateConverter.Expected,
        MemberKind.Id => "must be a UUID such as 019aa000-0000-7000-8000-000000000000",
        _ => member.Names is { } names ? $"must be one of {string.Join(", ", names)}" : $"must be text of 1 to {ConditionAttribute.LongestText} characters",
    };
}
