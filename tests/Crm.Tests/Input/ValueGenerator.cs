using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Crm.Tests.OpenApi;

namespace Crm.Tests.Input;

/// <summary>Values that a schema of the document allows, and others.</summary>
internal sealed partial class ValueGenerator(Random random, Pool pool)
{
    /// <summary>Stands in a body for half of a surrogate pair, which no JSON writer writes.</summary>
    public const string LoneSurrogate = "<half of a surrogate pair>";

    private static readonly string[] Junk =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "1e400", "-1e-400", "2147483648", "9223372036854775808", "1000000000000", "999999999999.9999", "0.00001", "\"\"", "\" \"", "\"x\"", "\"null\"", "\"0\"", "\"1.5\"", "\"true\"",
        "[]", "[null]", "[[]]", "[1]", "{}", "{\"a\":1}", "\"2026-02-30\"", "\"2026-01-01\"", "\"2026-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "\"00000000-0000-0000-0000-000000000000\"", "\"NEW\"", "\"new\"", "\"NEW,CONTACTED\"", "\"me\"", "\"none\"",
    ];

    private static readonly string[] Names = ["id", "version", "createdAt", "score", "nothing", "", "LastName", "__proto__", "a/b~c"];

    private static readonly Dictionary<string, string[]> ByName = new(StringComparer.Ordinal)
    {
        ["email"] = ["ada@example.com", "a.b+c@sub.example.org"],
        ["phone"] = ["+44 20 7946 0000", "(0)30/123456", "112"],
        ["companyWebsite"] = ["example.com", "https://example.com/a?b#c"],
        ["url"] = ["https://hooks.crm.example/in", "https://127.0.0.1/"],
        ["currency"] = ["EUR", "USD", "JPY"],
        ["stage"] = ["LEAD", "QUALIFIED", "PROPOSAL", "NEGOTIATION", "CLOSED_WON", "CLOSED_LOST", "NOWHERE"],
        ["timeZone"] = ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu"],
        ["time"] = ["07:00", "23:59", "24:00"],
        ["period"] = ["2026-10", "2026-11", "2026-Q4"],
        ["tag"] = ["vip", "One", "ÅNGSTRÖM"],
        ["tags"] = ["vip", "One", "one", "ångström"],
        ["condition"] = ["""{"field":"createdBy","is":"ada"}""", """{"not":{"any":[{"field":"version","greaterThan":1},{"field":"updatedAt","lessThan":"2026-11-20T10:30:00Z"}]}}""", """{"field":"id","isEmpty":true}"""],
        ["search"] = ["lovelace", "ada l", "+44 20 7946", "ada@example", "%", "'", "ﷺ"],
    };

    public JsonNode? Of(JsonElement schema, string name)
    {
        schema = OpenApiDocument.Resolve(schema);
        if (schema.TryGetProperty("enum", out var choices)) return JsonNode.Parse(random.Pick([.. choices.EnumerateArray()]).GetRawText());
        if (schema.TryGetProperty("oneOf", out var either)) return Of(random.Chance(15) ? either[0] : either[1], name);
        if (schema.TryGetProperty("type", out var only) && only.ValueKind == JsonValueKind.String && only.ValueEquals("null")) return null;
        var types = !schema.TryGetProperty("type", out var type) ? ["string"] : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!).ToArray() : [type.GetString()!];
        if (types.Contains("null") && random.Chance(15)) return null;
        return types.First(one => one != "null") switch
        {
            "integer" => JsonValue.Create(random.NextInt64(Bound(schema, "minimum", -5), Bound(schema, "maximum", 1_000) + 1)),
            "number" => Amount(),
            "boolean" => random.Chance(50),
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Of(schema.GetProperty("items"), name))]),
            "object" => Object(schema),
            _ => Text(schema, name),
        };
    }

    /// <summary>Anything, as JSON.</summary>
    public string AnyJson() => random.Next(6) switch
    {
        0 => JsonSerializer.Serialize(Unicode(random.Next(300))),
        1 => $"\"{LoneSurrogate}\"",
        2 => "\"\\u0000\"",
        3 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
        _ => random.Pick(Junk),
    };

    /// <summary>A parameter's value that is likely to be none.</summary>
    public string AnyText() => random.Next(4) switch
    {
        0 => Unicode(random.Next(40)),
        1 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
        _ => random.Pick(Junk).Trim('"'),
    };

    public string AnyName() => random.Pick(Names);

    public string Id(string collection) => random.Next(20) switch
    {
        0 => Guid.CreateVersion7().ToString(),
        1 => random.Pick([.. pool.Ids.Values.SelectMany(ids => ids)]).ToString(),
        _ => random.Pick(pool.Ids.GetValueOrDefault(collection) ?? pool.Ids["leads"]).ToString(),
    };

    public string User() => random.Chance(95) ? random.Pick(pool.Users) : random.Pick(["nobody", "me", "none", "ada ", "%", "a/b"]);

    private JsonObject Object(JsonElement schema)
    {
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(one => one.GetString()!).ToHashSet(StringComparer.Ordinal) : [];
        var value = new JsonObject();
        if (!schema.TryGetProperty("properties", out var properties)) return value;
        var generosity = random.Pick([20, 60, 100]);
        foreach (var property in properties.EnumerateObject())
        {
            if (required.Contains(property.Name) || random.Chance(generosity)) value[property.Name] = Of(property.Value, property.Name);
        }

        return value;
    }

    private JsonValue Amount() => random.Next(5) switch
    {
        0 => JsonValue.Create(0m),
        1 => JsonValue.Create(999_999_999_999.9999m),
        2 => JsonValue.Create(random.NextInt64(10_000_000_000_000_000) / 10_000m),
        _ => JsonValue.Create(random.Next(1_000_000) / 100m),
    };

    private JsonValue Text(JsonElement schema, string name) => JsonValue.Create(schema.TryGetProperty("format", out var format) ? format.GetString() : null) is { } known
        ? JsonValue.Create(Formatted(known.GetValue<string>(), name))
        : JsonValue.Create(Plain(schema, name));

    private string Formatted(string format, string name) => format switch
    {
        "uuid" => Id(name.Replace("Id", "s", StringComparison.Ordinal)),
        "date" => new DateOnly(2026, 1, 1).AddDays(random.Next(-4000, 4000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "date-time" => Instant(),
        _ => Unicode(random.Next(1, 20)),
    };

    private string Plain(JsonElement schema, string name)
    {
        if (name is "ownerId" or "assigneeId" or "userId") return User();
        if (name == "cursor") return Cursor();
        if (name == "sort") return Sort(schema.GetProperty("pattern").GetString()!);
        if (name is not "tags" && schema.TryGetProperty("pattern", out _) && ByName.TryGetValue(name, out var fitting)) return random.Pick(fitting);
        if (ByName.TryGetValue(name, out var usual) && random.Chance(70)) return random.Pick(usual);
        var (least, most) = ((int)Bound(schema, "minLength", 0), (int)Math.Min(Bound(schema, "maxLength", 100), 12_000));
        return Unicode(random.Next(200) switch { 0 => most + 1, < 10 => most, < 20 => least, _ => random.Next(least, Math.Min(most, 30) + 1) });
    }

    private string Sort(string pattern)
    {
        var keys = Keys().Match(pattern).Groups["keys"].Value.Split('|');
        return string.Join(',', random.GetItems(keys, random.Next(1, 4)).Distinct(StringComparer.Ordinal).Select(key => (random.Chance(50) ? "-" : "") + key));
    }

    private string Cursor()
    {
        var values = new[] { $"\"{Instant()}\"", "\"9999-12-31T00:00:00Z\"", "\"ada\"", "\"\"", "1", "-1", "12.5", "\"\\u0000\"", "1e300", "null", $"\"{Guid.CreateVersion7()}\"" };
        var json = $"[\"{random.Pick(["-createdAt", "createdAt", "dueAt", "lastName", "value", "name", "occurredAt", "timeline"])}\",{string.Join(',', random.GetItems(values, random.Next(3)))},\"{Guid.CreateVersion7()}\"]";
        return random.Chance(80) ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)) : "AAAA";
    }

    private string Instant() =>
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(-40_000_000, 30_000_000)).ToString(random.Chance(50) ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>Text of any characters that there are, and of some that aren't any.</summary>
    private string Unicode(int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            var rune = random.Next(12) switch
            {
                0 => random.Next(0x80, 0x800),
                1 => random.Next(0x800, 0xD800),
                2 => random.Next(0x10000, 0x110000),
                3 => random.Next(0xE000, 0x10000),
                4 => random.Pick([0x300, 0x200D, 0x202E, 0xFFFE, 0xFFFF, 0xFEFF, 0x130, 0x131, 0xDF, 0xFDFA, 0x1F468, 0xAD]),
                5 => random.Next(1, 0x20),
                _ => random.Next(0x20, 0x7F),
            };
            text.Append(new Rune(rune));
        }

        return text.ToString();
    }

    private static long Bound(JsonElement schema, string name, long otherwise) => schema.TryGetProperty(name, out var bound) ? (long)bound.GetDecimal() : otherwise;

    [GeneratedRegex(@"[(](?<keys>[A-Za-z|]+)[)]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Keys();
}
