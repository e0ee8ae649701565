namespace Crm.Tests.Analytics;

/// <summary>A report as it should be: a line of text for each row, and the currencies of the deals that it counts.</summary>
internal sealed class Figures
{
    public List<string> Lines { get; } = [];

    public SortedSet<string> Currencies { get; } = new(StringComparer.Ordinal);

    public void Add(string line, params Sums[] sums)
    {
        Lines.Add(line);
        foreach (var one in sums) Currencies.UnionWith(one.Currencies);
    }
}

/// <summary>Where a figure says that its deals are, and what it says of them: how many, what they are worth, and that weighted. Null for what it doesn't say.</summary>
internal sealed record DrillDown(string Url, int? Count, Sums? Value, Sums? Weighted = null);
