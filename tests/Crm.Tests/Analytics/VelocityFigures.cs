using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>How much is won a day, from the deals that were qualified and those that were closed, one by one.</summary>
internal static class VelocityFigures
{
    private const string Several = "in several currencies";

    public static Figures Expected(Book book)
    {
        var (opportunities, closed) = (Opportunities(book), Closed(book));
        var counted = book.Sum(opportunities.Concat(closed));
        var all = Velocity.Of(book, opportunities, closed);
        var figures = new Figures();
        if (counted.Currencies.Count < 2)
        {
            figures.Add(Line(counted.Currencies is [var only] ? only : book.Currency, all), counted);
            return figures;
        }

        figures.Add(Line(Several, all with { AverageWonValue = null, PerDay = null }), counted);
        foreach (var currency in counted.Currencies)
        {
            figures.Add(Line(currency, Velocity.Of(book, In(currency, opportunities), In(currency, closed))));
        }

        return figures;
    }

    public static List<string> Actual(VelocityReport report)
    {
        var amounts = (report.Amounts ?? []).OrderBy(amount => amount.Currency, StringComparer.Ordinal);
        return
        [
            Line(report.Currency ?? Several, new Velocity(report.Opportunities, report.WinRate, report.AverageWonValue, report.AverageCycleDays, report.VelocityPerDay)),
            .. amounts.Select(one => Line(one.Currency, new Velocity(one.Opportunities, one.WinRate, one.AverageWonValue, one.AverageCycleDays, one.VelocityPerDay))),
        ];
    }

    /// <summary>How many were won and lost the report doesn't say: the book does.</summary>
    public static List<DrillDown> DrillDowns(VelocityReport report, Book book)
    {
        var closed = Closed(book);
        var (won, lost) = (closed.FindAll(deal => book.KindOf(deal) == StageKind.Won), closed.FindAll(deal => book.KindOf(deal) == StageKind.Lost));
        return
        [
            new(report.OpportunitiesDrillDown, report.Opportunities, null),
            new(report.WonDrillDown, won.Count, book.Sum(won)),
            new(report.LostDrillDown, lost.Count, book.Sum(lost)),
        ];
    }

    private static List<Entry> Opportunities(Book book)
    {
        var opportunities = new List<Entry>();
        foreach (var pipeline in book.Pipelines)
        {
            var qualified = pipeline.KeysFrom(Qualifying(pipeline));
            foreach (var story in book.LivingIn(pipeline))
            {
                if (story.FirstIn(qualified) is { } first && book.IsWithin(book.Circumstances.DayOf(first.Begin))) opportunities.Add(story[^1]);
            }
        }

        return opportunities;
    }

    /// <summary>The stage that makes an opportunity of a deal: the one that is called so, else the second, else the only one.</summary>
    private static StageView Qualifying(PipelineView pipeline)
    {
        var open = pipeline.OpenStages();
        return open.Find(stage => stage.Key == "QUALIFIED") ?? open[Math.Min(1, open.Count - 1)];
    }

    private static List<Entry> Closed(Book book) => book.Deals.FindAll(deal => book.KindOf(deal) != StageKind.Open && book.IsWithin(book.ClosedOn(deal)));

    private static List<Entry> In(string currency, List<Entry> deals) => deals.FindAll(deal => deal.Deal.Currency == currency);

    private static string Line(string currency, Velocity velocity) => $"{currency}: {velocity}";
}
