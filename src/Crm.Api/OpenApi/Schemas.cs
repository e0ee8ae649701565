using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Crm.Api.Http;
using Crm.Contracts.Json;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>
/// The schemas of our contracts. Made from the contracts themselves, as the generator knows neither how our converters write a value
/// nor which members a body may leave out.
/// </summary>
internal sealed class Schemas(OpenApiDocument document)
{
    private readonly NullabilityInfoContext nullability = new();

    /// <summary>A value as the service writes it; with a name of its own for a contract and for an enum.</summary>
    public IOpenApiSchema Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Values.SchemaOf(type) is { } value) return value;
        if (ItemOf(type) is { } item) return new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(item) };
        if (ValueOf(type) is { } entry) return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of(entry) };
        return Named(SchemaNames.Of(type), () => type.IsEnum ? EnumOf(type) : View(type));
    }

    /// <summary>A body as the service reads it.</summary>
    public IOpenApiSchema Of(BodyMetadata body) => Named(SchemaNames.Of(body), () => Fields(body));

    /// <summary>A query parameter as the service reads it.</summary>
    public IOpenApiSchema OfParameter(Member member, object defaults)
    {
        var schema = QueryValues.SchemaOf(member.Property.PropertyType) ?? Of(member.Property.PropertyType);
        Bound(member.Property, schema);
        return WithDefault(schema, QueryValues.TextOf(member.Property.GetValue(defaults)));
    }

    private OpenApiSchema View(Type type)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Description = Docstrings.Of(type), Properties = NewProperties(), Required = NewRequired() };
        foreach (var property in Properties.Of(type))
        {
            var ignored = property.GetCustomAttribute<JsonIgnoreAttribute>();
            if (ignored?.Condition == JsonIgnoreCondition.Always) continue;
            if (property.IsDefined(typeof(JsonExtensionDataAttribute)))
            {
                schema.AdditionalProperties = new OpenApiSchema { Description = Docstrings.Of(property) };
                continue;
            }

            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var value = Bound(property, Of(property.PropertyType));
            var isNullable = ignored is null && nullability.Create(property).ReadState == NullabilityState.Nullable;
            schema.Properties.Add(name, Describe(isNullable ? OrNull(value) : value, Docstrings.Of(property)));
            if (ignored is null) schema.Required.Add(name); // null is written, too
        }

        return schema;
    }

    private OpenApiSchema Fields(BodyMetadata body)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = Sentences(Docstrings.Of(body.Type), Explain(body.Mode)),
            Properties = NewProperties(),
            Required = NewRequired(),
            AdditionalPropertiesAllowed = false,
        };
        var defaults = Activator.CreateInstance(body.Type)!;
        foreach (var property in Properties.Of(body.Type))
        {
            var member = new Member(property);
            var value = Bound(property, Inside(member) ?? Of(property.PropertyType));
            if (member.TakesNull(body.Mode)) value = OrNull(value);
            if (body.Mode == BodyMode.Whole && !member.IsRequired) value = WithDefault(value, JsonSerializer.SerializeToNode(property.GetValue(defaults), CrmJson.Options));
            var stays = body.Mode == BodyMode.Replacement && member.IsKeptWhenAbsent;
            schema.Properties.Add(member.Name, Describe(value, Sentences(Docstrings.Of(property), Rules.InWords(property), stays ? "Left out, it stays as it is." : null)));
            if (member.IsRequired && !stays && body.Mode != BodyMode.MergePatch) schema.Required.Add(member.Name);
        }

        return schema;
    }

    /// <summary>The contract, or the list of contracts, within a body; null for a plain value.</summary>
    private IOpenApiSchema? Inside(Member member)
    {
        if (member.IsNested) return Of(new BodyMetadata(member.Property.PropertyType, BodyMode.Whole));
        return member.ItemContract is { } item ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(new BodyMetadata(item, BodyMode.Whole)) } : null;
    }

    private static OpenApiSchema EnumOf(Type type) => new()
    {
        Type = JsonSchemaType.String,
        Description = Docstrings.Of(type),
        Enum = [.. Values.NamesOf(type).Select(name => JsonValue.Create(name))],
    };

    private static IOpenApiSchema Bound(PropertyInfo property, IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema inline) Rules.Apply(property.GetCustomAttributes(), inline);
        return schema;
    }

    private static OpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference) return new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, schema] };
        var inline = (OpenApiSchema)schema;
        if (inline.Type is not null) inline.Type |= JsonSchemaType.Null; // without a type it takes null anyway
        return inline;
    }

    private static IOpenApiSchema WithDefault(IOpenApiSchema schema, JsonNode? byDefault)
    {
        if (schema is OpenApiSchemaReference reference) reference.Default = byDefault;
        else ((OpenApiSchema)schema).Default = byDefault;
        return schema;
    }

    private static IOpenApiSchema Describe(IOpenApiSchema schema, string? description)
    {
        if (schema is OpenApiSchemaReference reference) reference.Description = description;
        else ((OpenApiSchema)schema).Description = description;
        return schema;
    }

    private OpenApiSchemaReference Named(string name, Func<OpenApiSchema> make)
    {
        if (document.Components?.Schemas?.ContainsKey(name) is not true) document.AddComponent(name, make());
        return new OpenApiSchemaReference(name, document);
    }

    private static Type? ItemOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) && type.GenericTypeArguments is [var item] ? item : null;

    private static Type? ValueOf(Type type) =>
        type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) && type.GenericTypeArguments is [_, var value] ? value : null;

    private static string Explain(BodyMode mode) => mode switch
    {
        BodyMode.Replacement => "What is left out becomes null, unless it says that it stays.",
        BodyMode.MergePatch => "A merge patch (RFC 7396): what is left out stays as it is, null removes.",
        _ => "What is left out has its default.",
    };

    private static string? Sentences(params string?[] sentences)
    {
        var given = sentences.OfType<string>().ToList();
        return given.Count == 0 ? null : string.Join(' ', given);
    }

    private static Dictionary<string, IOpenApiSchema> NewProperties() => new(StringComparer.Ordinal);

    private static HashSet<string> NewRequired() => new(StringComparer.Ordinal);
}
