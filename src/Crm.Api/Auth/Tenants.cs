using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Services.Members;
using Crm.Services.Tenancy;
using Microsoft.AspNetCore.Authentication;

namespace Crm.Api.Auth;

/// <summary>The least role that an endpoint takes. Every endpoint below /api says one.</summary>
internal sealed record RequiredRole(Role Role);

/// <summary>Whoever asks below /api is known, acts for one tenant, and may do what is asked; in that order.</summary>
internal static class Tenants
{
    public const string Header = "X-Tenant-Id";

    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, Role role) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequiredRole(role));

    public static void UseTenants(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        if (TokenAuthentication.IdentityOf(context) is not { } identity)
        {
            await context.ChallengeAsync();
            return;
        }

        var tenantId = TenantOf(context.Request);
        if (!identity.Tenants.Contains(tenantId))
        {
            throw new CrmException(FailureKind.Forbidden, FailureCodes.TenantForbidden, "The token may not act for this tenant. Send one of its own in X-Tenant-Id.");
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>() is { } required)
        {
            await context.RequestServices.GetRequiredService<AdmissionService>().AdmitAsync(identity, tenantId, context.RequestAborted);
            var role = context.RequestServices.GetRequiredService<Caller>().Role;
            if (role < required.Role)
            {
                throw new CrmException(FailureKind.Forbidden, FailureCodes.RoleForbidden, $"This takes the role {EnumNames<Role>.Of(required.Role)}; yours is {EnumNames<Role>.Of(role)}.");
            }

            KeyAuthentication.RequireKeyFor(context, identity);
        }

        await next(context);
    });

    private static Guid TenantOf(HttpRequest request)
    {
        var header = request.Headers[Header];
        if (header.Count == 1 && Guid.TryParseExact(header[0], "D", out var tenantId) && tenantId != Guid.Empty) return tenantId;
        var fault = header.Count switch
        {
            0 => "is missing",
            1 => "is no UUID",
            _ => "is given more than once",
        };
        throw new CrmException(FailureKind.Invalid, FailureCodes.TenantRequired, $"{Header} {fault}. Send the tenant that the request is for, such as {Header}: 019aa000-0000-7000-8000-000000000000.");
    }
}
