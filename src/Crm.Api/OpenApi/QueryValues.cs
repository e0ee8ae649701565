using System.Text.Json.Nodes;
using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Where a value in a query differs from one in a body.</summary>
internal static class QueryValues
{
    private static readonly Dictionary<TotalMode, string> Totals = Enum.GetValues<TotalMode>().ToDictionary(mode => mode, mode => mode.ToString().ToLowerInvariant());

    private static readonly Dictionary<ListFormat, string> Formats = Enum.GetValues<ListFormat>().ToDictionary(format => format, format => format.ToString().ToLowerInvariant());

    /// <summary>Null for what is written as in a body.</summary>
    public static OpenApiSchema? SchemaOf(Type type)
    {
        if (type == typeof(TotalMode)) return new() { Type = JsonSchemaType.String, Enum = [.. Totals.Values.Select(name => JsonValue.Create(name))] };
        if (type == typeof(ListFormat)) return new() { Type = JsonSchemaType.String, Enum = [.. Formats.Values.Select(name => JsonValue.Create(name))] };
        if (type == typeof(IReadOnlyList<string>)) return new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 } };
        return null;
    }

    public static JsonNode? TextOf(object? value) => value switch
    {
        TotalMode mode => Totals[mode],
        ListFormat format => Formats[format],
        int number => number,
        string text => text,
        DealFigure figure => EnumNames<DealFigure>.Of(figure),
        LeadFigure figure => EnumNames<LeadFigure>.Of(figure),
        TaskFigure figure => EnumNames<TaskFigure>.Of(figure),
        null => null,
        _ => throw new NotSupportedException($"A query's default of {value.GetType()} has no schema yet."),
    };
}
