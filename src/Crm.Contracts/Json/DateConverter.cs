using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Contracts.Json;

/// <summary>Dates as <c>YYYY-MM-DD</c>.</summary>
public sealed class DateConverter : JsonConverter<DateOnly>
{
    public const string Expected = "must be a date such as 2026-01-31";

    public override DateOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var date) ? date : throw new FaultException(Expected);

    public override void Write(Utf8JsonWriter writer, DateOnly value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public static bool TryParse(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && date.Year is >= 1000 and <= 9998;
}
