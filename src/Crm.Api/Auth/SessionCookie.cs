using Crm.Contracts.Failures;
using Crm.Services.Accounts;

namespace Crm.Api.Auth;

/// <summary>The cookie of a session: by https one that no other host and no unsafe page can set or read; by http only on this machine.</summary>
internal static class SessionCookie
{
    public const string SecureName = "__Host-crm";
    public const string LocalName = "crm";

    /// <summary>The secret that was sent, or null.</summary>
    public static string? Read(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: > 0 } secret ? secret : null;

    public static void Write(HttpContext context, string secret) =>
        context.Response.Cookies.Append(NameFor(context.Request), secret, Options(context.Request, SessionService.CookieLongest));

    public static void Delete(HttpContext context) => context.Response.Cookies.Append(NameFor(context.Request), "", Options(context.Request, TimeSpan.Zero));

    public static CookieOptions Options(HttpRequest request, TimeSpan lifetime) => new()
    {
        HttpOnly = true,
        Secure = request.IsHttps,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };

    /// <exception cref="CrmException">403 where a cookie would go over a network that anybody may read.</exception>
    public static void RequireSafeWay(HttpRequest request)
    {
        if (request.IsHttps || NamesThisMachine(request)) return;
        throw new CrmException(FailureKind.Forbidden, FailureCodes.HttpsRequired, "Signing in with a browser takes https. If TLS ends at a proxy, let the service know its X-Forwarded-Proto (see docs/accounts.md).");
    }

    public static bool NamesThisMachine(HttpRequest request) => request.Host.Host is "localhost" or "127.0.0.1" or "[::1]";

    private static string NameFor(HttpRequest request) => request.IsHttps ? SecureName : LocalName;
}
