using Crm.Contracts.Failures;
using Crm.Services;

namespace Crm.Api.Hosting;

/// <summary>Background work that is done again and again. What fails is logged and tried again after a while: what wasn't done waits where it is, and nobody's request waits for it.</summary>
/// <param name="work">What is done, for the log, such as <c>seal events</c>.</param>
/// <param name="logger">Hears of what fails.</param>
internal abstract partial class RecurringWorker(string work, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Does what there is to do.</summary>
    /// <returns>How long to wait until it is looked again.</returns>
    protected abstract Task<TimeSpan> StepAsync(CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                pause = await StepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable }) LogAway(logger, e, work);
                else LogUnforeseen(logger, e, work);
                pause = Patience;
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to {Work}; it is tried again")]
    private static partial void LogAway(ILogger logger, Exception exception, string work);

    [LoggerMessage(LogLevel.Error, "Trying to {Work} failed in a way that nobody foresaw; it is tried again")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception, string work);
}
