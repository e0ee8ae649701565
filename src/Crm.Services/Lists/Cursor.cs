using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;

namespace Crm.Services.Lists;

/// <summary>Where a page ended: the order, and the last row's keys in it. Opaque to clients.</summary>
internal static class Cursor
{
    public static string Write(string sort, IReadOnlyList<object> keys)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes<object[]>([sort, .. keys], CrmJson.Options);
        return Base64Url.EncodeToString(json);
    }

    public static (string Sort, JsonElement[] Keys) Read(string cursor)
    {
        try
        {
            var values = JsonSerializer.Deserialize<JsonElement[]>(Base64Url.DecodeFromChars(cursor), CrmJson.Options);
            if (values is [{ ValueKind: JsonValueKind.String } sort, .. { Length: > 0 } keys]) return (sort.GetString()!, keys);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            // Told below: whatever is wrong with it, it is no cursor of ours.
        }

        throw Malformed();
    }

    public static object Value(JsonElement key, Type type)
    {
        try
        {
            // As it stands: the reader of bodies would trim a text, take an empty one for none, and refuse what stands for a missing date.
            if (type == typeof(string)) return key.GetString() ?? throw Malformed();
            if (type == typeof(DateTimeOffset)) return InstantConverter.ToMicroseconds(key.GetDateTimeOffset());
            if (type == typeof(DateOnly)) return DateOnly.ParseExact(key.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            return key.Deserialize(type, CrmJson.Options) ?? throw Malformed();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            throw Malformed();
        }
    }

    public static CrmException Malformed() => CrmException.Invalid("cursor", "is not one that this list gave; begin again without it");
}
