using Crm.Services.Conversion;
using Crm.Tests.Hosting;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;

namespace Crm.Tests.Events;

/// <summary>The program as it may be run: a process that serves and does no background work, and workers, of which one is killed now and then.</summary>
internal sealed class RelayFleet : IAsyncDisposable
{
    private const int Workers = 2;
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(2);

    private readonly CrmHost window;
    private readonly Uri broker;
    private readonly CrmProcess serving;
    private readonly CrmProcess[] workers;

    private RelayFleet(CrmHost window, Uri broker)
    {
        (this.window, this.broker) = (window, broker);
        serving = Start([], ("Worker__Enabled", "false"));
        workers = [.. Enumerable.Range(0, Workers).Select(_ => Start(["worker"]))];
    }

    /// <summary>Where it serves.</summary>
    public Uri Address { get; private set; } = null!;

    public int Kills { get; private set; }

    /// <param name="window">The service in this process over the same database, which does no work of its own.</param>
    /// <param name="broker">Where events are published.</param>
    public static async Task<RelayFleet> StartAsync(CrmHost window, Uri broker)
    {
        var fleet = new RelayFleet(window, broker);
        fleet.Address = await fleet.serving.ListeningAsync();
        return fleet;
    }

    /// <summary>Kills a worker and starts another in its place, one after the other, every two seconds until it is told to stop.</summary>
    public async Task KillAsync(CancellationToken until)
    {
        while (true)
        {
            await Task.Delay(BetweenKills, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (until.IsCancellationRequested) return;
            var next = Kills % Workers;
            workers[next].Kill();
            await workers[next].DisposeAsync();
            workers[next] = Start(["worker"]);
            Kills++;
        }
    }

    /// <summary>How many events of records weren't published yet, of tenants that are known to have made some.</summary>
    public async Task<long> BehindAsync(IEnumerable<Guid> tenants)
    {
        var behind = 0L;
        foreach (var tenantId in tenants)
        {
            behind += await window.QueryAsync(tenantId, async db =>
                await db.UnsealedEvents.CountAsync() + await db.LogConsumers.Where(c => c.Name == RabbitHost.Consumer).SumAsync(c => c.Target - c.Position) + await db.HeldDeliveries.CountAsync());
        }

        return behind;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers) await worker.DisposeAsync();
        await serving.DisposeAsync();
    }

    private CrmProcess Start(string[] verb, params (string Name, string Value)[] settings) => Start(window, broker, verb, settings);

    /// <summary>The program over a window's database and before a broker.</summary>
    public static CrmProcess Start(CrmHost window, Uri broker, string[] verb, params (string Name, string Value)[] settings) => CrmProcess.Start(
        verb,
        SettingTests.With([("ConnectionStrings__Crm", window.ConnectionString), ("RabbitMq__Uri", broker.AbsoluteUri), ("DOTNET_ENVIRONMENT", "Testing"), ("DOTNET_TieredPGO", "0"), .. settings]));

    /// <summary>The place between publishing and storing that.</summary>
    public static (string Name, string Value) KilledOncePublished => ("Testing__CrashAt", CrashPoints.Published);
}
