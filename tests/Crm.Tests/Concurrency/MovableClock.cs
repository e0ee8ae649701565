using Crm.Contracts.Json;

namespace Crm.Tests.Concurrency;

/// <summary>The time of day, moved forward by a test.</summary>
internal sealed class MovableClock : TimeProvider
{
    private TimeSpan ahead;

    public void Advance(TimeSpan by) => ahead += by;

    public override DateTimeOffset GetUtcNow() => InstantConverter.ToMicroseconds(base.GetUtcNow() + ahead);
}
