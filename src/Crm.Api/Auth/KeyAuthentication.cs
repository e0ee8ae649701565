using System.Security.Claims;
using Crm.Contracts.Failures;
using Crm.Services.ApiKeys;
using Crm.Services.Tenancy;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Crm.Api.Auth;

/// <summary>API keys: sent where a token is sent, known by how they begin, and bound to what they were made for.</summary>
internal static class KeyAuthentication
{
    private const string Scheme = "Bearer ";
    private const string Everybodys = "me";

    /// <summary>The API key that a request came with, rightly or not; null for a token, or nothing.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var text = header[Scheme.Length..].Trim();
        return ApiKeyText.IsMeant(text) ? text : null;
    }

    /// <summary>Answers for a request with a key in the place of the token's checks.</summary>
    public static async Task ReadAsync(MessageReceivedContext context, string text)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            context.NoResult();
            return;
        }

        var keys = context.HttpContext.RequestServices.GetRequiredService<ApiKeyAuthentication>();
        if (await keys.FindAsync(text, context.HttpContext.RequestAborted) is not var (bearer, isWorthNoting))
        {
            context.Fail("The key isn't valid.");
            return;
        }

        if (isWorthNoting) context.Response.OnCompleted(() => keys.NoteUseAsync(text));
        TokenAuthentication.Enter(context.HttpContext, bearer);
        context.Principal = new ClaimsPrincipal(new ClaimsIdentity(context.Scheme.Name));
        context.Success();
    }

    /// <summary>Refuses what the caller's key wasn't made for.</summary>
    public static void RequireKeyFor(HttpContext context, Identity identity)
    {
        if (identity.Key is not { } key || context.GetEndpoint() is not RouteEndpoint endpoint) return;
        if (key.ReadOnly && !HttpMethods.IsGet(context.Request.Method)) throw Refused("This API key may only read.");
        var resource = ResourceOf(endpoint.RoutePattern);
        if (key.Resources is null || resource == Everybodys || key.Resources.Contains(resource, StringComparer.Ordinal)) return;
        throw Refused($"This API key isn't for {resource}; it is for {string.Join(", ", key.Resources)}.");
    }

    /// <summary>The first word below /api.</summary>
    private static string ResourceOf(RoutePattern route) => route.PathSegments.Count > 1 && route.PathSegments[1].Parts is [RoutePatternLiteralPart { Content: var word }] ? word : "";

    private static CrmException Refused(string why) => new(FailureKind.Forbidden, FailureCodes.KeyForbidden, $"{why} An admin can make one that may do this.");
}
