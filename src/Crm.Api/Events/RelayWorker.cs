using Crm.Api.Hosting;
using Crm.Services.Events;

namespace Crm.Api.Events;

/// <summary>Tells the consumers of the event log: as soon as something is sealed, and at least every second what was left behind or is due again.</summary>
internal sealed class RelayWorker(Relay relay, RelayMeter meter, IServiceScopeFactory scopes, TimeProvider clock, ILogger<RelayWorker> logger) : RecurringWorker("tell of events", logger)
{
    /// <summary>How far behind the consumers are is looked at this often.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private long looked = clock.GetTimestamp();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await relay.DrainAsync(cancellationToken);
    }

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await relay.StepAsync(ct);
        if (clock.GetElapsedTime(looked) >= BetweenLooks)
        {
            looked = clock.GetTimestamp();
            await meter.LookAsync(scopes, ct);
        }

        return TimeSpan.Zero;
    }
}

/// <summary>Keeps this instance in touch with the others, whether or not it does background work: who watches its live streams hears of what others write.</summary>
internal sealed class InstancesWorker(Instances instances) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => instances.RunAsync(stoppingToken);
}
