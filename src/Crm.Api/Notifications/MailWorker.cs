using Crm.Contracts.Failures;
using Crm.Services;
using Crm.Services.Notifications;

namespace Crm.Api.Notifications;

/// <summary>Sends mails that are due, every second; while the mail server is away, less and less often.</summary>
internal sealed partial class MailWorker(NotificationMailer mailer, ILogger<MailWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!mailer.IsOn) return;
        var patience = Patience;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Interval;
            try
            {
                if (await mailer.SendDueAsync(stoppingToken) > 0) pause = TimeSpan.Zero; // there may be more
                patience = Patience;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (MailServerAwayException e)
            {
                LogServerAway(logger, e);
                pause = patience;
                patience = patience * 2 < LongestPatience ? patience * 2 : LongestPatience;
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

    [LoggerMessage(LogLevel.Warning, "The mail server can't be reached, or lets nobody in; mails wait, and count no try")]
    private static partial void LogServerAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The database can't be reached to send mails; they wait")]
    private static partial void LogAway(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "Sending mails failed in a way that nobody foresaw; they wait")]
    private static partial void LogUnforeseen(ILogger logger, Exception exception);
}
