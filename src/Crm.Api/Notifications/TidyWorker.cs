using Crm.Api.Hosting;
using Crm.Services.Dashboards;
using Crm.Services.Notifications;
using Crm.Services.Workflows;

namespace Crm.Api.Notifications;

/// <summary>Deletes what is too old, every hour. Not at once: what starts has better things to do.</summary>
internal sealed class TidyWorker(NotificationTidier notifications, DashboardTidier dashboards, WorkflowTidier workflows, ILogger<TidyWorker> logger) : RecurringWorker("delete what is old", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await Task.Delay(Interval, ct);
        await notifications.TidyAsync(ct);
        await dashboards.TidyAsync(ct);
        await workflows.TidyAsync(ct);
        return TimeSpan.Zero;
    }
}
