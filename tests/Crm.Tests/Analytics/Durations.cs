namespace Crm.Tests.Analytics;

/// <summary>How many microseconds deals stood in a stage that they left, and what a report tells of them in days.</summary>
internal sealed class Durations
{
    private readonly List<decimal> micros = [];

    public int Count => micros.Count;

    public decimal? Median => Quantile(5);

    public decimal? NineInTen => Quantile(9);

    public decimal? Mean => Quotient.Of(micros.Sum(), micros.Count * Quotient.MicrosPerDay);

    /// <summary>Where a deal left the stage at an instant that counts, adds all its stays there, up to the last that ended so.</summary>
    public void Add(List<Entry> story, string stage, Func<DateTimeOffset, bool> counts)
    {
        decimal sum = 0;
        decimal? counted = null;
        foreach (var stay in Stay.Of(story))
        {
            if (stay.Stage != stage || stay.End is not { } end) continue;
            sum += Quotient.Micros(end - stay.Begin);
            if (counts(end)) counted = sum;
        }

        if (counted is { } time) micros.Add(time);
    }

    /// <summary>What so many tenths of them don't exceed, in proportion where that is between two of them.</summary>
    private decimal? Quantile(int tenths)
    {
        if (micros.Count == 0) return null;
        var sorted = micros.Order().ToList();
        var (index, rest) = Math.DivRem(tenths * (sorted.Count - 1), 10);
        var next = rest == 0 ? sorted[index] : sorted[index + 1];
        return Quotient.Of((sorted[index] * (10 - rest)) + (next * rest), 10 * Quotient.MicrosPerDay);
    }
}
