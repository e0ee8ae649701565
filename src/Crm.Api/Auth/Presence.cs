using System.Globalization;
using Crm.Contracts.Failures;
using Crm.Services.Accounts;
using Crm.Services.ApiKeys;
using Crm.Services.Members;
using Crm.Services.Tenancy;

namespace Crm.Api.Auth;

/// <summary>Whether somebody whose request goes on and on could still make it now.</summary>
internal static class Presence
{
    /// <summary>Lets the caller of a request into another unit of work, as what counts now.</summary>
    /// <returns>False where the token, session or key has ended, or the member was deactivated.</returns>
    public static async Task<bool> AdmitAsync(HttpContext context, Guid tenantId, IServiceProvider services, CancellationToken ct)
    {
        if (await IdentityNowAsync(context, services, ct) is not { } identity || !identity.Tenants.Contains(tenantId)) return false;
        try
        {
            await services.GetRequiredService<AdmissionService>().AdmitAsync(identity, tenantId, ct);
            return true;
        }
        catch (CrmException e) when (e.Kind == FailureKind.Forbidden)
        {
            return false;
        }
    }

    private static async Task<Identity?> IdentityNowAsync(HttpContext context, IServiceProvider services, CancellationToken ct)
    {
        if (KeyAuthentication.KeyOf(context.Request) is { } key) return (await services.GetRequiredService<ApiKeyAuthentication>().FindAsync(key, ct))?.Bearer;
        if (SessionAuthentication.CookieOf(context) is { } cookie) return (await services.GetRequiredService<SessionService>().FindByCookieAsync(cookie, ct))?.Identity;
        if (HasExpired(context, services.GetRequiredService<TimeProvider>()) || TokenAuthentication.IdentityOf(context) is not { } identity) return null;
        if (SessionAuthentication.FindSession(context) is not { } session) return identity;
        var still = await services.GetRequiredService<SessionService>().FindByTokenAsync(session.Id, ct);
        return still is null ? null : identity with { Tenants = [.. identity.Tenants.Intersect(still.Identity.Tenants)] };
    }

    private static bool HasExpired(HttpContext context, TimeProvider clock) =>
        context.User.FindFirst("exp")?.Value is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var end) && DateTimeOffset.FromUnixTimeSeconds(end) <= clock.GetUtcNow();
}
