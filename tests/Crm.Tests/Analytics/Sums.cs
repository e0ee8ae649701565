using System.Globalization;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>Amounts, each currency by itself. One of which there is nothing is as one that there isn't.</summary>
internal sealed class Sums
{
    private readonly SortedDictionary<string, decimal> amounts = new(StringComparer.Ordinal);

    /// <summary>What a report tells: one amount in the currency of the report, or one in each.</summary>
    public static Sums Of(string? currency, decimal? amount, IEnumerable<(string Currency, decimal Amount)>? each)
    {
        if (currency is not null)
        {
            each.ShouldBeNull($"All is in {currency}.");
            return new Sums().Add(currency, amount.ShouldNotBeNull());
        }

        amount.ShouldBeNull("There are several currencies.");
        var sums = new Sums();
        foreach (var one in each.ShouldNotBeNull())
        {
            sums.Currencies.ShouldNotContain(one.Currency);
            sums.Add(one.Currency, one.Amount);
        }

        return sums;
    }

    /// <summary>Those that anything was added in, be it nothing.</summary>
    public List<string> Currencies => [.. amounts.Keys];

    public decimal this[string currency] => amounts.TryGetValue(currency, out var amount) ? amount : 0;

    public Sums Add(string currency, decimal amount)
    {
        amounts[currency] = this[currency] + amount;
        return this;
    }

    public Sums Add(Sums other, int times = 1)
    {
        foreach (var (currency, amount) in other.amounts) Add(currency, amount * times);
        return this;
    }

    public override string ToString()
    {
        var told = amounts.Where(one => one.Value != 0).Select(one => $"{Text(one.Value)} {one.Key}").ToList();
        return told.Count == 0 ? "nothing" : string.Join(" and ", told);
    }

    /// <summary>A number without the zeros at its end.</summary>
    public static string Text(decimal? number) => number?.ToString("0.############", CultureInfo.InvariantCulture) ?? "none";
}
