using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Contracts.Json;

/// <summary>Enums by exactly their name: not by number, not comma-joined, both of which the framework's converter lets through.</summary>
public sealed class EnumConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(EnumConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class EnumConverter<T> : JsonConverter<T> where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && EnumNames<T>.TryParse(reader.GetString()!, out var value)
                ? value
                : throw new FaultException($"must be one of {string.Join(", ", EnumNames<T>.All)}");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(EnumNames<T>.Of(value));
    }
}
