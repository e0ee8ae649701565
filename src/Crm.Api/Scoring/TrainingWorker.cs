using Crm.Api.Hosting;
using Crm.Services.Scoring;

namespace Crm.Api.Scoring;

/// <summary>Looks every minute for tenants that are to learn anew from what became of their leads.</summary>
internal sealed class TrainingWorker(ModelTrainer trainer, ILogger<TrainingWorker> logger) : RecurringWorker("learn from outcomes", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await trainer.RunDueAsync(ct);
        return Interval;
    }
}
