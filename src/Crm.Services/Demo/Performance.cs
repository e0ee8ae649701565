using Crm.Services.Activities;
using Crm.Services.Deals;
using Crm.Services.Leads;
using Crm.Services.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Demo;

/// <summary>Carries the plan out.</summary>
internal sealed class Performance(IServiceProvider services, Actors actors, Action<string> say)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(IReadOnlyList<Step> steps, CancellationToken ct)
    {
        var desk = new Desk(
            services.GetRequiredService<LeadService>(),
            services.GetRequiredService<DealService>(),
            services.GetRequiredService<TaskService>(),
            services.GetRequiredService<ActivityService>(),
            ActivatorUtilities.CreateInstance<DemoConversions>(services),
            ct);
        var said = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < steps.Count; i++)
        {
            actors.Enter(steps[i].By, steps[i].At);
            await steps[i].Act(desk);
            if (TimeProvider.System.GetElapsedTime(said) < Interval) continue;
            said = TimeProvider.System.GetTimestamp();
            say($"Writing sample data: {100 * (i + 1) / steps.Count} %");
        }
    }
}
