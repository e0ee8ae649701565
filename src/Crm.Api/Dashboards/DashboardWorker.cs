using Crm.Api.Hosting;
using Crm.Services.Dashboards;

namespace Crm.Api.Dashboards;

/// <summary>Begins the deliveries that are due, every five seconds.</summary>
internal sealed class DashboardWorker(DashboardScheduler scheduler, ILogger<DashboardWorker> logger) : RecurringWorker("deliver dashboards", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct) => await scheduler.RunDueAsync(ct) > 0 ? TimeSpan.Zero : Interval; // there may be more
}
