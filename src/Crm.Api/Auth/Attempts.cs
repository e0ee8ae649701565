using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Crm.Contracts.Failures;

namespace Crm.Api.Auth;

/// <summary>
/// Keeps guessing slow: so many failures an address, no more hashing at once than there are cores, and the same time for every failure,
/// whatever the reason. Of this process; what is counted for an account is in the database.
/// </summary>
internal sealed class Attempts : IDisposable
{
    /// <summary>Failures that an address may have at once, and how many come back each half minute.</summary>
    public const int Failures = 20;
    private const int Returned = 5;
    private const int MostWaiting = 200;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(300);
    private static readonly string[] Guesses = [FailureCodes.SignInFailed, FailureCodes.SetUpCode, FailureCodes.InvitationInvalid, FailureCodes.InvalidGrant];

    private readonly PartitionedRateLimiter<IPAddress> failures = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = Failures,
        TokensPerPeriod = Returned,
        ReplenishmentPeriod = Period,
        QueueLimit = 0,
    }));

    private readonly ConcurrencyLimiter hashing = new(new ConcurrencyLimiterOptions { PermitLimit = Environment.ProcessorCount, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <summary>Lets somebody try. A null, false or refusal as a guess gets counts as a failure.</summary>
    /// <exception cref="CrmException">429 for an address with too many failures, and while too many wait.</exception>
    public async Task<T> TryAsync<T>(HttpContext context, Func<Task<T>> attempt)
    {
        var started = Stopwatch.GetTimestamp();
        var address = PartOf(context.Connection.RemoteIpAddress);
        try
        {
            T result;
            RefuseIfExhausted(address); // before it waits, and once it is its turn
            using (var turn = await hashing.AcquireAsync(1, context.RequestAborted))
            {
                if (!turn.IsAcquired) throw TooMany();
                RefuseIfExhausted(address);
                result = await attempt();
            }

            if (result is null or false) await FailedAsync();
            return result;
        }
        catch (CrmException e) when (Guesses.Contains(e.Code, StringComparer.Ordinal))
        {
            await FailedAsync();
            throw;
        }

        async Task FailedAsync()
        {
            failures.AttemptAcquire(address).Dispose();
            var left = LeastTime - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero) await Task.Delay(left, context.RequestAborted);
        }
    }

    private void RefuseIfExhausted(IPAddress address)
    {
        if (failures.GetStatistics(address) is { CurrentAvailablePermits: < 1 }) throw TooMany();
    }

    public void Dispose()
    {
        failures.Dispose();
        hashing.Dispose();
    }

    /// <summary>The address; of IPv6 the network of 64 bits, all of which one customer has.</summary>
    private static IPAddress PartOf(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static CrmException TooMany() => new(FailureKind.TooManyRequests, FailureCodes.RateLimited, "Too many tries from this address have failed. Wait half a minute, then try again.") { RetryAfter = Period };
}
