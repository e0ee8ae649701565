using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>The OpenAPI document and the page that shows it.</summary>
internal static class Docs
{
    private const string Name = "v1";

    public static void AddCrmOpenApi(this IServiceCollection services)
    {
        services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = _ => null; // the named schemas are ours
            options.AddOperationTransformer<Operations>();
            options.AddDocumentTransformer<EventPayloads>();
            options.AddDocumentTransformer<Frame>();
        });
        services.AddSingleton(provider => new WrittenDocument(provider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name)));
    }

    public static void MapCrmDocs(this WebApplication app)
    {
        app.MapGet($"/openapi/{Name}.json", async (WrittenDocument document) =>
        {
            var json = await document.JsonAsync();
            return TypedResults.Bytes(json, "application/json; charset=utf-8");
        }).ExcludeFromDescription();
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "docs";
            ui.DocumentTitle = "CRM API";
            ui.SwaggerEndpoint($"/openapi/{Name}.json", "CRM API");
        });
        app.MapGet("/", () => TypedResults.Redirect("/docs")).ExcludeFromDescription();
    }
}
