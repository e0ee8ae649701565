using Crm.Api.Hosting;
using Crm.Services.Conversion;

namespace Crm.Api.Conversion;

/// <summary>Takes up conversions that were left behind or are due again, every second.</summary>
internal sealed class ConversionWorker(ConversionRunner runner, ILogger<ConversionWorker> logger) : RecurringWorker("take up conversions", logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        // Where all were quick and some came to an end there may be more; where one is slow the others needn't wait for it.
        var all = Task.WhenAll(await runner.StartDueAsync(ct));
        return await Task.WhenAny(all, Task.Delay(Interval, ct)) == all && (await all).Contains(true) ? TimeSpan.Zero : Interval;
    }
}
