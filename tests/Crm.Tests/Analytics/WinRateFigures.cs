using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>How many of the closed deals were won, counted one by one.</summary>
internal static class WinRateFigures
{
    public static Figures Expected(Book book)
    {
        var figures = new Figures();
        var closed = book.Deals.FindAll(deal => book.KindOf(deal) != StageKind.Open && book.IsWithin(book.ClosedOn(deal)));
        foreach (var (key, deals) in Groups(book, closed).OrderBy(one => Name(one.Key), StringComparer.Ordinal)) Add(figures, Name(key), book, deals);
        Add(figures, "all", book, closed);
        return figures;
    }

    public static List<string> Actual(WinRateReport report, Book book)
    {
        var keys = report.Groups.Select(group => group.Key).OfType<string>().ToList();
        if (book.Question.GroupBy != "source") keys.ShouldBe(keys.Order(StringComparer.Ordinal), ignoreOrder: false, customMessage: "The groups are in the order of their keys.");

        // Whether the won deals, which have no reason, are a group beside those of the reasons isn't said.
        var groups = report.Groups.Where(group => group.Key is not null || book.Question.GroupBy != "lostReason").OrderBy(group => Name(group.Key), StringComparer.Ordinal);
        return [.. groups.Select(group => Line(Name(group.Key), report, group)), Line("all", report, report.Total)];
    }

    public static List<DrillDown> DrillDowns(WinRateReport report) => [.. report.Groups.Append(report.Total).SelectMany(row => DrillDowns(report, row))];

    private static DrillDown[] DrillDowns(WinRateReport report, WinRateRow row) =>
        [new(row.Won.DrillDown, row.Won.Count, Won(report, row)), new(row.Lost.DrillDown, row.Lost.Count, Lost(report, row))];

    private static IEnumerable<(string? Key, List<Entry> Deals)> Groups(Book book, List<Entry> closed) => book.Question.GroupBy switch
    {
        null => [],
        "owner" => By(closed, deal => deal.Deal.OwnerId),
        "source" => By(closed, deal => book.Circumstances.SourceOf(deal.Deal)),
        "month" => Period.Between(book.From, book.To, "month").Select(month => ((string?)month.Key, closed.FindAll(deal => Period.KeyOf(book.ClosedOn(deal)!.Value, "month") == month.Key))),
        _ => By(closed.FindAll(deal => book.KindOf(deal) == StageKind.Lost), deal => deal.Deal.LostReason),
    };

    private static IEnumerable<(string? Key, List<Entry> Deals)> By(List<Entry> deals, Func<Entry, string?> key) => deals.GroupBy(key).Select(group => (group.Key, group.ToList()));

    private static string Name(string? key) => key is null ? "without" : $"with {key}";

    private static void Add(Figures figures, string name, Book book, List<Entry> closed)
    {
        var (won, lost) = (closed.FindAll(deal => book.KindOf(deal) == StageKind.Won), closed.FindAll(deal => book.KindOf(deal) == StageKind.Lost));
        var (wonValue, lostValue) = (book.Sum(won), book.Sum(lost));
        var currencies = new Sums().Add(wonValue).Add(lostValue).Currencies;
        var byValue = Rates(currencies.Select(currency => (currency, Rate(wonValue[currency], lostValue[currency]))));
        figures.Add(Line(name, won.Count, wonValue, lost.Count, lostValue, Rate(won.Count, lost.Count), byValue), wonValue, lostValue);
    }

    private static decimal? Rate(decimal won, decimal lost) => Quotient.Of(won, won + lost);

    private static string Rates(IEnumerable<(string Currency, decimal? Rate)> rates)
    {
        var told = rates.Where(one => one.Rate is not null).OrderBy(one => one.Currency, StringComparer.Ordinal).Select(one => $"{Sums.Text(one.Rate)} in {one.Currency}");
        return string.Join(" and ", told.DefaultIfEmpty("none"));
    }

    private static string Line(string name, WinRateReport report, WinRateRow row) =>
        Line(name, row.Won.Count, Won(report, row), row.Lost.Count, Lost(report, row), row.WinRate, RatesByValue(report, row));

    private static string RatesByValue(WinRateReport report, WinRateRow row)
    {
        if (report.Currency is not null) return Rates([(report.Currency, row.WinRateByValue)]);
        row.WinRateByValue.ShouldBeNull("There are several currencies.");
        return Rates(row.Amounts.ShouldNotBeNull().Select(amount => (amount.Currency, amount.WinRateByValue)));
    }

    private static string Line(string name, int won, Sums wonValue, int lost, Sums lostValue, decimal? rate, string byValue) =>
        $"{name}: {won} won worth {wonValue}, {lost} lost worth {lostValue}, rate {Sums.Text(rate)}, by value {byValue}";

    private static Sums Won(WinRateReport report, WinRateRow row) =>
        Sums.Of(report.Currency, row.Won.Value, row.Amounts?.Select(amount => (amount.Currency, amount.WonValue)));

    private static Sums Lost(WinRateReport report, WinRateRow row) =>
        Sums.Of(report.Currency, row.Lost.Value, row.Amounts?.Select(amount => (amount.Currency, amount.LostValue)));
}
