using System.Threading.RateLimiting;

namespace Crm.Services.Conversion;

/// <summary>
/// How many conversions this process works on at once, of all tenants and of each. Some of each tenant wait for a place, first come first
/// served; the others are left to the worker. So a registry that is slow ties up neither the service nor, by the many leads of one tenant, the others.
/// </summary>
internal sealed class ConversionPlaces : IDisposable
{
    public const int All = 16;
    public const int OfOneTenant = 8;
    private const int WaitingOfOneTenant = 64;

    private readonly PartitionedRateLimiter<Guid> ofTenants = PartitionedRateLimiter.Create<Guid, Guid>(tenantId => RateLimitPartition.GetConcurrencyLimiter(tenantId, _ => Limit(OfOneTenant, WaitingOfOneTenant)));
    private readonly ConcurrencyLimiter ofAll = new(Limit(All, int.MaxValue)); // of each tenant no more wait than may work

    /// <summary>Waits for a place, to be given back by disposing of it; null where too many of the tenant are waiting.</summary>
    public async ValueTask<IDisposable?> TakeAsync(Guid tenantId, CancellationToken ct)
    {
        var first = await ofTenants.AcquireAsync(tenantId, 1, ct);
        try
        {
            if (first.IsAcquired) return new Place(first, await ofAll.AcquireAsync(1, ct));
        }
        catch
        {
            first.Dispose();
            throw;
        }

        first.Dispose();
        return null;
    }

    public void Dispose()
    {
        ofTenants.Dispose();
        ofAll.Dispose();
    }

    private static ConcurrencyLimiterOptions Limit(int permits, int waiting) => new() { PermitLimit = permits, QueueLimit = waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };

    private sealed class Place(RateLimitLease first, RateLimitLease second) : IDisposable
    {
        public void Dispose()
        {
            second.Dispose();
            first.Dispose();
        }
    }
}
