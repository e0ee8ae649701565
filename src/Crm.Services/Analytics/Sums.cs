namespace Crm.Services.Analytics;

/// <summary>
/// Sums of money by currency, exact. A sum of ten-thousandths can be larger than 64 bits, at which databases fail; so they add millions and
/// the rest apart, and what they added is put together here.
/// </summary>
internal sealed class Sums
{
    public const long Million = 1_000_000;

    private readonly SortedDictionary<string, decimal> byCurrency = new(StringComparer.Ordinal);

    public IEnumerable<string> Currencies => byCurrency.Keys;

    public void Add(string currency, long millions, long rest) => Add(currency, Whole(millions, rest) / Database.Records.Money.UnitsOfOne);

    public void Add(string currency, decimal amount) => byCurrency[currency] = In(currency) + amount;

    public decimal In(string currency) => byCurrency.GetValueOrDefault(currency);

    /// <summary>The sum where all is in one currency; null where there are several.</summary>
    public decimal? In(Currencies currencies) => currencies.Single is { } single ? In(single) : null;

    /// <summary>A sum that was made in two parts.</summary>
    public static decimal Whole(long millions, long rest) => ((decimal)millions * Million) + rest;
}

/// <summary>The currencies of a report.</summary>
internal sealed class Currencies(IEnumerable<string> all, string home)
{
    private readonly List<string> all = [.. all.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The one that all amounts are in, the tenant's own where there are none; null where there are several.</summary>
    public string? Single => all.Count switch { 0 => home, 1 => all[0], _ => null };

    /// <summary>A part for each currency that has something, where there are several; else null.</summary>
    public IReadOnlyList<T>? Apart<T>(Func<string, T> part, params Sums[] sums) =>
        Single is null ? [.. all.Where(currency => sums.Any(sum => sum.Currencies.Contains(currency))).Select(part)] : null;
}

/// <summary>Quotients of reports, with four decimals, rounded half to even.</summary>
internal static class Quotients
{
    /// <summary>Null where there is nothing to divide by.</summary>
    public static decimal? Ratio(decimal part, decimal whole) => whole == 0 ? null : decimal.Round(part / whole, 4, MidpointRounding.ToEven);

    /// <summary>The mean of microseconds in days; null for none.</summary>
    public static decimal? MeanDays(decimal micros, int count) => Ratio(micros, (decimal)count * TimeSpan.MicrosecondsPerDay);

    public static decimal Minutes(decimal micros) => decimal.Round(micros / TimeSpan.MicrosecondsPerMinute, 4, MidpointRounding.ToEven);

    public static decimal Days(decimal micros) => decimal.Round(micros / TimeSpan.MicrosecondsPerDay, 4, MidpointRounding.ToEven);
}
