using System.Threading.RateLimiting;

namespace Crm.Api.Edge;

/// <summary>
/// How many requests of a tenant are worked on at once, and of one of its users half as many; more wait, first come first served. So
/// one tenant's flood takes neither all connections to the database nor all threads from the others, and one user's slow requests
/// don't keep the colleagues out.
/// </summary>
internal sealed class Turns(EdgeSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<Guid>? tenants = Limiter<Guid>(settings.TenantAtOnce, settings.TenantQueue);
    private readonly PartitionedRateLimiter<(Guid TenantId, string UserId)>? users = Limiter<(Guid, string)>(OfUser(settings), settings.TenantQueue);

    public int AtOnce => settings.TenantAtOnce;

    public int UserAtOnce => OfUser(settings);

    public int Queue => settings.TenantQueue;

    /// <summary>Waits for a turn, to be given back by disposing of it; null where too many are waiting.</summary>
    public async ValueTask<Turn?> TakeAsync(Guid tenantId, string userId, CancellationToken ct)
    {
        if (tenants is null || users is null) return new Turn(null, null);
        var ofUser = await users.AcquireAsync((tenantId, userId), 1, ct);
        try
        {
            // The user's own first: who waits for it takes no place in the tenant's queue.
            var ofTenant = ofUser.IsAcquired ? await tenants.AcquireAsync(tenantId, 1, ct) : null;
            if (ofTenant is { IsAcquired: true }) return new Turn(ofUser, ofTenant);
            ofTenant?.Dispose();
        }
        catch
        {
            ofUser.Dispose();
            throw;
        }

        ofUser.Dispose();
        return null;
    }

    public void Dispose()
    {
        tenants?.Dispose();
        users?.Dispose();
    }

    private static int OfUser(EdgeSettings settings) => (settings.TenantAtOnce + 1) / 2;

    private static PartitionedRateLimiter<TKey>? Limiter<TKey>(int atOnce, int queue) where TKey : notnull =>
        atOnce == 0 ? null : PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = atOnce,
            QueueLimit = queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    internal sealed record Turn(RateLimitLease? OfUser, RateLimitLease? OfTenant) : IDisposable
    {
        public void Dispose()
        {
            OfTenant?.Dispose();
            OfUser?.Dispose();
        }
    }
}
