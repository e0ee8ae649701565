using System.Threading.RateLimiting;
using Crm.Api.Auth;
using Crm.Api.Http;
using Crm.Contracts.Failures;

namespace Crm.Api.Edge;

/// <summary>How often tenants, users and addresses may ask. What isn't asked for a while is forgotten, so that memory is bounded by who asks.</summary>
internal sealed class RateLimits : IDisposable
{
    private const string Policy = "RateLimit-Policy";
    private const string Header = "RateLimit";

    private static readonly object StatesItem = new();
    private readonly Rate? ofAddress;
    private readonly PartitionedRateLimiter<Guid>? tenants;
    private readonly PartitionedRateLimiter<(Guid TenantId, string UserId)>? users;
    private readonly PartitionedRateLimiter<int>? addresses;
    private readonly string policy;

    public RateLimits(EdgeSettings settings, TimeProvider clock)
    {
        var (ofTenant, ofUser) = (Rate.PerMinute("tenant", settings.TenantPerMinute), Rate.PerMinute("user", settings.UserPerMinute));
        ofAddress = Rate.PerMinute("address", settings.FailuresPerMinute);
        tenants = Limiter<Guid>(ofTenant, clock);
        users = Limiter<(Guid, string)>(ofUser, clock);
        addresses = Limiter<int>(ofAddress, clock);
        policy = string.Join(", ", new[] { ofTenant, ofUser }.OfType<Rate>().Select(rate => rate.ToPolicy()));
    }

    /// <summary>Counts a request of a user for a tenant, or with the empty tenant one that named none that the user may act for.</summary>
    /// <returns>The limit that is used up; null where the request may go on.</returns>
    public BucketState? Take(HttpContext context, Guid tenantId, string userId)
    {
        // The user's own limit first: what it refuses doesn't count against the tenant's others.
        if (Take(context, users, (tenantId, userId)) is { } ofUser) return ofUser;
        return tenantId == Guid.Empty ? null : Take(context, tenants, tenantId);
    }

    /// <summary>The limit of failures that the address has used up; null where it may try.</summary>
    public BucketState? Exhausted(HttpContext context)
    {
        if (addresses is null) return null;
        using var lease = addresses.AttemptAcquire(ClientAddress.BucketOf(context), 0);
        return !lease.IsAcquired && lease.TryGetMetadata(Bucket.State, out var state) ? state : null;
    }

    /// <summary>Says on the answer, as it is sent, what the limits are and what is left of them. One that refused a token, or asked for one, counts against the address; a wrong password counts elsewhere.</summary>
    public void Announce(HttpContext context) => context.Response.OnStarting(
        static state =>
        {
            var (limits, context) = ((RateLimits, HttpContext))state;
            if (context.Response.StatusCode == StatusCodes.Status401Unauthorized && !Attempts.HasCounted(context)) Take(context, limits.addresses, ClientAddress.BucketOf(context));
            var states = context.Items[StatesItem] as List<BucketState> ?? [];
            var isAddress = states.Exists(state => state.Rate == limits.ofAddress);
            var said = isAddress ? limits.ofAddress!.ToPolicy() : states.Count > 0 || context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) ? limits.policy : "";
            if (said.Length > 0) context.Response.Headers[Policy] = said;
            if (states.Count > 0) context.Response.Headers[Header] = string.Join(", ", states);
            return Task.CompletedTask;
        },
        (this, context));

    public static Task RefuseAsync(HttpContext context, BucketState state)
    {
        var wait = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(state.RetryAfter.TotalSeconds)));
        Keep(context, state);
        var who = state.Rate.Name switch
        {
            "tenant" => "All users of this tenant together have",
            "user" => "You have",
            _ => "Requests without a valid token from this address have",
        };
        return Problems.WriteAsync(context, new CrmException(
            FailureKind.TooManyRequests, FailureCodes.RateLimited, $"{who} used up the limit \"{state.Rate.Name}\": {state.Rate.Quota} at once, and as many again in {Math.Ceiling(state.Rate.Window.TotalSeconds)} s. Nothing was changed; try again in {wait.TotalSeconds} s.")
        { RetryAfter = wait });
    }

    public void Dispose()
    {
        tenants?.Dispose();
        users?.Dispose();
        addresses?.Dispose();
    }

    private static BucketState? Take<TKey>(HttpContext context, PartitionedRateLimiter<TKey>? limiter, TKey key)
    {
        if (limiter is null) return null;
        using var lease = limiter.AttemptAcquire(key);
        if (!lease.TryGetMetadata(Bucket.State, out var state)) return null;
        if (lease.IsAcquired) Keep(context, state!);
        return lease.IsAcquired ? null : state;
    }

    private static void Keep(HttpContext context, BucketState state)
    {
        if (context.Items[StatesItem] is not List<BucketState> states) context.Items[StatesItem] = states = [];
        states.RemoveAll(other => other.Rate == state.Rate);
        states.Add(state);
    }

    private static PartitionedRateLimiter<TKey>? Limiter<TKey>(Rate? rate, TimeProvider clock) where TKey : notnull =>
        rate is null ? null : PartitionedRateLimiter.Create<TKey, TKey>(key => RateLimitPartition.Get(key, _ => new Bucket(rate, clock)));
}
