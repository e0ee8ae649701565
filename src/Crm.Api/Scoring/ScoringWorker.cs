using Crm.Api.Hosting;
using Crm.Services.Scoring;

namespace Crm.Api.Scoring;

/// <summary>Looks every five seconds for leads to score that nobody did anything to.</summary>
internal sealed class ScoringWorker(ScoringPass pass, ILogger<ScoringWorker> logger) : RecurringWorker("score leads", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await pass.RunDueAsync(ct);
        return Interval;
    }
}
