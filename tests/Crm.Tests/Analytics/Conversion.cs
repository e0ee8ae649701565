using System.Numerics;

namespace Crm.Tests.Analytics;

/// <summary>Converts amounts one by one, with whole numbers as large as it takes.</summary>
/// <param name="Into">Null where amounts stay as they are.</param>
/// <param name="Rates">What was told last of each pair and day.</param>
internal sealed record Conversion(string? Into, List<TellingOfRate> Rates)
{
    private const decimal Most = 999_999_999_999.9999m;

    /// <summary>By the newest rate until a day, the other way round only where that is newer. What has none stays, and so does what would come to more than an amount may be.</summary>
    public (string Currency, decimal Amount) Of(string currency, decimal amount, DateOnly day)
    {
        if (Into is null || currency == Into) return (currency, amount);
        var (times, divisor) = (BigInteger.One, BigInteger.One);
        var (direct, inverse) = (Newest(currency, Into, day), Newest(Into, currency, day));
        if (direct is not null && (inverse is null || direct.Date >= inverse.Date)) (times, divisor) = (new BigInteger(direct.Rate!.Value * 10_000_000_000m), 10_000_000_000);
        else if (inverse is not null) (times, divisor) = (10_000_000_000, new BigInteger(inverse.Rate!.Value * 10_000_000_000m));
        else return (currency, amount);

        var product = new BigInteger(amount * 10_000m) * times;
        if (product > new BigInteger(Most * 10_000m) * divisor) return (currency, amount);
        var (units, rest) = BigInteger.DivRem(product, divisor);
        if (rest * 2 > divisor || (rest * 2 == divisor && !units.IsEven)) units++;
        return (Into, (decimal)units / 10_000m);
    }

    private TellingOfRate? Newest(string from, string to, DateOnly day) =>
        Rates.Where(rate => rate.From == from && rate.To == to && rate.Date <= day && rate.Rate is not null).OrderBy(rate => rate.Date).LastOrDefault();
}
