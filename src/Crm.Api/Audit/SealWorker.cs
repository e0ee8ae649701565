using Crm.Api.Hosting;
using Crm.Services.Audit;

namespace Crm.Api.Audit;

/// <summary>Seals events: soon after they were written in this process, and at least every second what others wrote.</summary>
internal sealed class SealWorker(Sealer sealer, ILogger<SealWorker> logger) : RecurringWorker("seal events", logger)
{
    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        await sealer.WaitAsync(ct);
        await sealer.SealAllAsync(ct);
        return TimeSpan.Zero;
    }
}
