using Crm.Contracts.Deals;
using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>What became of a deal at an instant, as the service told it then.</summary>
internal sealed record Entry(DateTimeOffset At, DealView Deal, bool IsDeleted)
{
    public bool IsOpen => !IsDeleted && Deal.ClosedAt is null;

    public decimal Amount => Deal.Value ?? 0;
}

/// <summary>That a rate was told, or withdrawn.</summary>
internal sealed record TellingOfRate(DateTimeOffset At, string From, string To, DateOnly Date, decimal? Rate);

/// <summary>What was so besides the deals, from an instant on.</summary>
/// <param name="Since">That instant.</param>
/// <param name="TimeZone">The tenant's.</param>
/// <param name="Currency">The tenant's own.</param>
/// <param name="Pipelines">The default one first.</param>
/// <param name="Sources">By lead.</param>
internal sealed record Circumstances(DateTimeOffset Since, string TimeZone, string Currency, List<PipelineView> Pipelines, Dictionary<Guid, string> Sources)
{
    private TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    /// <summary>The first instant of a day; where the clocks skip its midnight, that is the one that they skip it at.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, Zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    public PipelineView PipelineOf(DealView deal) => Pipelines.Single(pipeline => pipeline.Id == deal.PipelineId);

    public StageView StageOf(DealView deal) => PipelineOf(deal).Stages.Single(stage => stage.Key == deal.Stage);

    public string? SourceOf(DealView deal) => deal.LeadId is { } lead ? Sources[lead] : null;
}

/// <summary>A book of everything that happened in a tenant, in the order in which it did.</summary>
internal sealed class Ledger
{
    private readonly List<Entry> entries = [];
    private readonly List<Circumstances> circumstances = [];
    private readonly List<TellingOfRate> rates = [];

    /// <summary>When something happened, or could have.</summary>
    public List<DateTimeOffset> Instants { get; } = [];

    public void Note(Entry entry) => entries.Add(entry);

    public void Note(Circumstances since) => circumstances.Add(since);

    public void Note(TellingOfRate rate) => rates.Add(rate);

    /// <summary>What was told last, until an instant, of each pair and day.</summary>
    public List<TellingOfRate> RatesAt(DateTimeOffset at) => [.. rates.Where(rate => rate.At <= at).GroupBy(rate => (rate.From, rate.To, rate.Date)).Select(told => told.Last())];

    public Circumstances On(DateTimeOffset at) => circumstances.Last(one => one.Since <= at);

    /// <summary>For each deal that there was, deleted ones too, all that had happened to it until then.</summary>
    public List<List<Entry>> Stories(DateTimeOffset at)
    {
        var stories = new List<List<Entry>>();
        foreach (var entry in entries)
        {
            if (entry.At > at) continue;
            var story = stories.Find(one => one[0].Deal.Id == entry.Deal.Id);
            if (story is null) stories.Add([entry]);
            else story.Add(entry);
        }

        return stories;
    }
}
