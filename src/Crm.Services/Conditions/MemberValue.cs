using System.Text.Json;
using Crm.Contracts.Json;

namespace Crm.Services.Conditions;

/// <summary>What a member of a record holds.</summary>
public enum MemberKind { Text, Number, Flag, Instant, Date, Id, Texts }

/// <summary>Values as they stand in JSON, each as the .NET type of its kind, so that two are the same however they are written.</summary>
internal static class MemberValue
{
    /// <summary>
    /// A <see cref="string"/>, <see cref="decimal"/>, <see cref="bool"/>, <see cref="DateTimeOffset"/> to the microsecond, <see cref="DateOnly"/>,
    /// <see cref="Guid"/> or list of texts. Null for null, for a list of nothing, and for what is no value of the kind.
    /// </summary>
    public static object? Of(JsonElement json, MemberKind kind) => kind switch
    {
        MemberKind.Number => json.ValueKind == JsonValueKind.Number && DecimalConverter.TryParse(json.GetRawText(), out var number) ? number : null,
        MemberKind.Flag => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : null,
        MemberKind.Instant => TextOf(json) is { } text && InstantConverter.TryParse(text, out var instant) ? instant : null,
        MemberKind.Date => TextOf(json) is { } text && DateConverter.TryParse(text, out var date) ? date : null,
        MemberKind.Id => TextOf(json) is { } text && Guid.TryParseExact(text, "D", out var id) ? id : null,
        MemberKind.Texts => json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0 ? json.EnumerateArray().Select(TextOf).OfType<string>().ToList() : null,
        _ => TextOf(json),
    };

    /// <summary>Null for what is no text, or has half of a surrogate pair.</summary>
    public static string? TextOf(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
