using Crm.Contracts.Failures;
using Crm.Services;
using Crm.Services.Audit;

namespace Crm.Api.Audit;

/// <summary>Seals events in the background: soon after they were written in this process, and at least every second what others wrote.</summary>
internal sealed partial class SealWorker(Sealer sealer, ILogger<SealWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await sealer.WaitAsync(stoppingToken);
                await sealer.SealAllAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // What isn't sealed waits in its queue; nobody's request waits for it.
                if (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable }) LogAway(logger, e);
                else LogUnforeseen(logger, e);
                await Task.Delay(Patience, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to seal events; they wait")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Sealing events failed in a way that nobody foresaw; they wait")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}
