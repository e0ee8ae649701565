using Crm.Database.Records;
using Crm.Database.Settings;

namespace Crm.Services.Analytics;

/// <summary>A rate as it was told, for the days from its date on.</summary>
internal sealed record ToldRate(string From, string To, DateOnly Date, long Units);

/// <summary>What one currency was worth in another, from day to day, by what was told of the two.</summary>
internal sealed class RateHistory
{
    // More than any amount of a deal may be.
    private static readonly Int128 Beyond = Money.Units(1_000_000_000_000m);

    private readonly List<ToldRate> direct;
    private readonly List<ToldRate> inverse;

    /// <param name="currency">The one.</param>
    /// <param name="rates">Those in force between the two, in either direction.</param>
    public RateHistory(string currency, IEnumerable<ToldRate> rates)
    {
        Currency = currency;
        var byDirection = rates.OrderBy(rate => rate.Date).ToLookup(rate => rate.From == currency);
        (direct, inverse) = ([.. byDirection[true]], [.. byDirection[false]]);
    }

    public string Currency { get; }

    /// <summary>The newest rate on or before a day, whichever way round; of two of one date the one from the currency into the other; null for none.</summary>
    public ToldRate? On(DateOnly day)
    {
        var (straight, reverse) = (Newest(direct, day), Newest(inverse, day));
        return straight is null || reverse?.Date > straight.Date ? reverse : straight;
    }

    /// <summary>What amounts in the currency are converted by on a day; null for nothing.</summary>
    /// <param name="day">Its number.</param>
    public DayRate? FactorOn(long day)
    {
        if (On(DateOnly.FromDayNumber((int)day)) is not { } rate) return null;
        var (times, divisor) = rate.From == Currency ? (rate.Units, CurrencyRate.UnitsOfOne) : (CurrencyRate.UnitsOfOne, rate.Units);
        var common = GreatestCommonDivisor(times, divisor);
        (times, divisor) = (times / common, divisor / common);
        return new DayRate { Currency = Currency, Day = day, Times = times, Divisor = divisor, Most = (long)Int128.Min((Beyond - 1) * divisor / times, long.MaxValue) };
    }

    private static ToldRate? Newest(List<ToldRate> rates, DateOnly day)
    {
        var (low, high) = (0, rates.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rates[middle].Date <= day) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? null : rates[low - 1];
    }

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
