using System.Threading.RateLimiting;

namespace Crm.Api.Edge;

/// <summary>
/// How many requests of a tenant are worked on at once; more wait, first come first served within the tenant. So one tenant's flood
/// takes neither all connections to the database nor all threads from the others.
/// </summary>
internal sealed class Turns(EdgeSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<Guid>? limiter = settings.TenantAtOnce == 0 ? null : PartitionedRateLimiter.Create<Guid, Guid>(
        tenant => RateLimitPartition.GetConcurrencyLimiter(tenant, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = settings.TenantAtOnce,
            QueueLimit = settings.TenantQueue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    public int AtOnce => settings.TenantAtOnce;

    public int Queue => settings.TenantQueue;

    /// <summary>Waits for a turn, to be given back by disposing of it; null where too many are waiting.</summary>
    public async ValueTask<IDisposable?> TakeAsync(Guid tenantId, CancellationToken ct)
    {
        if (limiter is null) return NoLimit.Instance;
        var lease = await limiter.AcquireAsync(tenantId, 1, ct);
        if (lease.IsAcquired) return lease;
        lease.Dispose();
        return null;
    }

    public void Dispose() => limiter?.Dispose();

    private sealed class NoLimit : IDisposable
    {
        public static readonly NoLimit Instance = new();

        public void Dispose()
        {
        }
    }
}
