using Crm.Contracts.Failures;
using Crm.Database.Events;
using Microsoft.Extensions.Logging;

namespace Crm.Services.Events;

/// <summary>Keeps the instances over one database in touch, so that each hears at once of what others write and seal. Without it everybody looks each second.</summary>
public sealed partial class Instances(LogLink link, ILogger<Instances> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Runs until it is stopped, or where there is nobody to be in touch with.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (link.IsPossible && !ct.IsCancellationRequested)
        {
            try
            {
                if (await link.RunAsync(ct)) continue;
                LogPooled(logger);
                return;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (ServicesRegistration.Translate(e) is { Kind: FailureKind.Unavailable }) LogAway(logger, e);
                else LogUnforeseen(logger, e);
                await Task.Delay(Patience, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "A pool of transactions stands before the database, through which instances can't wake each other: they look for new events every second")]
    private static partial void LogPooled(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to hear of other instances' events; they are looked for every second")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Hearing of other instances' events failed in a way that nobody foresaw; they are looked for every second")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}
