using Crm.Api.Hosting;
using Crm.Services.Notifications;

namespace Crm.Api.Notifications;

/// <summary>Sends mails that are due, every second; while the mail server is away, less and less often.</summary>
internal sealed partial class MailWorker(NotificationMailer mailer, ILogger<MailWorker> logger) : RecurringWorker("send mails", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(2);

    private readonly ILogger logger = logger;
    private TimeSpan rest = ShortestRest;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => mailer.IsOn ? base.ExecuteAsync(stoppingToken) : Task.CompletedTask;

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        try
        {
            var sent = await mailer.SendDueAsync(ct);
            rest = ShortestRest;
            return sent > 0 ? TimeSpan.Zero : Interval; // there may be more
        }
        catch (MailServerAwayException e)
        {
            LogServerAway(logger, e);
            var pause = rest;
            rest = rest * 2 < LongestRest ? rest * 2 : LongestRest;
            return pause;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The mail server can't be reached, or lets nobody in; mails wait, and count no try")]
    private static partial void LogServerAway(ILogger logger, Exception exception);
}
