using Crm.Api.Hosting;
using Crm.Services.Dashboards;
using Crm.Services.Notifications;

namespace Crm.Api.Dashboards;

/// <summary>Sends the deliveries that go by e-mail, every five seconds; while the mail server is away, every minute.</summary>
internal sealed partial class DashboardMailWorker(DashboardMailer mailer, ILogger<DashboardMailWorker> logger) : RecurringWorker("send dashboards", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly ILogger logger = logger;

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        try
        {
            return await mailer.SendDueAsync(ct) > 0 ? TimeSpan.Zero : Interval; // there may be more
        }
        catch (MailServerAwayException e)
        {
            LogServerAway(logger, e);
            return Rest;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The mail server can't be reached, or lets nobody in; dashboards wait, and count no try")]
    private static partial void LogServerAway(ILogger logger, Exception exception);
}
