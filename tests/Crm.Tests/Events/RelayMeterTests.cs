using System.Diagnostics.Metrics;
using Crm.Services.Events;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

public sealed class RelayMeterTests
{
    [Theory, EachDatabase]
    public async Task Depth_lag_and_deliveries_can_be_measured_by_consumer(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        for (var i = 0; i < 3; i++) await user.MakeAsync("leads", new { lastName = $"Lovelace {i}" });
        await relay.SealAsync();

        var meter = relay.Host.Services.GetRequiredService<RelayMeter>();
        var scopes = relay.Host.Services.GetRequiredService<IServiceScopeFactory>();
        var seen = Measuring(relay, out var listener);
        using (listener)
        {
            await meter.LookAsync(scopes, TestContext.Current.CancellationToken);
            listener.RecordObservableInstruments();
            seen[("crm.log.depth", null)].ShouldBe(3);
            seen[("crm.log.lag", null)].ShouldBeGreaterThan(0);

            await relay.RelayAsync();
            await meter.LookAsync(scopes, TestContext.Current.CancellationToken);
            listener.RecordObservableInstruments();
        }

        seen[("crm.log.depth", null)].ShouldBe(0);
        seen[("crm.log.lag", null)].ShouldBe(0);
        seen[("crm.log.deliveries", "told")].ShouldBe(3);
        seen[("crm.log.delay", null)].ShouldBeGreaterThan(0);
    }

    /// <summary>What is measured of the test's own consumer: of counters the sum, of all else the last.</summary>
    private static Dictionary<(string Instrument, string? Outcome), double> Measuring(RelayHost relay, out MeterListener listener)
    {
        var own = relay.Host.Services.GetRequiredService<IMeterFactory>().Create(RelayMeter.Name);
        var seen = new Dictionary<(string, string?), double>();
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, listens) =>
            {
                if (instrument.Meter == own) listens.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        return seen;

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string? outcome = null;
            foreach (var (name, text) in tags)
            {
                if (name == "consumer" && text is not "fake") return;
                if (name == "outcome") outcome = (string?)text;
            }

            lock (seen) seen[(instrument.Name, outcome)] = instrument is Counter<long> ? seen.GetValueOrDefault((instrument.Name, outcome)) + value : value;
        }
    }
}
