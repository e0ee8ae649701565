using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Crm.Contracts.Conditions;

/// <summary>
/// A condition on an event of a record: <c>{ "all": […] }</c>, <c>{ "any": […] }</c>, <c>{ "not": … }</c>, or a test of one member such as
/// <c>{ "field": "stage", "is": "PROPOSAL" }</c>. What is inside is held against the members of records where it is used.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConditionAttribute : ValidationAttribute
{
    /// <summary>How many conditions one may be made of, itself counted.</summary>
    public const int MostNodes = 50;

    /// <summary>How deep they may stand within each other.</summary>
    public const int MostDepth = 5;

    /// <summary>How many tests of a list may look for a text in texts: of more, databases would forget what they have worked out of the first before they come to the next row.</summary>
    public const int MostContains = 12;

    /// <summary>How many characters of JSON one may have.</summary>
    public const int LongestJson = 16_000;

    /// <summary>How long a text may be that is compared with.</summary>
    public const int LongestText = 1000;

    /// <summary>What is expected where records are asked.</summary>
    public const string ExpectedOfRecords = "must be a condition: an object with all, any, not, or field and one of is, isNot, in, greaterThan, lessThan, contains, isEmpty";

    /// <summary>What is expected where events are asked, which also know what changed.</summary>
    public const string Expected = ExpectedOfRecords + ", changed";

    private static readonly string[] Kinds = ["all", "any", "not", "field"];

    public override bool IsValid(object? value)
    {
        try
        {
            return value is null || (value is JsonElement { ValueKind: JsonValueKind.Object } json && Kinds.Any(kind => json.TryGetProperty(kind, out _)));
        }
        catch (InvalidOperationException)
        {
            return false; // a name that is half of a surrogate pair
        }
    }

    public override string FormatErrorMessage(string name) => Expected;
}
