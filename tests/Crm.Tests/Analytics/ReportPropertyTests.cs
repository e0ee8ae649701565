using System.Net;
using Crm.Contracts.Analytics;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>Random histories: every report is what its ledger adds up to, whenever it is asked for, and every figure is the sum of its deals.</summary>
public sealed class ReportPropertyTests
{
    private static readonly int Histories = Fuzzing.Histories(15);

    /// <summary>As every figure of every report takes some requests.</summary>
    private static readonly int FollowedHistories = Fuzzing.Histories(6);

    [Theory, EachDatabase]
    public Task Every_report_is_what_the_history_adds_up_to(Database database) => HistoryRuns.CheckAsync(database, Histories, async play =>
    {
        await play.ToTheEndAsync();
        foreach (var question in play.History.Questions)
        {
            await play.CheckAsync(question, question.When(play.Ledger, play.Now));
            await play.CheckAsync(question, play.Now);
        }
    });

    [Theory, EachDatabase]
    public Task Every_figure_is_the_sum_of_the_deals_that_it_drills_down_to(Database database) => HistoryRuns.CheckAsync(database, FollowedHistories, async play =>
    {
        await play.ToTheEndAsync();
        foreach (var question in play.History.Questions) await play.FollowAsync(question, question.When(play.Ledger, play.Now));
    });

    [Theory, EachDatabase]
    public Task A_report_as_of_a_past_instant_is_the_one_that_was_taken_then(Database database) => HistoryRuns.CheckAsync(database, Histories, async play =>
    {
        var (operations, questions) = (play.History.Operations, play.History.Questions);
        var taken = new List<(string Url, string Text)>();
        await play.BeginAsync();
        for (var i = 0; i < operations.Count; i++)
        {
            await play.DoAsync(operations[i]);
            taken.AddRange(await play.TakeAsync(questions[i % questions.Count]));
        }

        play.End();
        foreach (var (url, text) in taken) (await play.Ada.FoundAsync(url)).Text.ShouldBe(text, url);
    });

    [Theory, EachDatabase("Pacific/Kiritimati"), EachDatabase("Pacific/Pago_Pago")]
    public async Task A_period_that_isn_t_given_is_the_year_until_today_and_that_from_this_month_on_for_a_forecast(Database database, string timeZone)
    {
        var client = (await Hosts.For(database)).NewTenant();
        (await client.PatchAsync("/api/settings", new { timeZone })).ShouldBe(HttpStatusCode.OK);

        foreach (var report in new[] { "win-rate", "movement", "funnel", "stages", "velocity", "forecast" })
        {
            var period = (PeriodReportView)(await client.FoundAsync($"/api/analytics/{report}")).Report(report);
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(period.AsOf, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).DateTime);
            var month = new DateOnly(today.Year, today.Month, 1);
            (period.From, period.To).ShouldBe(report == "forecast" ? (month, month.AddMonths(12).AddDays(-1)) : (month.AddMonths(-11), today), report);
        }
    }

    [Theory, EachDatabase("win-rate"), EachDatabase("movement"), EachDatabase("funnel"), EachDatabase("stages"), EachDatabase("velocity")]
    public async Task A_period_without_a_first_day_is_the_year_until_its_last(Database database, string report)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var period = (PeriodReportView)(await client.FoundAsync($"/api/analytics/{report}?to=2026-03-31")).Report(report);

        (period.From, period.To).ShouldBe((new DateOnly(2025, 4, 1), new DateOnly(2026, 3, 31)));
    }
}
