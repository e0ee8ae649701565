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

    private static decimal[] Figures(JsonElement row, params string[] names) => [.. names.Select(name => row.GetProperty(name).GetDecimal())];
}
