using System.Text.Json;
using Crm.Tests.Kit;

namespace Crm.Tests.OpenApi;

/// <summary>The committed document, to be asked.</summary>
internal static class OpenApiDocument
{
    public static readonly string File = Path.Combine(Repository.Root, "docs", "openapi.json");

    private static readonly JsonElement Root = JsonSerializer.Deserialize<JsonElement>(System.IO.File.ReadAllBytes(File));

    public static IReadOnlyList<OpenApiOperation> Operations { get; } =
    [
        .. from path in Root.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           select new OpenApiOperation(operation.Name.ToUpperInvariant(), path.Name, operation.Value),
    ];

    public static OpenApiOperation Operation(string id) => Operations.Single(operation => operation.Id == id);

    /// <summary>What stands in a place, or in the place that it refers to.</summary>
    public static JsonElement Resolve(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!.Split('/')[1..].Aggregate(Root, (place, name) => place.GetProperty(name));
        }

        return element;
    }
}

/// <summary>An operation of the document.</summary>
internal sealed record OpenApiOperation(string Method, string Path, JsonElement Json)
{
    public string Id => Json.GetProperty("operationId").GetString()!;

    public IReadOnlyDictionary<int, JsonElement> Responses { get; } = Json.GetProperty("responses").EnumerateObject()
        .ToDictionary(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture), response => OpenApiDocument.Resolve(response.Value));

    /// <summary>The example of the body, where it takes one.</summary>
    public JsonElement? Example => Json.TryGetProperty("requestBody", out var body)
        ? OpenApiDocument.Resolve(body.GetProperty("content").GetProperty("application/json").GetProperty("examples").EnumerateObject().Single().Value).GetProperty("value")
        : null;
}
