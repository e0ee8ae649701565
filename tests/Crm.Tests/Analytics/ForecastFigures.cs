using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>What was won and what is expected, counted one by one.</summary>
internal static class ForecastFigures
{
    public static Figures Expected(Book book)
    {
        var figures = new Figures();
        var won = book.Deals.FindAll(deal => book.KindOf(deal) == StageKind.Won && book.IsWithin(book.ClosedOn(deal)));
        var open = book.Deals.FindAll(deal => deal.IsOpen && deal.Deal.ExpectedCloseDate >= book.Today && book.IsWithin(deal.Deal.ExpectedCloseDate));

        if (IsByOwner(book)) AddOwners(figures, book, won, open);
        else AddPeriods(figures, book, won, open);
        Add(figures, "all", book, won, open);
        AddApart(figures, "overdue", book, book.Deals.FindAll(deal => deal.IsOpen && deal.Deal.ExpectedCloseDate < book.Today));
        AddApart(figures, "undated", book, book.Deals.FindAll(deal => deal.IsOpen && deal.Deal.ExpectedCloseDate is null));
        return figures;
    }

    public static List<string> Actual(ForecastReport report, Book book)
    {
        var rows = IsByOwner(book) ? Owners(report) : report.Periods.Select(row => Line(Name(row.Period, row.OwnerId), report, row)).ToList();
        return [.. rows, Line("all", report, report.Total), LineApart("overdue", report, report.Overdue), LineApart("undated", report, report.Undated)];
    }

    public static List<DrillDown> DrillDowns(ForecastReport report) =>
    [
        .. report.Periods.Append(report.Total).SelectMany(row => DrillDowns(report, row)),
        .. new[] { report.Overdue, report.Undated }.Select(apart => new DrillDown(apart.DrillDown, apart.Count, Value(report, apart), Weighted(report, apart))),
    ];

    private static DrillDown[] DrillDowns(ForecastReport report, ForecastPeriod row) =>
        [new(row.WonDrillDown, row.WonCount, Won(report, row)), new(row.OpenDrillDown, row.OpenCount, Open(report, row), Weighted(report, row))];

    private static bool IsByOwner(Book book) => book.Question.GroupBy == "owner";

    private static string Name(string? period, string? owner) => $"{period ?? "any time"} of {owner ?? "anybody or nobody"}";

    private static void AddOwners(Figures figures, Book book, List<Entry> won, List<Entry> open)
    {
        var owners = won.Concat(open).Select(deal => deal.Deal.OwnerId).Distinct().OrderBy(owner => Name(null, owner), StringComparer.Ordinal).ToList();
        foreach (var owner in owners)
        {
            Add(figures, Name(null, owner), book, won.FindAll(deal => deal.Deal.OwnerId == owner), open.FindAll(deal => deal.Deal.OwnerId == owner));
        }
    }

    private static void AddPeriods(Figures figures, Book book, List<Entry> won, List<Entry> open)
    {
        foreach (var period in Period.Between(book.From, book.To, book.Question.GroupBy ?? "month"))
        {
            Add(figures, Name(period.Key, null), book, won.FindAll(deal => IsIn(period, book.ClosedOn(deal))), open.FindAll(deal => IsIn(period, deal.Deal.ExpectedCloseDate)));
        }
    }

    private static bool IsIn(Period period, DateOnly? day) => day >= period.First && day <= period.Last;

    private static void Add(Figures figures, string name, Book book, List<Entry> won, List<Entry> open)
    {
        var (wonValue, openValue) = (book.Sum(won), book.Sum(open));
        figures.Add(Line(name, won.Count, wonValue, open.Count, openValue, book.Weigh(open), won.Count + open.Count), wonValue, openValue);
    }

    private static void AddApart(Figures figures, string name, Book book, List<Entry> deals)
    {
        var value = book.Sum(deals);
        figures.Add(LineApart(name, deals.Count, value, book.Weigh(deals)), value);
    }

    private static List<string> Owners(ForecastReport report)
    {
        report.Periods.Select(row => row.OwnerId).ShouldBe(report.Periods.Select(row => row.OwnerId).OrderBy(owner => owner is null).ThenBy(owner => owner, StringComparer.Ordinal), ignoreOrder: false);
        var rows = report.Periods.OrderBy(row => Name(row.Period, row.OwnerId), StringComparer.Ordinal);
        return [.. rows.Select(row => Line(Name(row.Period, row.OwnerId), report, row))];
    }

    private static string Line(string name, ForecastReport report, ForecastPeriod row) =>
        Line(name, row.WonCount, Won(report, row), row.OpenCount, Open(report, row), Weighted(report, row), row.Count);

    private static string Line(string name, int won, Sums wonValue, int open, Sums openValue, Sums weighted, int count) =>
        $"{name}: {won} won worth {wonValue}, {open} open worth {openValue}, weighted {weighted}, together {count}";

    private static string LineApart(string name, ForecastReport report, ForecastApart apart) => LineApart(name, apart.Count, Value(report, apart), Weighted(report, apart));

    private static string LineApart(string name, int count, Sums value, Sums weighted) => $"{name}: {count} worth {value}, weighted {weighted}";

    private static Sums Won(ForecastReport report, ForecastPeriod row) =>
        Sums.Of(report.Currency, row.WonValue, row.Amounts?.Select(amount => (amount.Currency, amount.WonValue)));

    private static Sums Open(ForecastReport report, ForecastPeriod row) =>
        Sums.Of(report.Currency, row.OpenValue, row.Amounts?.Select(amount => (amount.Currency, amount.OpenValue)));

    private static Sums Weighted(ForecastReport report, ForecastPeriod row) =>
        Sums.Of(report.Currency, row.WeightedValue, row.Amounts?.Select(amount => (amount.Currency, amount.WeightedValue)));

    private static Sums Value(ForecastReport report, ForecastApart apart) =>
        Sums.Of(report.Currency, apart.Value, apart.Amounts?.Select(amount => (amount.Currency, amount.Value)));

    private static Sums Weighted(ForecastReport report, ForecastApart apart) =>
        Sums.Of(report.Currency, apart.WeightedValue, apart.Amounts?.Select(amount => (amount.Currency, amount.WeightedValue)));
}
