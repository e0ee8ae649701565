using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Failures;
using Crm.Services.Tenancy;
using Microsoft.AspNetCore.HttpOverrides;

namespace Crm.Api.Edge;

/// <summary>What stands between the world and the service: how often, how much and how long anybody may ask, and what browsers are told.</summary>
internal static class Gates
{
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        var settings = EdgeSettings.Read(builder.Configuration);
        builder.AddServerLimits(settings);
        builder.Services.AddSingleton(settings).AddSingleton<RateLimits>().AddSingleton<Turns>().AddSingleton<Watchers>().AddSingleton<KnownCredentials>();
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            options.ForwardLimit = null; // as many proxies as are known; the first that isn't is the client
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in settings.KnownProxies) options.KnownIPNetworks.Add(proxy);
        });
    }

    /// <summary>Where a request comes from, as the audit and the limits see it: a proxy's word counts only if the proxy is known.</summary>
    public static void UseKnownProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<EdgeSettings>().KnownProxies.Count > 0) app.UseForwardedHeaders();
    }

    /// <summary>Before a token is looked at: an address whose tokens were wrong too often waits, unless it shows one that was good.</summary>
    public static void UseAddressLimits(this WebApplication app)
    {
        var (limits, known) = (app.Services.GetRequiredService<RateLimits>(), app.Services.GetRequiredService<KnownCredentials>());
        app.Use(async (context, next) =>
        {
            context.RequestServices.GetRequiredService<Caller>().Address = ClientAddress.TextOf(context);
            if (!IsApi(context) && !IsDoor(context))
            {
                await next(context);
                return;
            }

            limits.Announce(context);
            // Where one signs in what fails counts elsewhere, and nobody has a credential yet: who shares the address with a broken program gets in.
            var isForAnybody = context.GetEndpoint()?.Metadata.GetMetadata<Door>() is { TakesSession: false };
            if ((known.Has(context.Request) ? known.UsedUp(context.Request, TenantOf(context)) : isForAnybody ? null : limits.Exhausted(context)) is { } state)
            {
                await RateLimits.RefuseAsync(context, state);
                return;
            }

            await next(context);
            var isKeyAtTheDoor = IsDoor(context) && KeyAuthentication.KeyOf(context.Request) is not null; // not wrong, but in the wrong place
            if (context.Response.StatusCode == StatusCodes.Status401Unauthorized && !isKeyAtTheDoor) known.Remove(context.Request);
        });
    }

    /// <summary>Behind the token: who asks too often waits, and each tenant's requests take turns. Nothing was asked of the database before.</summary>
    public static void UseTenantLimits(this WebApplication app)
    {
        var (limits, turns, known) = (app.Services.GetRequiredService<RateLimits>(), app.Services.GetRequiredService<Turns>(), app.Services.GetRequiredService<KnownCredentials>());
        app.Use(async (context, next) =>
        {
            if (!IsApi(context) && !IsDoor(context))
            {
                await next(context);
                return;
            }

            if (TokenAuthentication.IdentityOf(context) is not { } identity)
            {
                await next(context);
                return;
            }

            known.Add(context.Request, identity.Tenants);
            var tenantId = IsApi(context) && TenantOf(context) is var id && identity.Tenants.Contains(id) ? id : Guid.Empty;
            if (limits.Take(context, tenantId, identity.UserId) is { } state)
            {
                known.UseUp(context.Request, tenantId, state);
                await RateLimits.RefuseAsync(context, state);
                return;
            }

            if (tenantId == Guid.Empty)
            {
                await next(context); // it goes no further than the check of the tenant, or is of none
                return;
            }

            using var turn = await turns.TakeAsync(tenantId, identity.UserId, context.RequestAborted);
            if (turn is null)
            {
                await Problems.WriteAsync(context, Crowded(turns));
                return;
            }

            Turns.Keep(context, turn);
            await next(context);
        });
    }

    /// <summary>The tenant that is named; the empty one where none is, or not so that one can tell.</summary>
    private static Guid TenantOf(HttpContext context) => Guid.TryParseExact(context.Request.Headers[Tenants.Header], "D", out var id) ? id : Guid.Empty;

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static bool IsDoor(HttpContext context) => context.Request.Path.StartsWithSegments("/auth", StringComparison.OrdinalIgnoreCase);

    private static CrmException Crowded(Turns turns) =>
        new(FailureKind.TooManyRequests, FailureCodes.RateLimited, $"{turns.AtOnce} requests of this tenant may be worked on at once and {turns.Queue} more may wait, half of them yours; so many are. Nothing was changed; send fewer at once, and try again in a second.")
        { RetryAfter = TimeSpan.FromSeconds(1) };
}
