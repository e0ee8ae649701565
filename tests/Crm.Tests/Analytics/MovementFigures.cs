using Crm.Contracts.Analytics;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>A figure of a movement, and where a report has it. A sign says how it goes into the closing: those of the opening and of the closing itself are 0.</summary>
internal sealed record MovementFigure(string Name, int Sign, Func<MovementPeriod, decimal?> Alone, Func<MovementAmount, decimal> InOne, Func<MovementDrillDown, string> Url);

/// <summary>How the open value came to change, operation by operation.</summary>
internal static class MovementFigures
{
    public static readonly MovementFigure[] All =
    [
        new("opening", 0, row => row.Opening, amount => amount.Opening, urls => urls.Opening),
        new("created", 1, row => row.Created, amount => amount.Created, urls => urls.Created),
        new("reopened", 1, row => row.Reopened, amount => amount.Reopened, urls => urls.Reopened),
        new("restored", 1, row => row.Restored, amount => amount.Restored, urls => urls.Restored),
        new("increased", 1, row => row.Increased, amount => amount.Increased, urls => urls.Increased),
        new("decreased", -1, row => row.Decreased, amount => amount.Decreased, urls => urls.Decreased),
        new("won", -1, row => row.Won, amount => amount.Won, urls => urls.Won),
        new("lost", -1, row => row.Lost, amount => amount.Lost, urls => urls.Lost),
        new("deleted", -1, row => row.Deleted, amount => amount.Deleted, urls => urls.Deleted),
        new("closing", 0, row => row.Closing, amount => amount.Closing, urls => urls.Closing),
    ];

    public static Figures Expected(Book book)
    {
        var figures = new Figures();
        foreach (var period in Period.Between(book.From, book.To, book.Question.GroupBy ?? "month"))
        {
            var begin = book.Circumstances.StartOf(period.First);
            if (begin > book.At) break;
            var movement = new Movement(begin, book.Circumstances.StartOf(period.Last.AddDays(1)));
            foreach (var story in book.Stories) movement.Count(story);
            figures.Add(Line(period.Key, figure => movement[figure.Name]), movement.Touched);
        }

        return figures;
    }

    public static List<string> Actual(MovementReport report)
    {
        Reconcile(report);
        return [.. report.Periods.Select(row => Line(row.Period, figure => Value(report, row, figure)))];
    }

    public static List<DrillDown> DrillDowns(MovementReport report) =>
        [.. report.Periods.SelectMany(row => All.Select(figure => new DrillDown(figure.Url(row.DrillDown), null, Value(report, row, figure))))];

    /// <summary>That what went in and out makes the closing of the opening, and that a period opens with what the one before closed with.</summary>
    private static void Reconcile(MovementReport report)
    {
        Sums? before = null;
        foreach (var row in report.Periods)
        {
            var (opening, closing) = (Value(report, row, All[0]), Value(report, row, All[^1]));
            (before ?? opening).ToString().ShouldBe(opening.ToString(), $"{row.Period} opens with what was before.");
            var sum = new Sums().Add(opening);
            foreach (var figure in All) sum.Add(Value(report, row, figure), figure.Sign);
            sum.ToString().ShouldBe(closing.ToString(), $"{row.Period} closes with what came of it.");
            before = closing;
        }
    }

    private static string Line(string period, Func<MovementFigure, Sums> valueOf) =>
        $"{period}: {string.Join(", ", All.Select(figure => $"{figure.Name} {valueOf(figure)}"))}";

    private static Sums Value(MovementReport report, MovementPeriod row, MovementFigure figure) =>
        Sums.Of(report.Currency, figure.Alone(row), row.Amounts?.Select(amount => (amount.Currency, figure.InOne(amount))));
}
