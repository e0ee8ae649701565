using System.Threading.RateLimiting;

namespace Crm.Services.Events;

/// <summary>
/// How many of those who watch read the database at once, of all tenants and of each; the others wait, first come first served. One event wakes all who
/// watch its tenant: without this they would take all connections from everybody else.
/// </summary>
public sealed class WatchPlaces : IDisposable
{
    private const int All = 32;
    private const int OfOneTenant = 8;

    private readonly PartitionedRateLimiter<Guid> ofTenants = PartitionedRateLimiter.Create<Guid, Guid>(tenantId => RateLimitPartition.GetConcurrencyLimiter(tenantId, _ => Limit(OfOneTenant)));
    private readonly ConcurrencyLimiter ofAll = new(Limit(All));

    /// <summary>Waits for a place, to be given back by disposing of it.</summary>
    internal async Task<IDisposable> TakeAsync(Guid tenantId, CancellationToken ct)
    {
        var first = await ofTenants.AcquireAsync(tenantId, 1, ct);
        try
        {
            return new Place(first, await ofAll.AcquireAsync(1, ct));
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ofTenants.Dispose();
        ofAll.Dispose();
    }

    /// <summary>How many may wait is how many may watch.</summary>
    private static ConcurrencyLimiterOptions Limit(int permits) => new() { PermitLimit = permits, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };

    private sealed class Place(RateLimitLease first, RateLimitLease second) : IDisposable
    {
        public void Dispose()
        {
            second.Dispose();
            first.Dispose();
        }
    }
}
