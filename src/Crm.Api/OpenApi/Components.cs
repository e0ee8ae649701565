using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>What the document says once and refers to.</summary>
internal static class Components
{
    public static OpenApiParameterReference Parameter(OpenApiDocument document, string name, Func<OpenApiParameter> make)
    {
        if (document.Components?.Parameters?.ContainsKey(name) is not true) document.AddComponent(name, make());
        return new OpenApiParameterReference(name, document);
    }

    public static OpenApiHeaderReference Header(OpenApiDocument document, string name, Func<OpenApiHeader> make)
    {
        if (document.Components?.Headers?.ContainsKey(name) is not true) document.AddComponent(name, make());
        return new OpenApiHeaderReference(name, document);
    }

    public static OpenApiResponseReference Response(OpenApiDocument document, string name, Func<OpenApiResponse> make)
    {
        if (document.Components?.Responses?.ContainsKey(name) is not true) document.AddComponent(name, make());
        return new OpenApiResponseReference(name, document);
    }

    public static OpenApiExampleReference Example(OpenApiDocument document, string name, Func<OpenApiExample> make)
    {
        if (document.Components?.Examples?.ContainsKey(name) is not true) document.AddComponent(name, make());
        return new OpenApiExampleReference(name, document);
    }
}
