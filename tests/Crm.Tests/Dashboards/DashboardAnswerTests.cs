using System.Net;
using System.Text.Json;
using Crm.Services.Dashboards;
using Crm.Tests.Analytics;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;
using static Crm.Tests.Dashboards.DashboardCalls;

namespace Crm.Tests.Dashboards;

/// <summary>What the reports of a dashboard answer: what the reports themselves do.</summary>
public sealed class DashboardAnswerTests
{
    [Theory, EachDatabase]
    public async Task Who_asks_in_the_same_minute_gets_what_was_made_once_until_something_changes(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        var id = await ada.DashboardAsync(Report("pipeline"), Report("win-rate"));
        clock.GoTo("2028-03-01T11:00Z");
        using var answers = new ReportAnswers(host);

        var first = await ada.GetAsync($"/api/dashboards/{id}/reports");
        clock.Advance(TimeSpan.FromSeconds(59));
        var same = await ada.GetAsync($"/api/dashboards/{id}/reports");
        await ada.MakeAsync("deals", new { name = "Engine", value = 1 });
        var changed = await ada.GetAsync($"/api/dashboards/{id}/reports");
        clock.Advance(TimeSpan.FromMinutes(1));
        var later = await ada.GetAsync($"/api/dashboards/{id}/reports");

        same.Bytes.ShouldBe(first.Bytes);
        new[] { first, changed, later }.Select(answer => DateTimeOffset.Parse(answer["asOf"].GetString()!, null)).ShouldBe([DateTimeOffset.Parse("2028-03-01T11:00Z", null), DateTimeOffset.Parse("2028-03-01T11:00:59Z", null), DateTimeOffset.Parse("2028-03-01T11:01Z", null)]);
        changed["reports"][0].GetProperty("answer").GetProperty("total").GetProperty("count").GetInt32().ShouldBe(1);
        answers.All.ShouldBe(["made", "made", "kept", "kept", "made", "made", "made", "made"]);
    }

    [Theory, EachDatabase]
    public async Task Each_report_answers_what_its_own_route_does_to_the_byte_and_for_ever(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var pipeline = (await ada.GetAsync("/api/pipelines")).Items[0].GetProperty("id").GetGuid();
        var lead = await ada.MakeAsync("leads", new { lastName = "Lovelace", source = "REFERRAL" });
        await ada.MakeAsync("deals", new { name = "Engine", value = 1000.5, leadId = lead });
        await ada.MakeAsync("deals", new { name = "Wheel", value = 250, currency = "USD" });
        var won = await ada.MakeAsync("deals", new { name = "Boiler", value = 300 });
        (await ada.PutAsync($"/api/deals/{won}/stage", new { stage = "CLOSED_WON" })).ShouldBe(HttpStatusCode.OK);
        var names = SavedReport.ByName.Values.OrderBy(report => report.Name, StringComparer.Ordinal).ToList();
        var ids = new[]
        {
            await ada.DashboardAsync([.. names.Select(report => Report(report.Name))]),
            await ada.DashboardAsync([.. names.Select(report => Report(report.Name, report.HasPeriod ? new { period = "this-year", ownerId = "me,none", source = new[] { "REFERRAL" } } : new { pipelineId = pipeline, ownerId = new[] { "me" } }))]),
        };
        var asked = await Task.WhenAll(ids.Select(id => ada.GetAsync($"/api/dashboards/{id}/reports")));
        await ada.PatchAsync($"/api/deals/{won}", new { value = 999 });
        await ada.MakeAsync("deals", new { name = "Late", value = 1 });

        foreach (var (id, all) in ids.Zip(asked))
        {
            var answers = all.ShouldBe(HttpStatusCode.OK)["reports"].EnumerateArray().ToList();
            var asOf = Uri.EscapeDataString(all["asOf"].GetString()!);
            answers.Select(answer => answer.Text("key")).ShouldBe(names.Select(report => report.Name));
            foreach (var answer in answers)
            {
                var own = (await ada.GetAsync(answer.Text("url"))).ShouldBe(HttpStatusCode.OK);
                answer.GetProperty("answer").GetRawText().ShouldBe(own.Text, answer.Text("url"));
                own["asOf"].GetString().ShouldBe(all["asOf"].GetString());
                var one = $"/api/dashboards/{id}/reports/{answer.Text("key")}?asOf={asOf}";
                (await ada.GetAsync(one)).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(answer.GetRawText());
                var csv = (await ada.GetAsync($"{one}&format=csv")).ShouldBe(HttpStatusCode.OK);
                csv.Bytes.ShouldBe((await ada.GetAsync($"{answer.Text("url")}&format=csv")).Bytes);
                csv.Headers["Content-Type"].ShouldBe("text/csv; charset=utf-8");
            }

            (await ada.GetAsync($"/api/dashboards/{id}/reports?asOf={asOf}")).Bytes.ShouldBe(all.Bytes);
        }

        asked[0]["reports"].EnumerateArray().First(answer => answer.Text("key") == "win-rate").GetProperty("answer").GetProperty("total").GetProperty("won").GetProperty("count").GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_relative_period_is_of_the_tenants_today_at_the_instant_that_is_asked_for(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        (await ada.PatchAsync("/api/settings", new { timeZone = "Pacific/Auckland" })).ShouldBe(HttpStatusCode.OK);
        var id = await ada.DashboardAsync(Report("win-rate", new { period = "today" }), Report("win-rate", new { period = "last-month" }));
        clock.Advance(new DateTimeOffset(2028, 2, 29, 12, 0, 0, TimeSpan.Zero) - clock.GetUtcNow());

        // Clocks in Auckland are 13 hours ahead then.
        (await UrlsAsync("2028-02-29T10:59:59Z")).ShouldBe(["from=2028-02-29&to=2028-02-29", "from=2028-01-01&to=2028-01-31"]);
        (await UrlsAsync("2028-02-29T11:00:00Z")).ShouldBe(["from=2028-03-01&to=2028-03-01", "from=2028-02-01&to=2028-02-29"]);
        (await UrlsAsync(null)).ShouldBe(["from=2028-03-01&to=2028-03-01", "from=2028-02-01&to=2028-02-29"]);

        async Task<IEnumerable<string>> UrlsAsync(string? asOf) =>
            (await ada.AnswersAsync(id, asOf is null ? "" : $"?asOf={Uri.EscapeDataString(asOf)}")).Select(answer => answer.Text("url").Split('?')[1].Split("&asOf")[0]);
    }

    [Theory, EachDatabase]
    public async Task A_report_that_cant_be_made_says_why_and_the_others_are_there(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var id = await ada.DashboardAsync(Report("movement", new { from = "2020-01-01", groupBy = "day" }), Report("pipeline"));

        var answers = await ada.AnswersAsync(id);

        (answers[0].GetProperty("answer").ValueKind, answers[0].Text("problem")).ShouldBe((JsonValueKind.Null, "to is too far from the beginning: a report has at most 400 periods, each a day"));
        (answers[1].GetProperty("answer").ValueKind, answers[1].GetProperty("problem").ValueKind).ShouldBe((JsonValueKind.Object, JsonValueKind.Null));
        (await ada.GetAsync($"/api/dashboards/{id}/reports/movement")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["to"]);
        (await ada.GetAsync($"/api/dashboards/{id}/reports/nothing")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await ada.GetAsync($"/api/dashboards/{id}/reports?asOf=9000-01-01T00:00:00Z")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["asOf"]);
        (await ada.GetAsync($"/api/dashboards/{id}/reports?period=today")).Faults.ShouldBe(["period"]);
    }
}
