using Crm.Contracts.Failures;
using Crm.Services;
using Crm.Services.Alarms;

namespace Crm.Api.Alarms;

/// <summary>Looks every second for what has come by the passing of time.</summary>
internal sealed partial class AlarmWorker(AlarmClock alarms, ILogger<AlarmWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Interval;
            try
            {
                await alarms.RingDueAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable }) LogAway(logger, e);
                else LogUnforeseen(logger, e);
                pause = Patience;
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to ring alarms; they wait")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Ringing alarms failed in a way that nobody foresaw; they wait")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}
