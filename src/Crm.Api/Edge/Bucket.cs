using System.Globalization;
using System.Threading.RateLimiting;

namespace Crm.Api.Edge;

/// <summary>A rate as a bucket keeps it: so many at once, and as many again in so many seconds.</summary>
/// <param name="Name">What it limits, as its answers call it.</param>
/// <param name="Quota">How many a full bucket holds.</param>
/// <param name="Window">How long an empty bucket takes to be full again.</param>
internal sealed record Rate(string Name, int Quota, TimeSpan Window)
{
    private const int BurstsPerMinute = 6;

    /// <summary>A rate a minute, of which ten seconds' worth may come at once; null for no limit.</summary>
    public static Rate? PerMinute(string name, int perMinute)
    {
        if (perMinute == 0) return null;
        var quota = Math.Max(1, perMinute / BurstsPerMinute);
        return new Rate(name, quota, TimeSpan.FromMinutes((double)quota / perMinute));
    }

    public string ToPolicy() => string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";q={Quota};w={Math.Ceiling(Window.TotalSeconds)}");
}

/// <summary>
/// A token bucket that tells what is left and when there is more, by the clock that the service goes by. The framework's own tells
/// neither what is left after a request nor a truthful time to come back.
/// </summary>
internal sealed class Bucket(Rate rate, TimeProvider clock) : RateLimiter
{
    public static readonly MetadataName<BucketState> State = MetadataName.Create<BucketState>("state");

    private readonly Lock door = new();
    private double tokens = rate.Quota;
    private long filledAt = clock.GetTimestamp();

    /// <summary>Since when it is full, so that it may be forgotten.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (door)
            {
                var idle = clock.GetElapsedTime(filledAt) - TimeToHave(rate.Quota);
                return idle >= TimeSpan.Zero ? idle : null;
            }
        }
    }

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (door)
        {
            Fill();
            var isAcquired = tokens >= Math.Max(1, permitCount);
            if (isAcquired) tokens -= permitCount;
            return new Lease(isAcquired, new BucketState(rate, (int)tokens, TimeToHave(rate.Quota), isAcquired ? TimeSpan.Zero : TimeToHave(Math.Max(1, permitCount))));
        }
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    private void Fill()
    {
        var now = clock.GetTimestamp();
        tokens = Math.Min(rate.Quota, tokens + (rate.Quota * Math.Max(0, clock.GetElapsedTime(filledAt, now) / rate.Window)));
        filledAt = now;
    }

    private TimeSpan TimeToHave(int count) => tokens >= count ? TimeSpan.Zero : rate.Window * ((count - tokens) / rate.Quota);

    private sealed class Lease(bool isAcquired, BucketState state) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => [State.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == State.Name ? state : null;
            return metadata is not null;
        }
    }
}

/// <summary>How a bucket stands after a request.</summary>
/// <param name="Rate">The rate that it keeps.</param>
/// <param name="Remaining">How many more it would let pass now.</param>
/// <param name="Reset">When it is full again.</param>
/// <param name="RetryAfter">When it would let the refused request pass.</param>
internal sealed record BucketState(Rate Rate, int Remaining, TimeSpan Reset, TimeSpan RetryAfter)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"\"{Rate.Name}\";r={Remaining};t={Math.Ceiling(Reset.TotalSeconds)}");
}
