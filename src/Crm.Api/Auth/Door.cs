using Microsoft.AspNetCore.Authentication;

namespace Crm.Api.Auth;

/// <summary>An endpoint at the door: for whoever isn't in yet, or for a session whatever its tenants.</summary>
/// <param name="TakesSession">Whether only an account's session may ask.</param>
/// <param name="Failures">The statuses with which it refuses, besides what comes of its body.</param>
internal sealed record Door(bool TakesSession, params int[] Failures);

/// <summary>What the door itself asks for, before anything is read: who asks, and that a browser asks on behalf of our own pages.</summary>
internal static class Doors
{
    public static TBuilder AtTheDoor<TBuilder>(this TBuilder builder, params int[] failures) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new Door(false, failures));

    public static TBuilder RequireSession<TBuilder>(this TBuilder builder, params int[] failures) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new Door(true, failures));

    public static void UseDoors(this WebApplication app) => app.Use(async (context, next) =>
    {
        var door = context.GetEndpoint()?.Metadata.GetMetadata<Door>();
        if (door is { TakesSession: true })
        {
            if (TokenAuthentication.IdentityOf(context) is null)
            {
                await context.ChallengeAsync();
                return;
            }

            _ = SessionAuthentication.SessionOf(context);
        }

        Antiforgery.Check(context, door);
        if (door is not null) context.Response.Headers.CacheControl = "no-store";
        await next(context);
    });
}
