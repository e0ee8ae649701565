using Crm.Contracts.Failures;
using Crm.Services;
using Crm.Services.Notifications;

namespace Crm.Api.Notifications;

/// <summary>Deletes what is too old, every hour. Not at once: what starts has better things to do.</summary>
internal sealed partial class TidyWorker(NotificationTidier tidier, ILogger<TidyWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await tidier.TidyAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable }) LogAway(logger, e);
                else LogUnforeseen(logger, e);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to delete old notifications; they wait")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Deleting old notifications failed in a way that nobody foresaw; they wait")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}
