using Crm.Api.Hosting;
using Crm.Services.Alarms;

namespace Crm.Api.Alarms;

/// <summary>Looks every second for what has come by the passing of time.</summary>
internal sealed class AlarmWorker(AlarmClock alarms, ILogger<AlarmWorker> logger) : RecurringWorker("ring alarms", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await alarms.RingDueAsync(ct);
        return Interval;
    }
}
