using System.Threading.RateLimiting;

namespace Crm.Api.Edge;

/// <summary>
/// How many requests of a tenant are worked on at once; more wait, first come first served within the tenant. So one tenant's flood
/// takes neither all connections to the database nor all threads from the others; nor do one user's slow requests take the last turn, or
/// all places to wait, from the colleagues.
/// </summary>
internal sealed class Turns(EdgeSettings settings) : IDisposable
{
    private static readonly object TurnItem = new();

    private readonly PartitionedRateLimiter<(Guid TenantId, string UserId)>? users = Limiter<(Guid, string)>(settings, Math.Max(1, settings.TenantAtOnce - 1), (settings.TenantQueue + 1) / 2);
    private readonly PartitionedRateLimiter<Guid>? tenants = Limiter<Guid>(settings, settings.TenantAtOnce, settings.TenantQueue);

    /// <summary>For those who don't get a turn at once, whichever they wait for.</summary>
    private readonly PartitionedRateLimiter<Guid>? places = settings.TenantQueue == 0 ? null : Limiter<Guid>(settings, settings.TenantQueue, 0);

    public int AtOnce => settings.TenantAtOnce;

    public int Queue => settings.TenantQueue;

    /// <summary>Waits for a turn, to be given back by disposing of it; null where too many are waiting.</summary>
    public async ValueTask<Turn?> TakeAsync(Guid tenantId, string userId, CancellationToken ct)
    {
        var turn = new Turn();
        if (users is null || tenants is null) return turn;
        RateLimitLease? place = null;
        try
        {
            // The user's own before the tenant's: who waits for it keeps no colleague waiting.
            if (await StepAsync(users, (tenantId, userId)) && await StepAsync(tenants, tenantId)) return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
        finally
        {
            place?.Dispose();
        }

        turn.Dispose();
        return null;

        async ValueTask<bool> StepAsync<TKey>(PartitionedRateLimiter<TKey> limiter, TKey key)
        {
            if (turn.Keep(limiter.AttemptAcquire(key))) return true;
            place ??= places?.AttemptAcquire(tenantId);
            return place is { IsAcquired: true } && turn.Keep(await limiter.AcquireAsync(key, 1, ct));
        }
    }

    /// <summary>Gives the turn of a request back before its end, where it goes on to wait for something else than this service.</summary>
    public static void GiveBack(HttpContext context) => (context.Items[TurnItem] as Turn)?.Dispose();

    /// <summary>Keeps the turn with its request.</summary>
    public static void Keep(HttpContext context, Turn turn) => context.Items[TurnItem] = turn;

    public void Dispose()
    {
        places?.Dispose();
        users?.Dispose();
        tenants?.Dispose();
    }

    private static PartitionedRateLimiter<TKey>? Limiter<TKey>(EdgeSettings settings, int atOnce, int queue) where TKey : notnull =>
        settings.TenantAtOnce == 0 ? null : PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = atOnce,
            QueueLimit = queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    internal sealed class Turn : IDisposable
    {
        private readonly Stack<RateLimitLease> leases = new(2);

        public bool Keep(RateLimitLease lease)
        {
            leases.Push(lease);
            return lease.IsAcquired;
        }

        public void Dispose()
        {
            while (leases.TryPop(out var lease)) lease.Dispose();
        }
    }
}
