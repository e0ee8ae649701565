using System.Security.Cryptography;
using Crm.Contracts.Members;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Services.ApiKeys;

/// <summary>
/// Says who the bearer of an API key is. The key is looked up for every request, in the tenant that it names and nowhere else, so that a
/// revoked one is refused at once on every instance. Nothing is provisioned here.
/// </summary>
public sealed partial class ApiKeyAuthentication(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ApiKeyAuthentication> logger)
{
    private static readonly TimeSpan BetweenUses = TimeSpan.FromMinutes(1);

    /// <summary>Who bears the key, and whether its use is worth noting; null for a key that is unknown, expired, revoked or none at all.</summary>
    public async Task<(Identity Bearer, bool IsWorthNoting)?> FindAsync(string text, CancellationToken ct)
    {
        if (ApiKeyText.Parse(text) is not { } key) return null; // without a question to the database
        await using var work = Enter(key, out var db);
        var known = await db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Id == key.Id, ct);
        var now = clock.GetUtcNow();
        if (known is null || !CryptographicOperations.FixedTimeEquals(known.Hash, key.Hash())) return null;
        if (known.RevokedAt is not null || known.ExpiresAt <= now) return null;
        var id = MemberIdOf(key.Id);
        var bearer = new Identity(id, known.Name, null, [key.TenantId], new Dictionary<Guid, Role> { [key.TenantId] = known.Role })
        {
            Credential = id,
            Key = new ApiKeyScope(known.ReadOnly, known.Resources, known.ExpiresAt),
        };
        return (bearer, known.LastUsedAt is null || known.LastUsedAt <= now - BetweenUses);
    }

    /// <summary>Notes that a key was used, once a minute at most. What goes wrong with it is logged and nothing else.</summary>
    public async Task NoteUseAsync(string text)
    {
        try
        {
            var (key, now) = (ApiKeyText.Parse(text)!, clock.GetUtcNow());
            var before = now - BetweenUses;
            await using var work = Enter(key, out var db);
            await db.InTransactionAsync(
                () => db.ApiKeys.Where(k => k.Id == key.Id && (k.LastUsedAt == null || k.LastUsedAt <= before)).ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, now)),
                CancellationToken.None);
        }
        catch (Exception e)
        {
            LogUnnoted(logger, e, ApiKeyText.Parse(text)!.Id);
        }
    }

    /// <summary>The member that the bearer of a key acts as.</summary>
    internal static string MemberIdOf(Guid keyId) => $"{MemberPrefix}{keyId}";

    /// <summary>What the ids of such members begin with; no token's user has one.</summary>
    public const string MemberPrefix = "key:";

    private AsyncServiceScope Enter(ApiKeyText key, out CrmDbContext db)
    {
        var work = scopes.CreateAsyncScope();
        work.ServiceProvider.GetRequiredService<TenantScope>().Enter(key.TenantId, MemberIdOf(key.Id));
        db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
        return work;
    }

    [LoggerMessage(LogLevel.Warning, "The use of the API key {KeyId} couldn't be noted")]
    private static partial void LogUnnoted(ILogger logger, Exception exception, Guid keyId);
}
