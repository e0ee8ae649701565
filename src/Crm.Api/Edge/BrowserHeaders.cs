using Microsoft.Extensions.Primitives;

namespace Crm.Api.Edge;

/// <summary>What browsers are told with every answer: to guess nothing, frame nothing, run nothing and keep nothing, but for what the docs need.</summary>
internal static class BrowserHeaders
{
    private const string ForApi = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>The page of the docs has its own scripts and styles, draws with styles on its elements, and calls the API.</summary>
    private const string ForDocs = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private const string Nothing = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()";

    public static void UseBrowserHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // As the answer starts: what fails loses the headers that were set before.
        context.Response.OnStarting(static state => Write((HttpContext)state), context);
        return next(context);
    });

    private static Task Write(HttpContext context)
    {
        var (path, headers) = (context.Request.Path, context.Response.Headers);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        if (StringValues.IsNullOrEmpty(headers.ContentSecurityPolicy)) headers.ContentSecurityPolicy = path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase) ? ForDocs : ForApi;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Nothing;
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        if (path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && StringValues.IsNullOrEmpty(headers.CacheControl)) headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
