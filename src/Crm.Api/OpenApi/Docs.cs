namespace Crm.Api.OpenApi;

/// <summary>The OpenAPI document and the page that shows it.</summary>
internal static class Docs
{
    public static void AddCrmOpenApi(this IServiceCollection services) => services.AddOpenApi("v1");

    public static void MapCrmDocs(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "docs";
            ui.DocumentTitle = "CRM API";
            ui.SwaggerEndpoint("/openapi/v1.json", "CRM API");
        });
        app.MapGet("/", () => TypedResults.Redirect("/docs")).ExcludeFromDescription();
    }
}
