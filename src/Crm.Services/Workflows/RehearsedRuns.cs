using Crm.Contracts.Workflows;

namespace Crm.Services.Workflows;

/// <summary>The runs that there would have been.</summary>
/// <param name="from">From when on.</param>
/// <param name="until">Until when.</param>
/// <param name="time">By which clocks.</param>
internal sealed class RehearsedRuns(DateTimeOffset from, DateTimeOffset until, WorkflowTime time)
{
    private const int MostShown = 1000;

    private readonly List<RehearsedRunView> shown = [];
    private readonly Dictionary<Guid, List<DateTimeOffset>> begun = [];
    private int runs;

    public DateTimeOffset From => from;

    public DateTimeOffset Until => until;

    public WorkflowTime Time => time;

    /// <summary>How many events or records were looked at.</summary>
    public int Looked { get; set; }

    /// <summary>Whether that is all of them.</summary>
    public bool IsComplete { get; set; } = true;

    /// <summary>Whether the next is shown, and not only counted.</summary>
    public bool IsShown => shown.Count < MostShown;

    /// <summary>Whether there would have been one for a record.</summary>
    public bool Has(Guid record) => begun.ContainsKey(record);

    /// <summary>How many there would have been for a record within the budget's time.</summary>
    public int EarlierOf(Guid record, DateTimeOffset at) => begun.TryGetValue(record, out var times) ? times.Count(run => run > at - WorkflowBudget.Span && run <= at) : 0;

    /// <summary>Adds one that is shown.</summary>
    public void Add(RehearsedRunView run, Guid record)
    {
        shown.Add(run);
        Count(record, run.TriggeredAt);
    }

    /// <summary>Counts one.</summary>
    public void Count(Guid record, DateTimeOffset at)
    {
        runs++;
        if (!begun.TryGetValue(record, out var times)) begun[record] = times = [];
        times.Add(at);
    }

    public WorkflowRehearsalView ToView() => new() { From = from, Events = Looked, IsComplete = IsComplete, Runs = runs, Items = shown };
}
