using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.ApiKeys;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Services.ApiKeys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crm.Api.ApiKeys;

internal static class ApiKeyRoutes
{
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/api-keys").WithTags("API keys");
        keys.MapGet("/", List).WithName("ListApiKeys").WithSummary("List API keys").RequireRole(Role.Admin);
        keys.MapPost("/", Create).WithName("CreateApiKey").WithSummary("Create an API key").WithMetadata(new SecretAnswer()).RequireRole(Role.Admin);
        keys.MapGet("/{id:guid}", Get).WithName("GetApiKey").WithSummary("Get an API key, without its secret").RequireRole(Role.Admin);
        keys.MapPatch("/{id:guid}", Change).WithName("ChangeApiKey").WithSummary("Rename an API key").RequireRole(Role.Admin);
        keys.MapDelete("/{id:guid}", Revoke).WithName("RevokeApiKey").WithSummary("Revoke an API key").RequireRole(Role.Admin);
    }

    /// <summary>Revoked ones too.</summary>
    private static async Task<Found<Page<ApiKeyView>>> List(QueryOf<ApiKeyQuery> query, ApiKeyService keys, CancellationToken ct) =>
        Answers.Found(await keys.ListAsync(query.Value, ct));

    /// <summary>
    /// The answer shows the <c>key</c> once: send it as <c>Authorization: Bearer crm_…</c>. Its bearer acts as a member of its own, <c>key:</c> and the key's id,
    /// with the key's role. A key that makes another can't give it more than it has itself.
    /// </summary>
    private static async Task<Made<NewApiKeyView>> Create(Body<ApiKeyFields> body, ApiKeyService keys, CancellationToken ct) =>
        Answers.Made("api-keys", await keys.CreateAsync(body.Value, ct));

    private static async Task<Found<ApiKeyView>> Get(Guid id, ApiKeyService keys, CancellationToken ct) =>
        Answers.Found((await keys.FindAsync(id, ct)).OrNotFound("API key", id));

    /// <summary>What a key may isn't changed: make another, and revoke this one.</summary>
    private static async Task<Found<ApiKeyView>> Change(Guid id, MergePatch<ApiKeyChange> body, IfMatch ifMatch, ApiKeyService keys, CancellationToken ct) =>
        Answers.Found(await keys.ChangeAsync(id, body.Changes, ifMatch.Version, ct));

    /// <summary>For good, from the next request on. The key stays in the list, with <c>revokedAt</c>; revoked again, it stays as it is.</summary>
    private static async Task<NoContent> Revoke(Guid id, IfMatch ifMatch, ApiKeyService keys, CancellationToken ct)
    {
        await keys.RevokeAsync(id, ifMatch.Version, ct);
        return TypedResults.NoContent();
    }
}
