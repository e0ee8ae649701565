using System.Buffers.Text;
using System.Security.Cryptography;
using Crm.Contracts.Failures;
using Crm.Services.Accounts;

namespace Crm.Api.Auth;

/// <summary>
/// A browser sends our cookies whoever made it ask. So a request that changes anything must come from our own origin, and one that a
/// cookie lets in must show what only our own pages can know. Derived from the session's secret: nothing is kept, any instance can check it.
/// </summary>
internal static class Antiforgery
{
    public const string Header = "X-CSRF-Token";

    public static string TokenOf(string sessionSecret) => Base64Url.EncodeToString(HMACSHA256.HashData(Base64Url.DecodeFromChars(sessionSecret), "crm antiforgery"u8));

    /// <exception cref="CrmException">403 for a request that another site may have made.</exception>
    public static void Check(HttpContext context, Door? door)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method)) return;
        var secret = SessionAuthentication.CookieOf(context);
        if (secret is null && door is null or { TakesSession: true }) return; // let in by a token, which no browser sends by itself
        if (!IsFromHere(context.Request)) throw Refused("The request comes from another site's page; sign in on a page of this service.");
        if (door is { TakesSession: false } || secret is null) return;
        var shown = context.Request.Headers[Header];
        if (shown.Count != 1 || !AccountKeys.AreEqual(shown[0]!, TokenOf(secret))) throw Refused($"A request by cookie that changes anything needs the header {Header} with the token from GET /auth/antiforgery.");
    }

    /// <summary>What browsers tell of where a request comes from, and pages can't change; programs tell nothing.</summary>
    public static bool IsFromHere(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0 && (site.Count != 1 || site[0] is not ("same-origin" or "none"))) return false;
        var origin = request.Headers.Origin;
        if (origin.Count == 0) return true;
        return origin.Count == 1 && Uri.TryCreate(origin[0], UriKind.Absolute, out var from) && string.Equals(from.Authority, HostOf(request, from), StringComparison.OrdinalIgnoreCase);
    }

    private static CrmException Refused(string why) => new(FailureKind.Forbidden, FailureCodes.Antiforgery, $"{why} Nothing was changed.");

    /// <summary>The host as the origin would write it: without the port that goes without saying.</summary>
    private static string HostOf(HttpRequest request, Uri origin) =>
        request.Host.Port is { } port && !(origin.IsDefaultPort && port == origin.Port) ? $"{request.Host.Host}:{port}" : request.Host.Host;
}
