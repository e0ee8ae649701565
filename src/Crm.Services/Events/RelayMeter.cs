using System.Diagnostics.Metrics;
using Crm.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Events;

/// <summary>
/// What can be measured of the relay, by the names of <c>crm.log.*</c>, for each kind of consumer: how many events it is behind by (<c>depth</c>), for how many
/// seconds the oldest has waited (<c>lag</c>), what came of those told (<c>deliveries</c>), and how many seconds after it happened each was told (<c>delay</c>).
/// </summary>
public sealed class RelayMeter : IDisposable
{
    public const string Name = "Crm.Events";

    private readonly Meter meter;
    private readonly Counter<long> deliveries;
    private readonly Histogram<double> delay;
    private readonly TimeProvider clock;
    private readonly IReadOnlyList<string> kinds;
    private volatile IReadOnlyList<LogDepth> depths = [];

    public RelayMeter(IMeterFactory meters, TimeProvider clock, IEnumerable<IEventConsumer> consumers)
    {
        (meter, this.clock, kinds) = (meters.Create(Name), clock, [.. consumers.Select(consumer => consumer.Kind)]);
        deliveries = meter.CreateCounter<long>("crm.log.deliveries", "{event}", "Events told to a consumer, by what came of it.");
        delay = meter.CreateHistogram<double>("crm.log.delay", "s", "From the change to its being told to a consumer.");
        meter.CreateObservableGauge("crm.log.depth", () => Each(depth => depth?.Depth ?? 0), "{event}", "Events that a kind of consumer hasn't been told of.");
        meter.CreateObservableGauge("crm.log.lag", () => Each(depth => depth?.Since is { } since ? Math.Max(0, (this.clock.GetUtcNow() - since).TotalSeconds) : 0), "s", "How long the oldest of them has waited.");
    }

    /// <summary>Looks how far the consumers are behind; until the next look the gauges tell that.</summary>
    public async Task LookAsync(IServiceScopeFactory scopes, CancellationToken ct)
    {
        await using var work = scopes.CreateAsyncScope();
        depths = await work.ServiceProvider.GetRequiredService<CrmDbContext>().LogDepths().ToListAsync(ct);
    }

    public void Dispose() => meter.Dispose();

    internal void Told(string kind, IReadOnlyList<LogEntry> wave, IReadOnlyList<Delivery> results)
    {
        var now = clock.GetUtcNow();
        for (var i = 0; i < wave.Count; i++)
        {
            var told = results[i] is Delivery.Done;
            deliveries.Add(1, new KeyValuePair<string, object?>("consumer", kind), new KeyValuePair<string, object?>("outcome", told ? "told" : "refused"));
            if (told) delay.Record(Math.Max(0, (now - wave[i].Time).TotalSeconds), new KeyValuePair<string, object?>("consumer", kind));
        }
    }

    private IEnumerable<Measurement<T>> Each<T>(Func<LogDepth?, T> value) where T : struct =>
        kinds.Select(kind => new Measurement<T>(value(depths.FirstOrDefault(depth => depth.Kind == kind)), new KeyValuePair<string, object?>("consumer", kind)));
}
