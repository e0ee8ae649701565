using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Crm.Services.Analytics;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>How a service has answered those who asked for reports: <c>made</c> or <c>kept</c>, in their order.</summary>
internal sealed class ReportAnswers : IDisposable
{
    private readonly ConcurrentQueue<string> outcomes = new();
    private readonly MeterListener listener;

    public ReportAnswers(CrmHost host)
    {
        var own = host.Services.GetRequiredService<IMeterFactory>().Create(ReportMeter.Name);
        listener = new MeterListener
        {
            InstrumentPublished = (instrument, listens) =>
            {
                if (instrument.Meter == own) listens.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => outcomes.Enqueue((string)tags.ToArray().Single(tag => tag.Key == "outcome").Value!));
        listener.Start();
    }

    public IReadOnlyCollection<string> All => outcomes;

    /// <summary>The one that nobody has taken yet.</summary>
    public string Take()
    {
        outcomes.TryDequeue(out var outcome).ShouldBeTrue("no report was asked for");
        outcomes.ShouldBeEmpty();
        return outcome!;
    }

    public void Clear() => outcomes.Clear();

    public void Dispose() => listener.Dispose();
}
