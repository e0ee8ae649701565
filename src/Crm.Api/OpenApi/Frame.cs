using System.Reflection;
using Crm.Api.Auth;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Crm.Api.OpenApi;

/// <summary>What the document says as a whole: what the API is, where it is, who may ask, and what its parts are.</summary>
internal sealed class Frame : IOpenApiDocumentTransformer
{
    private const string Bearer = "bearer";
    private const string Session = "session";

    private static readonly string Version =
        typeof(Frame).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "CRM API", Version = Version, Description = Introduction.Text };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = Introduction.Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
        document.AddComponent(Bearer, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A JSON Web Token of the user, by HS256, RS256 or ES256; or an API key, `crm_…`.",
        });
        document.AddComponent(Session, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Cookie,
            Name = SessionCookie.SecureName,
            Description = $"The cookie of a browser's session, as `POST /auth/sign-in` sets it (`{SessionCookie.LocalName}` without TLS on one's own machine). What changes anything then also takes the header `{Antiforgery.Header}`, by `GET /auth/antiforgery`.",
        });
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Session, document)] = [] },
        ];
        Sort(document.Components!);
        return Task.CompletedTask;
    }

    private static void Sort(OpenApiComponents components)
    {
        components.Schemas = Sorted(components.Schemas);
        components.Responses = Sorted(components.Responses);
        components.Parameters = Sorted(components.Parameters);
        components.Examples = Sorted(components.Examples);
        components.Headers = Sorted(components.Headers);
    }

    private static SortedDictionary<string, T>? Sorted<T>(IDictionary<string, T>? named) => named is null ? null : new(named, StringComparer.Ordinal);
}
