using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Crm.Contracts.Json;

/// <summary>Instants as ISO 8601 with an offset; written in UTC with <c>Z</c>. Finer than a microsecond is cut off, as no database keeps it.</summary>
public sealed partial class InstantConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var instant)
            ? instant
            : throw new FaultException(Expected);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));

    public const string Expected = "must be an instant with an offset, such as 2026-01-31T09:30:00Z";

    public static string Format(DateTimeOffset value) =>
        value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        // Cut before it is parsed: the parser rounds what is finer than its ticks, which would carry the last instant of a day into the next.
        if (!Shape().IsMatch(text)
            || !DateTimeOffset.TryParse(Finer().Replace(text, "${kept}"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var parsed)
            || parsed.Year is < 1000 or > 9998)
        {
            return false;
        }

        instant = ToMicroseconds(parsed);
        return true;
    }

    public static DateTimeOffset ToMicroseconds(DateTimeOffset value) =>
        new(value.UtcTicks - (value.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.]\d{1,9})?)?(Z|[+-]\d{2}:\d{2})\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();

    [GeneratedRegex("(?<kept>[.][0-9]{6})[0-9]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Finer();
}
