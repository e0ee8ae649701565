using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Validation;
using Crm.Database.Records;

namespace Crm.Services.Lists;

/// <summary>Where a page ended: which list it was, its order, and the last row's keys in it. Opaque to clients.</summary>
internal static class Cursor
{
    public static string Write(string list, string sort, IReadOnlyList<object> keys)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes<object[]>([list, sort, .. keys], CrmJson.Options);
        return Base64Url.EncodeToString(json);
    }

    /// <exception cref="CrmException">400 for what is no cursor, or another list's.</exception>
    public static (string Sort, JsonElement[] Keys) Read(string list, string cursor)
    {
        try
        {
            var values = JsonSerializer.Deserialize<JsonElement[]>(Base64Url.DecodeFromChars(cursor), CrmJson.Options);
            if (values is [{ ValueKind: JsonValueKind.String } name, { ValueKind: JsonValueKind.String } sort, .. { Length: > 0 } keys] && name.ValueEquals(list)) return (sort.GetString()!, keys);
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
            // As it stands: the reader of bodies would trim a text, take an empty one for none, and refuse the year of what is missing.
            if (type == typeof(string) && key.GetString() is { } text && TextConverter.Fault(text) is null) return text;
            if (type == typeof(DateTimeOffset)) return InstantConverter.ToMicroseconds(key.GetDateTimeOffset());
            if (type == typeof(DateOnly)) return DateOnly.ParseExact(key.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (type == typeof(decimal) && key.GetDecimal() is >= Missing.Amount and <= MoneyAttribute.Max and var amount) return amount;
            if (type == typeof(int)) return key.GetInt32();
            if (type == typeof(Guid)) return key.GetGuid();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException)
        {
            // Told below: no value of such a key.
        }

        throw Malformed();
    }

    public static CrmException Malformed() => CrmException.Invalid("cursor", "is not one that this list gave; begin again without it");
}
