namespace Crm.Tests.Edge;

/// <summary>A clock whose passing time is a test's own; the time of day is the real one, by which tokens are valid.</summary>
internal sealed class SteadyClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Advance(double seconds) => Interlocked.Add(ref ticks, TimeSpan.FromSeconds(seconds).Ticks);
}
