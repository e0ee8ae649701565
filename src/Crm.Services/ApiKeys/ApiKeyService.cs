using Crm.Contracts;
using Crm.Contracts.ApiKeys;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.ApiKeys;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.ApiKeys;

/// <summary>Keys with which programs act for the tenant.</summary>
public sealed class ApiKeyService(CrmDbContext db, Caller caller)
{
    internal static readonly Sorting<ApiKey> Sorts = new Sorting<ApiKey>("api-keys", k => k.Id)
        .By("createdAt", k => k.CreatedAt)
        .By("name", k => k.NameKey);

    public Task<Page<ApiKeyView>> ListAsync(ApiKeyQuery query, CancellationToken ct)
    {
        var keys = db.ApiKeys.AsNoTracking();
        if (query.Revoked is { } revoked) keys = keys.Where(k => (k.RevokedAt != null) == revoked);
        if (Words.Of(query.Search) is { } words) keys = keys.Where(words.In<ApiKey>(k => " " + k.NameKey + " "));
        return keys.ToPageAsync(query, Sorts, ApiKeyViews.Projection, ct);
    }

    public Task<ApiKeyView?> FindAsync(Guid id, CancellationToken ct) =>
        db.ApiKeys.AsNoTracking().Where(k => k.Id == id).Select(ApiKeyViews.Projection).SingleOrDefaultAsync(ct);

    /// <summary>Makes a key. Its text is in the answer, and kept nowhere.</summary>
    /// <exception cref="CrmException">400 for an end that is past; 403 for a key that may do more than the caller.</exception>
    public async Task<NewApiKeyView> CreateAsync(ApiKeyFields fields, CancellationToken ct)
    {
        var stamp = db.Stamp();
        if (fields.ExpiresAt <= stamp.At) throw CrmException.Invalid("/expiresAt", "must be in the future");
        RefuseMore(fields);
        var text = ApiKeyText.New(stamp.TenantId, Guid.CreateVersion7(stamp.At));
        var key = new ApiKey(fields, text.Id, text.Prefix, text.Hash(), stamp);
        db.Add(key);
        db.Audit(EventTypes.ApiKeyCreated, "api-keys", $"{key.Id}", Differences.Between(null, fields));
        await db.SaveChangesAsync(ct);
        return ApiKeyViews.Made(key, text.Text);
    }

    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<ApiKeyView> ChangeAsync(Guid id, Changes<ApiKeyChange> change, int? ifMatch, CancellationToken ct) => WriteAsync(
        id, ifMatch,
        key =>
        {
            var was = key.Name;
            key.Rename(change.ApplyTo(new ApiKeyChange { Name = key.Name }).Name);
            if (key.Name != was) db.Audit(EventTypes.ApiKeyRenamed, "api-keys", $"{id}", Differences.Of("name", was, key.Name));
            return Task.CompletedTask;
        },
        ct);

    /// <summary>Revokes a key for good, at once and everywhere; a revoked one stays as it is. The member that it acted as is deactivated.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task RevokeAsync(Guid id, int? ifMatch, CancellationToken ct) => WriteAsync(
        id, ifMatch,
        async key =>
        {
            var at = db.Stamp().At;
            if (!key.Revoke(at)) return;
            db.Audit(EventTypes.ApiKeyRevoked, "api-keys", $"{id}", Differences.Of("revokedAt", (DateTimeOffset?)null, at));
            var memberId = ApiKeyAuthentication.MemberIdOf(id);
            if (await db.Members.SingleOrDefaultAsync(m => m.UserId == memberId, ct) is { } member) member.Change(member.Role, active: false, at);
        },
        ct);

    private Task<ApiKeyView> WriteAsync(Guid id, int? ifMatch, Func<ApiKey, Task> change, CancellationToken ct) => db.UnlessOutrunAsync(
        async () =>
        {
            var key = await db.ApiKeys.SingleOrDefaultAsync(k => k.Id == id, ct) ?? throw CrmException.NotFound("API key", id);
            if (ifMatch is { } version && version != key.Version) throw CrmException.Stale("API key", id);
            await change(key);
            await db.SaveChangesAsync(ct);
            return ApiKeyViews.Of(key);
        },
        () => ifMatch is null ? null : CrmException.Stale("API key", id),
        () => CrmException.Contended("API key", id),
        ct);

    /// <summary>Nobody makes a key that may do more than they may, and no key one that outlives it.</summary>
    private void RefuseMore(ApiKeyFields fields)
    {
        if (fields.Role > caller.Role) throw Refused($"of the role {EnumNames<Role>.Of(fields.Role.Value)}");
        if (caller.Key is not { } own) return;
        if (own.ReadOnly && !fields.ReadOnly) throw Refused("that may write");
        if (own.Resources is { } mine && (fields.Resources is not { } asked || asked.Except(mine, StringComparer.Ordinal).Any())) throw Refused("for other resources than its own");
        if (own.ExpiresAt is { } end && (fields.ExpiresAt is not { } until || until > end)) throw Refused("that outlives it");
    }

    private static CrmException Refused(string what) =>
        new(FailureKind.Forbidden, FailureCodes.KeyForbidden, $"You can't make a key {what}: it could do more than you may.");
}
