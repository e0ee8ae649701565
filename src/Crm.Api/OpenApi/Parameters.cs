using System.Reflection;
using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Lists;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The parameters of an operation: of its path, its query and its headers.</summary>
internal sealed class Parameters(OpenApiDocument document, Schemas schemas)
{
    public static OpenApiParameter OfPath(RoutePatternParameterPart part) => new()
    {
        Name = part.Name,
        In = ParameterLocation.Path,
        Required = true,
        Schema = part.ParameterPolicies.Any(policy => policy.Content == "guid")
            ? Values.SchemaOf(typeof(Guid))
            : new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
        Description = part.Name == "id" ? "The record's id." : "The user's id: the `sub` of the user's tokens.",
    };

    public IEnumerable<IOpenApiParameter> OfQuery(Type contract)
    {
        var defaults = Activator.CreateInstance(contract)!;
        foreach (var property in Properties.Of(contract).Where(property => property.CanWrite)) yield return OfQuery(contract, new Member(property), defaults);
    }

    public IOpenApiParameter Tenant() => Components.Parameter(document, "TenantId", () => new()
    {
        Name = Tenants.Header,
        In = ParameterLocation.Header,
        Required = true,
        Description = "The tenant that the request is for: one of those that the token may act for.",
        Schema = Values.SchemaOf(typeof(Guid)),
    });

    public IOpenApiParameter IfMatch() => Components.Parameter(document, "IfMatch", () => new()
    {
        Name = "If-Match",
        In = ParameterLocation.Header,
        Description = "The record's ETag as it was read: the change is made only if nobody else changed the record since, else 412. `*` or no header changes whatever is there.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = """^(\*|(W/)?"[!#-~]*")$""" },
        Example = "\"3\"",
    });

    public IOpenApiParameter IfNoneMatch() => Components.Parameter(document, "IfNoneMatch", () => new()
    {
        Name = "If-None-Match",
        In = ParameterLocation.Header,
        Description = "ETags that the client has already: 304 without a body where it still is one of them.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "\"3\"",
    });

    public IOpenApiParameter LastEventId() => Components.Parameter(document, "LastEventId", () => new()
    {
        Name = Events.LastEventId.Header,
        In = ParameterLocation.Header,
        Description = "The `id` of the last event that the client got: the stream goes on behind it.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "4711",
    });

    public IOpenApiParameter IdempotencyKey() => Components.Parameter(document, "IdempotencyKey", () => new()
    {
        Name = "Idempotency-Key",
        In = ParameterLocation.Header,
        Description = "Makes it safe to send the request again: the same key with the same body gets the first answer, byte for byte, for 24 hours. Another body is refused with 422, and a request that is still running with 409.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255, Pattern = "^[!-~]([ -~]*[!-~])?$" },
        Example = "7f9c2b1e-offer-42",
    });

    private OpenApiParameter OfQuery(Type contract, Member member, object defaults)
    {
        var schema = schemas.OfParameter(member, defaults);
        var sorts = member.Name == "sort" ? contract.GetCustomAttribute<SortableAttribute>() : null;
        if (schema is OpenApiSchema { Type: JsonSchemaType.String, Enum: null, Format: null } text)
        {
            if (member.Name != "search") text.MinLength = 1;
            if (member.Name == "cursor") text.Pattern = "^[A-Za-z0-9_-]+$";
            if (sorts is not null) (text.Pattern, text.Default) = (PatternOf(sorts.Keys), sorts.Default);
        }

        var several = schema.Type == JsonSchemaType.Array;
        string?[] sentences =
        [
            Docstrings.Of(member.Property),
            Rules.InWords(member.Property),
            BoundOf(member),
            several ? "Several may be given, by repeating the parameter or with commas: what equals one of them is found." : null,
            sorts is null ? null : $"The keys are {string.Join(", ", sorts.Keys.Select(key => $"`{key}`"))}.",
        ];
        return new()
        {
            Name = member.Name,
            In = ParameterLocation.Query,
            Description = string.Join(' ', sentences.OfType<string>()) is { Length: > 0 } description ? description : null,
            Style = ParameterStyle.Form,
            Explode = true,
            Schema = schema,
        };
    }

    /// <summary>Instants are bounded half-open, dates and numbers on both sides.</summary>
    private static string? BoundOf(Member member)
    {
        var isInstant = Nullable.GetUnderlyingType(member.Property.PropertyType) == typeof(DateTimeOffset);
        if (member.Name.EndsWith("From", StringComparison.Ordinal)) return "From this on, inclusive.";
        if (member.Name.EndsWith("To", StringComparison.Ordinal)) return isInstant ? "Up to this, exclusive." : "Up to this, inclusive.";
        return null;
    }

    private static string PatternOf(IReadOnlyList<string> keys)
    {
        var key = $"-?({string.Join('|', keys)})";
        return $"^{key}(,{key})*$";
    }
}
