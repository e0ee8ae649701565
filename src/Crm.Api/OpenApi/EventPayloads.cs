using Crm.Contracts.Activities;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Deals;
using Crm.Contracts.Events;
using Crm.Contracts.Leads;
using Crm.Contracts.Tasks;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>Says of each type of event what a webhook gets, which is what the feed, the stream and the broker carry, too.</summary>
internal sealed class EventPayloads : IOpenApiDocumentTransformer
{
    private const string ContentType = "application/cloudevents+json";

    private static readonly Dictionary<string, Type> Records = new(StringComparer.Ordinal)
    {
        ["lead"] = typeof(LeadView),
        ["deal"] = typeof(DealView),
        ["task"] = typeof(TaskView),
        ["activity"] = typeof(ActivityView),
        ["dashboard"] = typeof(DeliveredDashboardView),
    };

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = new Schemas(document);
        document.Webhooks = EventTypes.OfRecords.Order(StringComparer.Ordinal).ToDictionary(type => type, IOpenApiPathItem (type) => PathItem(type, schemas, document), StringComparer.Ordinal);
        return Task.CompletedTask;
    }

    private static OpenApiPathItem PathItem(string type, Schemas schemas, OpenApiDocument document) => new()
    {
        Operations = new Dictionary<HttpMethod, OpenApiOperation>
        {
            [HttpMethod.Post] = new()
            {
                OperationId = $"On{string.Concat(type.Split('.', '_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))}",
                Summary = $"The event {type}",
                Description = "Answer with any 2xx status once it is taken; its `id` tells whether it came before.",
                Tags = new HashSet<OpenApiTagReference> { new("Events", document) },
                Security = [],
                RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [ContentType] = new OpenApiMediaType { Schema = SchemaOf(type, schemas) } },
                },
                Responses = new OpenApiResponses { ["2XX"] = new OpenApiResponse { Description = "It was taken." } },
            },
        },
    };

    /// <summary>An event whose type is known, and whose record is one of the type's noun.</summary>
    private static OpenApiSchema SchemaOf(string type, Schemas schemas) => new()
    {
        AllOf =
        [
            schemas.Of(typeof(EventView)),
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = type },
                    ["data"] = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["record"] = schemas.Of(Records[type.Split('.')[0]]) },
                    },
                },
            },
        ],
    };
}
