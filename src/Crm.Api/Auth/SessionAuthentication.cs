using System.Security.Claims;
using Crm.Api.Hosting;
using Crm.Contracts.Failures;
using Crm.Services.Accounts;
using Crm.Services.Tenancy;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Crm.Api.Auth;

/// <summary>Sessions of our own accounts: those that a cookie shows, and those that a token is of. Each costs one question; other tokens none.</summary>
internal static class SessionAuthentication
{
    /// <summary>Tells our sessions from what other issuers may call a <c>sid</c>.</summary>
    private const string Ours = "crm-";

    private static readonly object SessionItem = new();
    private static readonly object CookieItem = new();

    public static string ClaimOf(Guid sessionId) => $"{Ours}{sessionId}";

    /// <summary>The secret of the cookie that the caller was let in by; null where it was something else.</summary>
    public static string? CookieOf(HttpContext context) => context.Items[CookieItem] as string;

    /// <exception cref="CrmException">403: the caller is known, but not by a session of an account here.</exception>
    public static Session SessionOf(HttpContext context) => FindSession(context) ?? throw new CrmException(
        FailureKind.Forbidden, FailureCodes.SessionRequired, "This is for accounts of this service. The token was made elsewhere; sign in here for one that has a session.");

    public static Session? FindSession(HttpContext context) => context.Items[SessionItem] as Session;

    /// <summary>Lets in who shows a cookie and no token.</summary>
    public static async Task ReadCookieAsync(MessageReceivedContext context)
    {
        var http = context.HttpContext;
        if (!IsAsked(http) || http.Request.Headers.Authorization.Count > 0 || SessionCookie.Read(http.Request) is not { } secret) return;
        if (await http.RequestServices.GetRequiredService<SessionService>().FindByCookieAsync(secret, http.RequestAborted) is not { } session) return;
        (http.Items[SessionItem], http.Items[CookieItem]) = (session, secret);
        TokenAuthentication.Enter(http, session.Identity);
        context.Principal = new ClaimsPrincipal(new ClaimsIdentity([], "session"));
        context.Success();
    }

    /// <summary>What a token tells, narrowed to what its session still may; null where that has ended. A token of no session of ours stays as it is.</summary>
    public static async Task<Identity?> NarrowAsync(HttpContext http, JsonWebToken token, Identity identity)
    {
        if (!IsAsked(http) || !token.TryGetPayloadValue<string>("sid", out var sid) || !sid.StartsWith(Ours, StringComparison.Ordinal) || !Guid.TryParseExact(sid[Ours.Length..], "D", out var id)) return identity;
        var session = await http.RequestServices.GetRequiredService<SessionService>().FindByTokenAsync(id, http.RequestAborted);
        if (session is null || session.Identity.UserId != identity.UserId) return null;
        http.Items[SessionItem] = session;
        return identity with { Tenants = [.. identity.Tenants.Intersect(session.Identity.Tenants)] };
    }

    /// <summary>Whether accounts are what people sign in with, and the request is one that asks who it is.</summary>
    private static bool IsAsked(HttpContext http) =>
        (http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || http.Request.Path.StartsWithSegments("/auth", StringComparison.OrdinalIgnoreCase))
        && http.RequestServices.GetRequiredService<CrmSettings>().Authority is null;
}
