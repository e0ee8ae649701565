using System.Text.RegularExpressions;
using Crm.Services.Conditions;

namespace Crm.Services.Workflows;

/// <summary>Texts in which <c>{member}</c> stands for what a record has there.</summary>
internal static partial class WorkflowText
{
    private const int Longest = 200;

    /// <summary>The members that stand in a text.</summary>
    public static IEnumerable<string> MembersOf(string? text) => text is null ? [] : Placeholder().Matches(text).Select(match => match.Groups["member"].Value);

    /// <summary>Null for a text without faults.</summary>
    public static string? FaultOf(string text, string noun)
    {
        if (string.IsNullOrWhiteSpace(text)) return "must not be empty";
        var unknown = MembersOf(text).FirstOrDefault(name => RecordMembers.NamedOrRelated(name, noun) is null);
        return unknown is null ? null : $"holds {{{unknown}}}, which is no member of the {noun}{string.Concat(RecordMembers.ParentsOf(noun).Select(parent => $", nor of its {parent}"))}";
    }

    /// <summary>The text for a record; what the record hasn't got is left out.</summary>
    public static string Of(string text, WorkflowRecord record)
    {
        var filled = Spaces().Replace(Placeholder().Replace(text, match => record.TextOf(match.Groups["member"].Value) ?? ""), " ").Trim();
        if (filled.Length == 0) return "…";
        if (filled.Length <= Longest) return filled;
        var length = Longest - 1;
        return filled[..(char.IsHighSurrogate(filled[length - 1]) ? length - 1 : length)] + "…";
    }

    [GeneratedRegex("""\{(?<member>[A-Za-z.]{1,60})\}""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
