using Crm.Services.Conversion;

namespace Crm.Api.Conversion;

/// <summary>At the stop waits for the conversions that are under way, so that none is left to the end of its lease.</summary>
internal sealed class ConversionDrain(ConversionRunner runner) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => runner.DrainAsync(cancellationToken);
}
