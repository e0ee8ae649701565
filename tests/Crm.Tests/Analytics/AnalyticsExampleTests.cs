using System.Net;
using System.Text.Json;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>The example of docs/analytics.md, figure by figure.</summary>
public sealed class AnalyticsExampleTests
{
    [Theory, EachDatabase]
    public async Task The_figures_of_the_documented_example_are_what_the_service_answers(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        await client.PatchAsync("/api/settings", new { timeZone = "Europe/Berlin", currency = "EUR" });
        GoTo("2028-02-01T12:00+01:00");
        await client.MakeAsync("deals", new { name = "Boiler", value = 333.33, expectedCloseDate = "2028-02-28" });
        GoTo("2028-03-01T10:00+01:00");
        var engine = await client.MakeAsync("deals", new { name = "Engine", value = 1000, probability = 0, expectedCloseDate = "2028-03-31" });
        GoTo("2028-03-02T10:00+01:00");
        var wheel = await client.MakeAsync("deals", new { name = "Wheel", value = 400 });
        var brake = await client.MakeAsync("deals", new { name = "Brake", value = 100 });
        GoTo("2028-03-03T10:00+01:00");
        await client.PatchAsync($"/api/deals/{wheel}", new { value = 500 });
        GoTo("2028-03-04T10:00+01:00");
        await client.PutAsync($"/api/deals/{brake}/stage", new { stage = "CLOSED_LOST", lostReason = "Price" });
        GoTo("2028-03-05T10:00+01:00");
        await client.PutAsync($"/api/deals/{wheel}/stage", new { stage = "CLOSED_WON" });
        GoTo("2028-03-06T12:00+01:00");
        await client.PutAsync($"/api/deals/{engine}/stage", new { stage = "PROPOSAL" });
        GoTo("2028-03-10T12:00+01:00");

        var pipeline = (await client.GetAsync("/api/analytics/pipeline")).ShouldBe(HttpStatusCode.OK);
        Figures(pipeline["stages"][0], "count", "value", "weightedValue", "averageDaysInStage", "rottingCount").ShouldBe([1, 333.33m, 33.333m, 38, 1]);
        Figures(pipeline["stages"][2], "count", "value", "weightedValue", "averageDaysInStage", "rottingCount").ShouldBe([1, 1000, 0, 4, 0]);
        Figures(pipeline["total"], "count", "value", "weightedValue", "averageDaysInStage", "rottingCount").ShouldBe([2, 1333.33m, 33.333m, 21, 1]);

        var forecast = await client.GetAsync("/api/analytics/forecast");
        forecast["periods"][0].GetProperty("period").GetString().ShouldBe("2028-03");
        Figures(forecast["periods"][0], "wonValue", "openValue", "weightedValue", "count").ShouldBe([500, 1000, 0, 2]);
        Figures(forecast["overdue"], "count", "value").ShouldBe([1, 333.33m]);

        var winRate = await client.GetAsync("/api/analytics/win-rate?from=2028-03-01&to=2028-03-31");
        Figures(winRate["total"], "winRate", "winRateByValue").ShouldBe([0.5m, 0.8333m]);

        var funnel = await client.GetAsync("/api/analytics/funnel?from=2028-03-01&to=2028-03-31");
        Figures(funnel["stages"][0], "reached", "medianDays").ShouldBe([3, 3]);
        Figures(funnel["stages"][2], "reached", "conversionFromFirst").ShouldBe([2, 0.6667m]);

        var stages = await client.GetAsync("/api/analytics/stages?from=2028-03-01&to=2028-03-31");
        Figures(stages["stages"][0], "count", "medianDays", "p90Days", "meanDays").ShouldBe([3, 3, 4.6667m, 3.3611m]);

        var velocity = await client.GetAsync("/api/analytics/velocity?from=2028-03-01&to=2028-03-31");
        Figures(velocity.Json, "opportunities", "winRate", "averageWonValue", "averageCycleDays", "velocityPerDay").ShouldBe([2, 0.5m, 500, 3, 166.6667m]);

        var movement = await client.GetAsync("/api/analytics/movement?from=2028-03-01&to=2028-03-31");
        Figures(movement["periods"][0], "opening", "created", "increased", "won", "lost", "closing").ShouldBe([333.33m, 1500, 100, 500, 100, 1333.33m]);

        void GoTo(string instant) => clock.Advance(DateTimeOffset.Parse(instant, null) - clock.GetUtcNow());
    }

    [Theory, EachDatabase]
    public async Task The_figures_of_the_documented_work_are_what_the_service_answers(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoTo("2028-03-05T10:00+01:00");
        await client.MakeAsync("deals", new { name = "Engine", value = 500, stage = "CLOSED_WON" });
        clock.GoTo("2028-03-06T09:00+01:00");
        var lovelace = await client.MakeAsync("leads", new { lastName = "Lovelace", source = "REFERRAL" });
        var offer = await client.MakeAsync("tasks", new { title = "Offer", dueAt = "2028-03-08T12:00:00+01:00" });
        var callBack = await client.MakeAsync("tasks", new { title = "Call back", dueAt = "2028-03-08T12:00:00+01:00" });
        await client.MakeAsync("tasks", new { title = "Visit", dueAt = "2028-03-09T12:00:00+01:00" });
        await client.MakeAsync("tasks", new { title = "Plan", dueAt = "2028-03-20T12:00:00+01:00" });
        clock.GoTo("2028-03-06T09:30+01:00");
        await client.LogAsync(lovelace, "CALL", "OUTBOUND");
        clock.GoTo("2028-03-07T10:00+01:00");
        var babbage = await client.MakeAsync("leads", new { lastName = "Babbage", source = "WEBSITE" });
        clock.GoTo("2028-03-07T14:00+01:00");
        await client.LogAsync(babbage, "EMAIL", "OUTBOUND");
        clock.GoTo("2028-03-08T10:00+01:00");
        await client.MakeAsync("leads", new { lastName = "Byron", source = "WEBSITE" });
        clock.GoTo("2028-03-08T11:00+01:00");
        await client.PutAsync($"/api/tasks/{offer}/complete");
        clock.GoTo("2028-03-09T10:00+01:00");
        await client.PutAsync($"/api/tasks/{callBack}/complete");
        (await client.PostAsync($"/api/leads/{lovelace}/convert")).ShouldBe(HttpStatusCode.OK);
        clock.GoTo("2028-03-10T12:00+01:00");

        const string March = "from=2028-03-01&to=2028-03-31";
        (await client.ReportAsync($"leads?{March}"))["total"].Counted("created", "contacted", "unanswered", "converted", "conversionRate", "medianMinutes", "p90Minutes", "medianWorkingMinutes", "p90WorkingMinutes").ShouldBe("3 2 1 1 0.3333 135 219 135 219");
        (await client.ReportAsync($"activities?{March}&groupBy=type")).Groups("count").ShouldBe(["CALL 1", "EMAIL 1"]);
        (await client.ReportAsync($"tasks?{March}"))["total"].Counted("due", "doneOnTime", "doneLate", "overdue", "open", "onTimeRate").ShouldBe("4 1 1 1 1 0.3333");
        var user = (await client.ReportAsync($"leaderboard?{March}"))["users"][0];
        user.Counted("won", "dealsCreated", "activities", "tasksDone").ShouldBe("1 1 2 2");
        Figures(user.GetProperty("won"), "value").ShouldBe([500]);
    }

    private static decimal[] Figures(JsonElement row, params string[] names) => [.. names.Select(name => row.GetProperty(name).GetDecimal())];
}
