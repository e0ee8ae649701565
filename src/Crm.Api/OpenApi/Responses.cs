using Crm.Api.Events;
using Crm.Api.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>What an operation answers: what it says that it produces, and each failure that can come of what it takes.</summary>
internal sealed class Responses(OpenApiDocument document, Schemas schemas, Examples examples)
{
    public OpenApiResponses Of(Operation operation)
    {
        var responses = new SortedDictionary<int, IOpenApiResponse>();
        foreach (var produced in operation.Produced) responses[produced.StatusCode] = Success(produced, operation);
        if (operation.Role is not null)
        {
            if (operation is { IsGet: true, IsStream: false }) responses[StatusCodes.Status304NotModified] = NotModified();
            foreach (var failure in Failures.Of(operation)) responses[failure.Status] = Failure(failure);
        }

        if (operation.Door is { } door)
        {
            foreach (var failure in Failures.Of(door, operation.Body)) responses[failure.Status] = Failure(failure);
        }

        var all = new OpenApiResponses();
        foreach (var (status, response) in responses) all.Add(status.ToString(System.Globalization.CultureInfo.InvariantCulture), response);
        return all;
    }

    private OpenApiResponse Success(IProducesResponseTypeMetadata produced, Operation operation)
    {
        var response = new OpenApiResponse { Description = DescriptionOf(produced.StatusCode, operation), Headers = operation.Role is null ? null : Headers() };
        if (produced.Type is not { } type || type == typeof(void)) return response;
        if (operation.IsStream)
        {
            response.Content = Content(EventStream.ContentType, new OpenApiSchema { Type = JsonSchemaType.String, Description = "Server-Sent Events. The `data` of each is an `EventView` in JSON, but for heartbeats, which have none." }, null);
            return response;
        }

        response.Content = Content("application/json", schemas.Of(type), produced.StatusCode == StatusCodes.Status202Accepted ? examples.OfPending() : examples.Of(type));
        if (operation.Role is not null) response.Headers = Headers(operation.IsAlsoCsv ? [] : [ETag()]);
        if (operation.IsAlsoCsv) response.Content.Add("text/csv", new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A line of names and a line for each, by RFC 4180. A text that a spreadsheet would take for a formula has an apostrophe before it." } });
        if (produced.StatusCode is StatusCodes.Status201Created or StatusCodes.Status202Accepted) response.Headers!.Add("Location", Location());
        return response;
    }

    private static string DescriptionOf(int status, Operation operation) => status switch
    {
        StatusCodes.Status201Created => "The record as it was made.",
        StatusCodes.Status202Accepted => "It is under way and goes on by itself; `Location` is where to see how far it is.",
        StatusCodes.Status204NoContent => "It is done; there is nothing to say.",
        StatusCodes.Status503ServiceUnavailable => "Something that the service can't do without is missing.",
        _ when operation.Door is not null => "It is done.",
        _ when operation.Role is null => "The service is well enough.",
        _ when operation is { IsPost: true, HasPathParameter: false } => "What became of each.",
        _ => operation.IsGet ? "What was asked for." : "The record as it is now.",
    };

    private OpenApiResponseReference NotModified() => Components.Response(document, "NotModified", () => new()
    {
        Description = "It is what the client has already, by `If-None-Match`.",
        Headers = Headers(ETag()),
    });

    private OpenApiResponseReference Failure(Failure failure) => Components.Response(document, failure.Name, () => new()
    {
        Description = $"{failure.Description} Codes: {string.Join(", ", failure.Codes.Select(code => $"`{code}`"))}.",
        Headers = failure.Header is { } name ? Headers((name, failure.Status == StatusCodes.Status401Unauthorized ? WwwAuthenticate() : RetryAfter())) : Headers(),
        Content = Content(Problems.ContentType, schemas.Of(typeof(Problem)), examples.Of(failure)),
    });

    private static Dictionary<string, OpenApiMediaType> Content(string type, IOpenApiSchema schema, IDictionary<string, IOpenApiExample>? examples) =>
        new(StringComparer.Ordinal) { [type] = new OpenApiMediaType { Schema = schema, Examples = examples } };

    /// <summary>The headers of an answer below /api: its own, and what is left of the limits.</summary>
    private Dictionary<string, IOpenApiHeader> Headers(params (string Name, IOpenApiHeader Header)[] own)
    {
        var headers = own.ToDictionary(header => header.Name, header => header.Header, StringComparer.Ordinal);
        (headers["RateLimit-Policy"], headers["RateLimit"]) = (RateLimitPolicy(), RateLimit());
        return headers;
    }

    private OpenApiHeaderReference RateLimitPolicy() => Components.Header(document, "RateLimit-Policy", () => new()
    {
        Description = "The limits (draft-ietf-httpapi-ratelimit-headers): `q` requests at once, and as many again within `w` seconds; of the tenant, of the user, and for requests without a valid token of the address. Absent where none is set.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "\"tenant\";q=1000;w=10, \"user\";q=200;w=10",
    });

    private OpenApiHeaderReference RateLimit() => Components.Header(document, "RateLimit", () => new()
    {
        Description = "What is left of the limits that this request counted against: `r` more requests now, all of them again in `t` seconds.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "\"user\";r=198;t=1, \"tenant\";r=951;t=1",
    });

    private (string Name, IOpenApiHeader Header) ETag() => ("ETag", Components.Header(document, "ETag", () => new()
    {
        Description = "What this version is called, for `If-Match` and `If-None-Match`; weak for what has no version of its own.",
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "\"3\"",
    }));

    private OpenApiHeaderReference Location() => Components.Header(document, "Location", () => new()
    {
        Description = "The record's path.",
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri-reference" },
        Example = $"/api/leads/{Examples.LeadId}",
    });

    private OpenApiHeaderReference WwwAuthenticate() => Components.Header(document, "WWW-Authenticate", () => new()
    {
        Description = "`Bearer`, with `error=\"invalid_token\"` where there was a token.",
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        Example = "Bearer error=\"invalid_token\"",
    });

    private OpenApiHeaderReference RetryAfter() => Components.Header(document, "Retry-After", () => new()
    {
        Description = "Seconds after which to try again.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0" },
        Example = 5,
    });
}
