using Crm.Contracts.Failures;
using Crm.Services;
using Crm.Services.Conversion;

namespace Crm.Api.Conversion;

/// <summary>Takes up conversions that were left behind or are due again, every second.</summary>
internal sealed partial class ConversionWorker(ConversionRunner runner, ILogger<ConversionWorker> logger) : BackgroundService
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
                // Where all were quick and some came to an end there may be more; where one is slow the others needn't wait for it.
                var all = Task.WhenAll(await runner.StartDueAsync(stoppingToken));
                if (await Task.WhenAny(all, Task.Delay(Interval, stoppingToken)) == all && (await all).Contains(true)) pause = TimeSpan.Zero;
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

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to take up conversions; they wait")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Taking up conversions failed in a way that nobody foresaw; they wait")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}
