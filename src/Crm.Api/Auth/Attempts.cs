using System.Diagnostics;
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

    /// <summary>The same for all tries: the right password costs as much work as a wrong one, but an office of many has one address.</summary>
    public const int Tries = 100;
    private const int TriesReturned = 50;

    private const int MostWaiting = 200;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(300);
    private static readonly object CountedItem = new();
    private static readonly string[] Guesses = [FailureCodes.SignInFailed, FailureCodes.SetUpCode, FailureCodes.InvitationInvalid];

    private readonly PartitionedRateLimiter<int> failures = OfAddresses(Failures, FailuresReturned);
    private readonly PartitionedRateLimiter<int> tries = OfAddresses(Tries, TriesReturned);
    private readonly ConcurrencyLimiter hashing = new(new ConcurrencyLimiterOptions { PermitLimit = Environment.ProcessorCount, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    /// <summary>Whether the request failed with a guess that is counted here, and so by nobody else.</summary>
    public static bool HasCounted(HttpContext context) => context.Items.ContainsKey(CountedItem);

    /// <summary>Lets somebody try. A null, false or refusal as a guess gets counts as a failure.</summary>
    /// <exception cref="CrmException">429 for an address with too many tries, and while too many wait.</exception>
    public async Task<T> TryAsync<T>(HttpContext context, Func<Task<T>> attempt)
    {
        var started = Stopwatch.GetTimestamp();
        var address = ClientAddress.BucketOf(context);
        try
        {
            T result;
            RefuseIfExhausted(address); // before it waits, and once it is its turn
            using (var turn = await hashing.AcquireAsync(1, context.RequestAborted))
            {
                if (!turn.IsAcquired) throw Crowded();
                RefuseIfExhausted(address);
                if (!tries.AttemptAcquire(address).IsAcquired) throw TooMany();
                started = Stopwatch.GetTimestamp(); // its own time, however long it waited
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
            context.Items[CountedItem] = true;
            var left = LeastTime - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero) await Task.Delay(left, context.RequestAborted);
        }
    }

    private void RefuseIfExhausted(int address)
    {
        if (failures.GetStatistics(address) is { CurrentAvailablePermits: < 1 } || tries.GetStatistics(address) is { CurrentAvailablePermits: < 1 }) throw TooMany();
    }

    public void Dispose()
    {
        failures.Dispose();
        tries.Dispose();
        hashing.Dispose();
    }

    private static PartitionedRateLimiter<int> OfAddresses(int atOnce, int returned) =>
        PartitionedRateLimiter.Create<int, int>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = atOnce,
            TokensPerPeriod = returned,
            ReplenishmentPeriod = Period,
            QueueLimit = 0,
        }));

    private static CrmException Crowded() => new(FailureKind.TooManyRequests, FailureCodes.RateLimited, "Very many are signing in at this moment, from wherever. Nothing was tried; try again in a few seconds.") { RetryAfter = TimeSpan.FromSeconds(5) };

    private static CrmException TooMany() => new(FailureKind.TooManyRequests, FailureCodes.RateLimited, "Too many have tried to sign in from this address. Wait half a minute, then try again.") { RetryAfter = Period };
}
