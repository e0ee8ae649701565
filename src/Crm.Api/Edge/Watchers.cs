using System.Threading.RateLimiting;
using Crm.Contracts.Failures;

namespace Crm.Api.Edge;

/// <summary>How many watch the log at once by live streams and waiting feeds: these take no turn of their tenant, as they have nothing done, but a connection and some memory each.</summary>
internal sealed class Watchers(EdgeSettings settings) : IDisposable
{
    private readonly PartitionedRateLimiter<(Guid TenantId, string UserId)>? users = Limiter<(Guid, string)>(settings.UserWatching);
    private readonly PartitionedRateLimiter<Guid>? tenants = Limiter<Guid>(settings.TenantWatching);

    /// <summary>A place to watch from, to be given back by disposing of it.</summary>
    /// <exception cref="CrmException">429 where there is none.</exception>
    public IDisposable Enter(Guid tenantId, string userId)
    {
        var place = new Place();
        if (place.Keep(users?.AttemptAcquire((tenantId, userId))) && place.Keep(tenants?.AttemptAcquire(tenantId))) return place;
        place.Dispose();
        throw new CrmException(FailureKind.TooManyRequests, FailureCodes.RateLimited, $"A user may have {settings.UserWatching} live streams and waiting feeds at once, and a tenant {settings.TenantWatching}; so many are open. Close some, and try again.")
        { RetryAfter = TimeSpan.FromSeconds(5) };
    }

    public void Dispose()
    {
        users?.Dispose();
        tenants?.Dispose();
    }

    private static PartitionedRateLimiter<TKey>? Limiter<TKey>(int most) where TKey : notnull =>
        most == 0 ? null : PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 }));

    private sealed class Place : IDisposable
    {
        private readonly Stack<RateLimitLease> leases = new(2);

        public bool Keep(RateLimitLease? lease)
        {
            if (lease is null) return true;
            leases.Push(lease);
            return lease.IsAcquired;
        }

        public void Dispose()
        {
            while (leases.TryPop(out var lease)) lease.Dispose();
        }
    }
}
