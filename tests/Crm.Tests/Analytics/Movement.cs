namespace Crm.Tests.Analytics;

/// <summary>How the open value came to change between two instants, operation by operation.</summary>
internal sealed class Movement(DateTimeOffset begin, DateTimeOffset end)
{
    private readonly Dictionary<string, Sums> figures = MovementFigures.All.ToDictionary(figure => figure.Name, _ => new Sums(), StringComparer.Ordinal);

    public Sums this[string figure] => figures[figure];

    /// <summary>Those that any value was in, also one that came and went.</summary>
    public Sums Touched { get; } = new();

    public void Count(List<Entry> story)
    {
        AddOpen("opening", story.FindLast(entry => entry.At < begin));
        AddOpen("closing", story.FindLast(entry => entry.At < end));

        var changes = new Sums();
        for (var i = 0; i < story.Count; i++)
        {
            if (story[i].At >= begin && story[i].At < end) Move(i == 0 ? null : story[i - 1], story[i], changes);
        }

        foreach (var currency in changes.Currencies)
        {
            Touched.Add(currency, 0);
            if (changes[currency] > 0) figures["increased"].Add(currency, changes[currency]);
            else figures["decreased"].Add(currency, -changes[currency]);
        }
    }

    private void Move(Entry? before, Entry after, Sums changes)
    {
        if (before is not { IsOpen: true })
        {
            if (after.IsOpen) Add(before is null ? "created" : before.IsDeleted ? "restored" : "reopened", after);
            return;
        }

        changes.Add(before.Deal.Currency, -before.Amount).Add(after.Deal.Currency, after.Amount);
        if (!after.IsOpen) Add(after.IsDeleted ? "deleted" : after.Deal.LostReason is null ? "won" : "lost", after);
    }

    private void AddOpen(string figure, Entry? entry)
    {
        if (entry is { IsOpen: true }) Add(figure, entry);
    }

    private void Add(string figure, Entry entry)
    {
        figures[figure].Add(entry.Deal.Currency, entry.Amount);
        Touched.Add(entry.Deal.Currency, entry.Amount);
    }
}
