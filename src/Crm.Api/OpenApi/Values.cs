using System.Text.Json;
using Crm.Contracts.Json;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Single values as our converters write and read them.</summary>
internal static class Values
{
    /// <summary>Null for what is no single value.</summary>
    public static OpenApiSchema? SchemaOf(Type type)
    {
        if (type == typeof(string)) return new() { Type = JsonSchemaType.String };
        if (type == typeof(bool)) return new() { Type = JsonSchemaType.Boolean };
        if (type == typeof(int)) return new() { Type = JsonSchemaType.Integer, Format = "int32" };
        if (type == typeof(long)) return new() { Type = JsonSchemaType.Integer, Format = "int64" };
        if (type == typeof(double)) return new() { Type = JsonSchemaType.Number, Format = "double" };
        if (type == typeof(decimal)) return new() { Type = JsonSchemaType.Number, Format = "decimal" };
        if (type == typeof(Guid)) return new() { Type = JsonSchemaType.String, Format = "uuid" };
        if (type == typeof(DateTimeOffset)) return new() { Type = JsonSchemaType.String, Format = "date-time" };
        if (type == typeof(DateOnly)) return new() { Type = JsonSchemaType.String, Format = "date" };
        return type == typeof(JsonElement) ? new() : null;
    }

    /// <summary>The names of an enum on the wire.</summary>
    public static IReadOnlyList<string> NamesOf(Type type) =>
        (IReadOnlyList<string>)typeof(EnumNames<>).MakeGenericType(type).GetProperty(nameof(EnumNames<>.All))!.GetValue(null)!;
}
