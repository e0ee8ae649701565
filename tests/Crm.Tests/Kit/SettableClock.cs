using Crm.Contracts.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Tests.Kit;

/// <summary>A clock that a test sets. It begins now, so that tokens are valid by the real one too, and stands still.</summary>
public sealed class SettableClock : TimeProvider
{
    private int waits;
    private DateTimeOffset now = InstantConverter.ToMicroseconds(System.GetUtcNow());

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    /// <summary>How often somebody began to wait by this clock.</summary>
    public int Waits => Volatile.Read(ref waits);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref waits);
        return base.CreateTimer(callback, state, dueTime, period);
    }

    public void Advance(TimeSpan time) => now += time;

    /// <summary>A service of its own whose time is this clock's.</summary>
    public async Task<CrmHost> StartHostAsync(Database database) =>
        await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton<TimeProvider>(this));
}
