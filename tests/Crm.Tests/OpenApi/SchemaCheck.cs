using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crm.Tests.OpenApi;

/// <summary>Holds a value against a schema: the keywords that the document uses. One that isn't known here is a fault, so that nothing goes unchecked.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Annotations = ["description", "default"];

    /// <summary>A reader of views must be told of every member, while the schema allows more for the future.</summary>
    public static IEnumerable<string> Faults(JsonElement value, JsonElement schema, string place = "")
    {
        schema = OpenApiDocument.Resolve(schema);
        foreach (var keyword in schema.EnumerateObject())
        {
            var rule = keyword.Value;
            var faults = keyword.Name switch
            {
                "type" => If(!Types(rule).Any(type => IsOf(value, type)), place, $"is {value.ValueKind}, not {rule}"),
                "enum" => If(!rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)), place, $"{value} is none of {rule}"),
                "oneOf" => If(rule.EnumerateArray().Count(one => !Faults(value, one, place).Any()) != 1, place, "is not exactly one of"),
                "required" when value.ValueKind == JsonValueKind.Object => rule.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{place}/{name} is missing"),
                "properties" when value.ValueKind == JsonValueKind.Object => Members(value, schema, rule, place),
                "items" when value.ValueKind == JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Faults(item, rule, $"{place}/{i}")),
                "additionalProperties" when value.ValueKind == JsonValueKind.Object && rule.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("properties", out _) =>
                    value.EnumerateObject().SelectMany(member => Faults(member.Value, rule, $"{place}/{member.Name}")),
                "format" when value.ValueKind is JsonValueKind.String or JsonValueKind.Number => If(!Fits(value, rule.GetString()!), place, $"{value} is no {rule}"),
                "pattern" when value.ValueKind == JsonValueKind.String => If(!Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)), place, $"{value} doesn't match {rule}"),
                "minLength" when value.ValueKind == JsonValueKind.String => If(value.GetString()!.Length < rule.GetInt32(), place, "is too short"),
                "maxLength" when value.ValueKind == JsonValueKind.String => If(value.GetString()!.Length > rule.GetInt32(), place, "is too long"),
                "minItems" when value.ValueKind == JsonValueKind.Array => If(value.GetArrayLength() < rule.GetInt32(), place, "has too few items"),
                "maxItems" when value.ValueKind == JsonValueKind.Array => If(value.GetArrayLength() > rule.GetInt32(), place, "has too many items"),
                "minimum" when value.ValueKind == JsonValueKind.Number => If(value.GetDecimal() < rule.GetDecimal(), place, $"{value} is less than {rule}"),
                "maximum" when value.ValueKind == JsonValueKind.Number => If(value.GetDecimal() > rule.GetDecimal(), place, $"{value} is more than {rule}"),
                "required" or "properties" or "items" or "additionalProperties" or "format" or "pattern" or "minLength" or "maxLength" or "minItems" or "maxItems" or "minimum" or "maximum" => [],
                _ => If(!Annotations.Contains(keyword.Name, StringComparer.Ordinal), place, $"the schema's {keyword.Name} isn't checked yet"),
            };
            foreach (var fault in faults) yield return fault;
        }
    }

    private static IEnumerable<string> Members(JsonElement value, JsonElement schema, JsonElement properties, string place)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (properties.TryGetProperty(member.Name, out var property))
            {
                foreach (var fault in Faults(member.Value, property, $"{place}/{member.Name}")) yield return fault;
            }
            else if (!schema.TryGetProperty("additionalProperties", out var more) || more.ValueKind == JsonValueKind.False)
            {
                yield return $"{place}/{member.Name} isn't in the document";
            }
        }
    }

    private static IEnumerable<string> Types(JsonElement types) =>
        types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Select(type => type.GetString()!) : [types.GetString()!];

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };

    private static bool Fits(JsonElement value, string format) => format switch
    {
        "uuid" => Guid.TryParseExact(value.GetString(), "D", out _),
        "date" => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => value.GetString()!.EndsWith('Z') && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "int32" => value.TryGetInt32(out _),
        "int64" => value.TryGetInt64(out _),
        "double" => value.TryGetDouble(out _),
        "decimal" => value.TryGetDecimal(out _),
        _ => false,
    };

    private static IEnumerable<string> If(bool isFault, string place, string fault) => isFault ? [$"{place} {fault}"] : [];
}
