using Microsoft.Net.Http.Headers;

namespace Crm.Api.Edge;

/// <summary>
/// Which other origins' pages may call the API (CORS): those that are set, and by default none. The framework's own answers everybody's
/// preflight; here one from elsewhere is a request without a token like any other. Cookies are never asked for.
/// </summary>
internal static class Origins
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private const string Accepted = "Authorization, Content-Type, X-Tenant-Id, Idempotency-Key, If-Match, If-None-Match, traceparent";
    private const string Exposed = "ETag, Location, Retry-After, RateLimit, RateLimit-Policy, Content-Disposition, WWW-Authenticate";
    private const string PreflightSeconds = "600";

    public static void UseOrigins(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<EdgeSettings>().Origins;
        if (origins.Count == 0) return;
        app.Use(async (context, next) =>
        {
            var origin = context.Request.Headers.Origin;
            var isAllowed = origin.Count == 1 && context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && origins.Contains(origin[0]!, StringComparer.Ordinal);
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
                if (!isAllowed) return Task.CompletedTask;
                context.Response.Headers.AccessControlAllowOrigin = origin;
                context.Response.Headers.AccessControlExposeHeaders = Exposed;
                return Task.CompletedTask;
            });
            if (isAllowed && HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                context.Response.Headers.AccessControlAllowMethods = Methods;
                context.Response.Headers.AccessControlAllowHeaders = Accepted;
                context.Response.Headers.AccessControlMaxAge = PreflightSeconds;
                return;
            }

            await next(context);
        });
    }
}
