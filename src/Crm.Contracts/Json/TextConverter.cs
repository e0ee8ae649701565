using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Contracts.Json;

/// <summary>Text as people type it: trimmed, empty is null. NUL and lone surrogates, which no database keeps, are refused.</summary>
public sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new FaultException("must be text");
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FaultException(Unreadable, e);
        }

        return Fault(text) is { } fault ? throw new FaultException(fault) : Normalise(text);
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public static string? Normalise(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>What is wrong with the characters of a text, or null.</summary>
    public static string? Fault(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return "must not contain a NUL character";
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return Unreadable;
            i++;
        }

        return null;
    }

    private const string Unreadable = "must be valid Unicode: it contains half of a surrogate pair, or bytes that are no UTF-8";
}
