using Crm.Contracts.Failures;
using Crm.Services;
using Crm.Services.Events;

namespace Crm.Api.Events;

/// <summary>Tells the consumers of the event log in the background: as soon as something is sealed, and at least every second what was left behind or is due again.</summary>
internal sealed partial class RelayWorker(Relay relay, RelayMeter meter, IServiceScopeFactory scopes, TimeProvider clock, ILogger<RelayWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How far behind the consumers are is looked at this often.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await relay.DrainAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var looked = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await relay.StepAsync(stoppingToken);
                if (clock.GetElapsedTime(looked) < BetweenLooks) continue;
                looked = clock.GetTimestamp();
                await meter.LookAsync(scopes, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // What isn't told waits in the log; nobody's request waits for it.
                if (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable }) LogAway(logger, e);
                else LogUnforeseen(logger, e);
                await Task.Delay(Patience, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to tell of events; they wait")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Telling of events failed in a way that nobody foresaw; they wait")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}

/// <summary>Keeps this instance in touch with the others, whether or not it does background work: who watches its live streams hears of what others write.</summary>
internal sealed class InstancesWorker(Instances instances) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => instances.RunAsync(stoppingToken);
}
