using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Contracts.Json;

/// <summary>Decimal numbers, also written as texts; without the zeros at the end, so that an amount reads the same however it was written.</summary>
public sealed class DecimalConverter : JsonConverter<decimal>
{
    private const decimal One = 1.0000000000000000000000000000m;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number)) return Normalise(number);
        return reader.TokenType == JsonTokenType.String && decimal.TryParse(reader.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
            ? Normalise(number)
            : throw new FaultException("must be a number");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(Normalise(value));

    private static decimal Normalise(decimal value) => value / One;
}
