using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Crm.Contracts.Json;

/// <summary>
/// Numbers exactly as given, also when written as text. One with more digits than can be kept is refused, where the framework's
/// converter rounds it. Without the zeros at the end, so that an amount reads the same however it was written.
/// </summary>
public sealed partial class DecimalConverter : JsonConverter<decimal>
{
    public const string Expected = "must be a number of at most 28 digits";

    private const int MaxDigits = 28;
    private const decimal One = 1.0000000000000000000000000000m;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) throw new FaultException(Expected);
        using var value = JsonDocument.ParseValue(ref reader);
        return TryParse(TextOf(value.RootElement), out var number) ? number : throw new FaultException(Expected);
    }

    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return ""; // half of a surrogate pair: no number
        }
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(Normalise(value));

    public static bool TryParse(string text, out decimal number)
    {
        number = 0;
        if (Shape().Match(text) is not { Success: true } match) return false;
        var (whole, fraction) = (match.Groups["whole"].Value, match.Groups["fraction"].Value.TrimEnd('0'));
        var digits = (whole + fraction).Trim('0');
        if (digits.Length == 0) return true;
        if (!int.TryParse(match.Groups["exponent"].Value is { Length: > 0 } written ? written : "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)) return false;
        if (digits.Length > MaxDigits || fraction.Length - (long)exponent > MaxDigits) return false;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)) return false;
        number = Normalise(parsed);
        return true;
    }

    private static decimal Normalise(decimal value) => value / One;

    [GeneratedRegex(@"^[+-]?(?<whole>[0-9]+)([.](?<fraction>[0-9]+))?([eE](?<exponent>[+-]?[0-9]+))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
