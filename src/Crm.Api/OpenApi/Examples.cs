using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Api.Http;
using Crm.Contracts.Json;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The examples of bodies, answers and problems, said once and referred to.</summary>
internal sealed class Examples(OpenApiDocument document)
{
    public const string LeadId = "019aa3c8-51d0-7c4e-9a57-3f0e6d1b2a44";

    private static readonly Dictionary<string, object> Views = ViewExamples.All.ToDictionary(view => SchemaNames.Of(view.GetType()), StringComparer.Ordinal);

    public IDictionary<string, IOpenApiExample>? Of(Type view)
    {
        var name = SchemaNames.Of(view);
        return Views.TryGetValue(name, out var value) ? Example(name, Node(value)) : null;
    }

    /// <summary>What is answered while it is under way.</summary>
    public IDictionary<string, IOpenApiExample> OfPending() => Example("PendingConversion", Node(ViewExamples.PendingConversion));

    public IDictionary<string, IOpenApiExample>? Of(BodyMetadata body)
    {
        var name = SchemaNames.Of(body);
        return BodyExamples.ByName.TryGetValue(name, out var json) ? Example(name, JsonNode.Parse(json)!) : null;
    }

    public IDictionary<string, IOpenApiExample> Of(Failure failure) => Example(failure.Name, Node(new Problem
    {
        Type = $"/problems/{failure.Codes[0]}",
        Title = Problems.Title(failure.Codes[0]),
        Status = failure.Status,
        Detail = failure.Detail,
        Instance = $"/api/leads/{LeadId}",
        Code = failure.Codes[0],
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        Errors = failure.Error is var (pointer, fault) ? new Dictionary<string, string[]>(StringComparer.Ordinal) { [pointer] = [fault] } : null,
    }));

    private Dictionary<string, IOpenApiExample> Example(string name, JsonNode value) =>
        new(StringComparer.Ordinal) { [name] = Components.Example(document, name, () => new OpenApiExample { Value = value }) };

    private static JsonNode Node(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), CrmJson.Options)!;
}
