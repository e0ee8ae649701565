using Crm.Contracts.Analytics;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>Compares reports with the ledger, and with what they were.</summary>
internal static class ReportCheck
{
    /// <summary>Asserts that a report, as of an instant, is what the ledger adds up to.</summary>
    public static async Task CheckAsync(this Play play, Question question, DateTimeOffset at)
    {
        var url = question.Url(play.Ledger, at, saysWhen: true);
        var report = (await play.Ada.FoundAsync(url)).Report(question.Report);
        ReportCalls.About(url, () => Compare(report, new Book(play.Ledger, question, at)));
    }

    /// <summary>Takes a report of the present and one of the past, for later.</summary>
    /// <returns>Where the same ones must be found again, and their text.</returns>
    public static async Task<List<(string Url, string Text)>> TakeAsync(this Play play, Question question)
    {
        var now = play.Now;
        var present = await play.Ada.FoundAsync(question.Url(play.Ledger, now, saysWhen: false));
        var asOf = present["asOf"].GetDateTimeOffset();
        (asOf - now).ShouldBeInRange(TimeSpan.FromMinutes(-1), TimeSpan.FromMicroseconds(10)); // what is kept is of the same minute; the events of one change come a microsecond behind each other
        var url = question.Url(play.Ledger, asOf, saysWhen: true);
        (await play.Ada.FoundAsync(url)).Text.ShouldBe(present.Text, url);

        var past = question.Url(play.Ledger, question.When(play.Ledger, now), saysWhen: true);
        return [(url, present.Text), (past, (await play.Ada.FoundAsync(past)).Text)];
    }

    private static void Compare(ReportView report, Book book)
    {
        var (actual, expected) = report switch
        {
            PipelineReport pipeline => (PipelineFigures.Actual(pipeline, book), PipelineFigures.Expected(book)),
            ForecastReport forecast => (ForecastFigures.Actual(forecast, book), ForecastFigures.Expected(book)),
            WinRateReport winRate => (WinRateFigures.Actual(winRate, book), WinRateFigures.Expected(book)),
            FunnelReport funnel => (FunnelFigures.Actual(funnel), FunnelFigures.Expected(book)),
            StageTimesReport stageTimes => (StageTimesFigures.Actual(stageTimes), StageTimesFigures.Expected(book)),
            VelocityReport velocity => (VelocityFigures.Actual(velocity), VelocityFigures.Expected(book)),
            _ => (MovementFigures.Actual((MovementReport)report), MovementFigures.Expected(book)),
        };
        report.AsOf.ShouldBe(book.At);
        report.TimeZone.ShouldBe(book.Circumstances.TimeZone);
        if (report is PeriodReportView period) (period.From, period.To).ShouldBe((book.From, book.To));
        // Where deals of a second currency are worth nothing, it isn't said whether there is one currency or are two; and a movement of nothing is in any.
        var isSaid = report is not MovementReport || expected.Lines.Exists(line => expected.Currencies.Any(currency => line.Contains($" {currency}", StringComparison.Ordinal)));
        if (isSaid && report is IInCurrencies amounts && expected.Currencies.Count < 2) amounts.Currency.ShouldBe(expected.Currencies.Min ?? book.Currency);
        actual.ShouldBe(expected.Lines, ignoreOrder: false);
    }
}
