using Crm.Api.Hosting;
using Crm.Services.Routing;

namespace Crm.Api.Routing;

/// <summary>Looks every second for leads that have waited long enough.</summary>
internal sealed class RoutingWorker(RoutingClock routing, ILogger<RoutingWorker> logger) : RecurringWorker("route leads", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await routing.ReviewDueAsync(ct);
        return Interval;
    }
}
