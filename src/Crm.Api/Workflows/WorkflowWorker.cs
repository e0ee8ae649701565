using Crm.Api.Hosting;
using Crm.Services.Workflows;

namespace Crm.Api.Workflows;

/// <summary>Goes on with workflows' runs: at once with those that this process begins, and every second with what has waited long enough, or others began.</summary>
internal sealed class WorkflowWorker(WorkflowRunner runner, WorkflowSignal signal, ILogger<WorkflowWorker> logger) : RecurringWorker("run workflows", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await signal.WaitAsync(Interval, ct);
        await runner.RunDueAsync(ct);
        return TimeSpan.Zero;
    }
}

/// <summary>Begins every second the runs that the clock begins.</summary>
internal sealed class WorkflowClockWorker(WorkflowClock clock, ILogger<WorkflowClockWorker> logger) : RecurringWorker("look at the clock for workflows", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await clock.LookAsync(ct);
        return Interval;
    }
}

/// <summary>Calls every second the webhooks that workflows call.</summary>
internal sealed class WorkflowCallWorker(WorkflowRunner runner, ILogger<WorkflowCallWorker> logger) : RecurringWorker("call webhooks for workflows", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await runner.CallDueAsync(ct);
        return Interval;
    }
}
