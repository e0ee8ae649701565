using Crm.Api.Http;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Says of each operation what it takes and answers.</summary>
internal sealed class Operations : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        var (endpoint, schemas, examples) = (new Operation(context.Description), new Schemas(document), new Examples(document));
        operation.Description = DescriptionOf(endpoint);
        operation.Parameters = ParametersOf(endpoint, new Parameters(document, schemas));
        operation.RequestBody = endpoint.Body is { } body ? BodyOf(body, schemas, examples) : null;
        operation.Responses = new Responses(document, schemas, examples).Of(endpoint);
        if (!endpoint.TakesSomebody) operation.Security = [];
        return Task.CompletedTask;
    }

    private static string? DescriptionOf(Operation endpoint)
    {
        var role = endpoint.Door is { TakesSession: true } ? "Takes a session of an account." : endpoint.Role is { } least ? $"Takes the role `{EnumNames<Role>.Of(least)}`{(least == Role.Admin ? "" : " or above")}." : null;
        return string.Join("\n\n", new[] { Docstrings.Of(endpoint.Handler), role }.OfType<string>()) is { Length: > 0 } description ? description : null;
    }

    private static List<IOpenApiParameter>? ParametersOf(Operation endpoint, Parameters parameters)
    {
        if (endpoint.Role is null) return null;
        var all = new List<IOpenApiParameter>(endpoint.PathParameters.Select(Parameters.OfPath)) { parameters.Tenant() };
        if (endpoint.TakesIfMatch) all.Add(parameters.IfMatch());
        if (endpoint is { IsGet: true, IsStream: false }) all.Add(parameters.IfNoneMatch());
        if (endpoint.IsStream) all.Add(parameters.LastEventId());
        if (endpoint.IsPost) all.Add(parameters.IdempotencyKey());
        if (endpoint.Query is { } query) all.AddRange(parameters.OfQuery(query.Type));
        return all;
    }

    private static OpenApiRequestBody BodyOf(BodyMetadata body, Schemas schemas, Examples examples)
    {
        string[] types = body.Mode == BodyMode.MergePatch ? ["application/merge-patch+json", "application/json"] : body.OrForm ? ["application/json", "application/x-www-form-urlencoded"] : ["application/json"];
        return new OpenApiRequestBody
        {
            Required = !body.IsOptional,
            Content = types.ToDictionary(
                type => type,
                _ => new OpenApiMediaType { Schema = schemas.Of(body), Examples = examples.Of(body) },
                StringComparer.Ordinal),
        };
    }
}
