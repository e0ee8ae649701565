using System.Diagnostics;
using System.Net;
using System.Threading.RateLimiting;
using Crm.Api.Edge;
using Crm.Contracts.Failures;

namespace Crm.Api.Auth;

/// <summary>
/// Keeps guessing slow: so many tries an address, fewer that fail, no more hashing at once than there are cores, and the same time for every failure,
/// whatever the reason. Of this process; what is counted for an account is in the database.
/// </summary>
internal sealed class Attempts : IDisposable
{
    /// <summary>Failures that an address may have at once, and how many come back each half minute.</summary>
    public const int Failures = 20;
    private const int FailuresReturned = 5;

    /// <summary>The same for tries that succeed: each costs as much work as a failure, and an office of many has one address.</summary>
    public const int Successes = 100;
    private const int SuccessesReturned = 50;

    private const int MostWaiting = 200;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(300);
    private static readonly string[] Guesses = [FailureCodes.SignInFailed, FailureCodes.SetUpCode, FailureCodes.InvitationInvalid, FailureCodes.InvalidGrant];

    private readonly PartitionedRateLimiter<IPAddress> failures = OfAddresses(Failures, FailuresReturned);
    private readonly PartitionedRateLimiter<IPAddress> successes = OfAddresses(Successes, SuccessesReturned);
    private readonly ConcurrencyLimiter hashing = new(new ConcurrencyLimiterOptions { PermitLimit = Environment.ProcessorCount, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <summary>Lets somebody try. A null, false or refusal as a guess gets counts as a failure.</summary>
    /// <exception cref="CrmException">429 for an address with too many tries, and while too many wait.</exception>
    public async Task<T> TryAsync<T>(HttpContext context, Func<Task<T>> attempt)
    {
        var started = Stopwatch.GetTimestamp();
        var address = ClientAddress.NetworkOf(context);
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
            else successes.AttemptAcquire(address).Dispose();
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
        if (failures.GetStatistics(address) is { CurrentAvailablePermits: < 1 } || successes.GetStatistics(address) is { CurrentAvailablePermits: < 1 }) throw TooMany();
    }

    public void Dispose()
    {
        failures.Dispose();
        successes.Dispose();
        hashing.Dispose();
    }

    private static PartitionedRateLimiter<IPAddress> OfAddresses(int atOnce, int returned) =>
        PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = atOnce,
            TokensPerPeriod = returned,
            ReplenishmentPeriod = Period,
            QueueLimit = 0,
        }));

    private static CrmException TooMany() => new(FailureKind.TooManyRequests, FailureCodes.RateLimited, "Too many have tried to sign in from this address. Wait half a minute, then try again.") { RetryAfter = Period };
}
