using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.ApiKeys;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;
using Shouldly;
using Xunit;
using static Crm.Tests.Pipelines.PipelineCalls;

namespace Crm.Tests.Analytics;

/// <summary>What the reports take, whom they show what, and in which form.</summary>
public sealed class ReportTests
{
    private static readonly string[] Reports = ["pipeline", "forecast", "funnel", "win-rate", "velocity", "movement", "stages", "deals"];

    [Theory, EachDatabase]
    public async Task A_tenant_without_deals_has_reports_of_nothing(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Viewer);

        var pipeline = await client.GetAsync("/api/analytics/pipeline");
        pipeline["stages"].EnumerateArray().Select(stage => (stage.GetProperty("stage").GetString(), stage.GetProperty("count").GetInt32())).ShouldBe(
            [("LEAD", 0), ("QUALIFIED", 0), ("PROPOSAL", 0), ("NEGOTIATION", 0), ("CLOSED_WON", 0), ("CLOSED_LOST", 0)]);
        (pipeline["currency"].GetString(), pipeline["total"].GetProperty("value").GetDecimal(), pipeline["total"].GetProperty("averageDaysInStage").ValueKind).ShouldBe(("EUR", 0, JsonValueKind.Null));
        (await client.GetAsync("/api/analytics/win-rate"))["total"].GetProperty("winRate").ValueKind.ShouldBe(JsonValueKind.Null);
        (await client.GetAsync("/api/analytics/movement"))["periods"].GetArrayLength().ShouldBe(12);
        (await client.GetAsync("/api/analytics/forecast"))["periods"].GetArrayLength().ShouldBe(12);
        (await client.GetAsync("/api/analytics/deals"))["total"].GetInt32().ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task What_can_t_be_asked_is_refused_by_name(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        foreach (var report in Reports) (await client.GetAsync($"/api/analytics/{report}?asOf=2999-01-01T00:00:00Z")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["asOf"]);
        foreach (var report in (string[])["forecast?", "funnel?", "win-rate?", "velocity?", "movement?", "stages?", "deals?figure=WON&", "deals?figure=OPENING&"]) (await client.GetAsync($"/api/analytics/{report}from=2026-02-02&to=2026-02-01")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["to"]);
        (await client.GetAsync("/api/analytics/movement?groupBy=day&from=2020-01-01&to=2026-01-01")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["to"]);
        (await client.GetAsync("/api/analytics/forecast?groupBy=day")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["groupBy"]);
        foreach (var grouped in (string[])["win-rate?groupBy=Owner", "funnel?groupBy=month", "velocity?groupBy=month", "stages?groupBy=month"]) (await client.GetAsync($"/api/analytics/{grouped}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["groupBy"]);
        (await client.GetAsync("/api/analytics/pipeline?from=2026-01-01")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["from"]);
        (await client.GetAsync("/api/analytics/deals?cursor=abc")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["cursor"]);
        (await client.GetAsync("/api/analytics/deals?format=csv&take=3")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["take"]);
        (await client.GetAsync("/api/analytics/deals?figure=CLOSING&stage=LEAD&hasLead=true&lostReason=x")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.Order().ShouldBe(["hasLead", "lostReason", "stage"]);
        (await client.GetAsync("/api/analytics/deals?figure=OVERDUE&from=2026-01-01&to=2026-01-02")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["from", "to"]);
        (await client.GetAsync("/api/analytics/deals?figure=NONSENSE")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["figure"]);
    }

    [Theory, EachDatabase]
    public async Task A_rep_whose_sight_is_narrow_is_told_of_what_the_rep_sees_and_nothing_else(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var bob = admin.As(Role.Rep, "bob");
        await bob.GetAsync("/api/me");
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        var theirs = await admin.MakeAsync("deals", new { name = "Theirs", value = 1 });
        await admin.MakeAsync("deals", new { name = "Nobody's", value = 20, ownerId = (string?)null });
        await bob.MakeAsync("deals", new { name = "Bob's", value = 300 });

        (await admin.GetAsync("/api/analytics/pipeline"))["total"].GetProperty("value").GetDecimal().ShouldBe(321);
        var seen = await bob.GetAsync("/api/analytics/pipeline");
        seen["total"].GetProperty("value").GetDecimal().ShouldBe(320);
        (await NamesAsync(bob, seen["total"].GetProperty("drillDown").GetString()!)).ShouldBe(["Bob's", "Nobody's"]);
        (await bob.GetAsync("/api/analytics/movement"))["periods"][11].GetProperty("created").GetDecimal().ShouldBe(320);
        (await bob.GetAsync("/api/analytics/forecast"))["undated"].GetProperty("value").GetDecimal().ShouldBe(320);
        (await bob.GetAsync($"/api/analytics/deals?ownerId={admin.User}"))["total"].GetInt32().ShouldBe(0);

        // What was bob's is still in the reports of when it was, without the name that it bears now.
        await admin.PatchAsync($"/api/deals/{theirs}", new { ownerId = "bob" });
        var then = await bob.GetAsync("/api/analytics/pipeline");
        await admin.PatchAsync($"/api/deals/{theirs}", new { ownerId = "me", name = "Secret" });
        (await bob.GetAsync("/api/analytics/pipeline"))["total"].GetProperty("value").GetDecimal().ShouldBe(320);
        (await NamesAsync(bob, then["total"].GetProperty("drillDown").GetString()!)).ShouldBe(["Bob's", "Nobody's", null], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_key_reads_reports_for_analytics_and_the_deals_behind_them_for_deals_too(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("deals", new { name = "Engine", value = 5 });
        var (_, reports) = await client.MakeKeyAsync(resources: ["analytics"]);
        var (_, both) = await client.MakeKeyAsync(resources: ["analytics", "deals"]);

        (await client.ByKeyAsync(reports, HttpMethod.Get, "/api/analytics/pipeline")).ShouldBe(HttpStatusCode.OK);
        (await client.ByKeyAsync(reports, HttpMethod.Get, "/api/analytics/deals?asOf=2999-01-01T00:00:00Z")).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        (await client.ByKeyAsync(both, HttpMethod.Get, "/api/analytics/deals"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_retired_stage_counts_as_the_one_that_took_its_deals_and_before_that_for_itself(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline, stage = "TRIAL", value = 100 });
        var before = await client.GetAsync($"/api/analytics/pipeline?pipelineId={pipeline}");
        await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT", 10), Open("PILOT", 60, replaces: ["TRIAL"])) });

        var after = await client.GetAsync($"/api/analytics/pipeline?pipelineId={pipeline}");
        Rows(after).ShouldBe(["CONTACT 0 0", "PILOT 1 60", "SIGNED 0 0", "DECLINED 0 0"]);
        Rows(before).ShouldBe(["CONTACT 0 0", "TRIAL 1 40", "PILOT 0 0", "SIGNED 0 0", "DECLINED 0 0"]);
        (await client.GetAsync($"/api/analytics/pipeline?pipelineId={pipeline}&asOf={before["asOf"].GetString()}")).Text.ShouldBe(before.Text);
        await client.DeleteAsync($"/api/pipelines/{await client.MakePipelineAsync("Short")}");
        Rows(await client.GetAsync("/api/analytics/pipeline")).Count.ShouldBe(10);

        static List<string> Rows(Answer report) => [.. report["stages"].EnumerateArray().Select(stage => $"{stage.GetProperty("stage").GetString()} {stage.GetProperty("count").GetInt32()} {stage.GetProperty("weightedValue").GetDecimal()}")];
    }

    [Theory, EachDatabase]
    public async Task A_report_of_the_past_keeps_to_the_time_zone_and_the_currency_of_then(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.PatchAsync("/api/settings", new { timeZone = "Pacific/Auckland", currency = "NZD" });
        var before = await Task.WhenAll(Reports.Select(report => client.GetAsync($"/api/analytics/{report}")));
        await client.PatchAsync("/api/settings", new { timeZone = "America/New_York" });
        await client.PatchAsync("/api/settings", new { currency = "USD" });

        foreach (var (report, answer) in Reports.Zip(before)) (await client.GetAsync($"/api/analytics/{report}?asOf={answer["asOf"].GetString()}")).Text.ShouldBe(answer.Text);
        var now = await client.GetAsync("/api/analytics/pipeline");
        (now["timeZone"].GetString(), now["currency"].GetString()).ShouldBe(("America/New_York", "USD"));
        (before[0]["timeZone"].GetString(), before[0]["currency"].GetString()).ShouldBe(("Pacific/Auckland", "NZD"));
    }

    [Theory, EachDatabase]
    public async Task The_opening_of_days_to_come_is_what_is_open_and_stays_so(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine", value = 100 });
        var opening = await client.GetAsync("/api/analytics/deals?figure=OPENING&from=2998-01-01&to=2998-12-31");
        await client.PatchAsync($"/api/deals/{deal}", new { value = 200 });

        opening["total"].GetInt32().ShouldBe(1);
        (await client.GetAsync($"/api/analytics/deals?figure=OPENING&from=2998-01-01&to=2998-12-31&asOf={opening["asOf"].GetString()}")).Text.ShouldBe(opening.Text);
    }

    [Theory, EachDatabase]
    public async Task Sums_larger_than_64_bits_are_exact(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        const decimal Most = 999_999_999_999.9999m;
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => await client.MakeAsync("deals", new { name = $"Deal {i}", value = Most, probability = 99 }));

        var total = (await client.GetAsync("/api/analytics/pipeline"))["total"];
        (total.GetProperty("value").GetDecimal(), total.GetProperty("weightedValue").GetDecimal()).ShouldBe((1000 * Most, 1000 * 989_999_999_999.9999m));
        (await client.GetAsync("/api/analytics/movement"))["periods"][11].GetProperty("created").GetDecimal().ShouldBe(1000 * Most);
    }

    [Theory, EachDatabase]
    public async Task A_report_comes_as_lines_with_each_currency_by_itself(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("deals", new { name = "=cmd()", value = 100, probability = 50 });
        var csv = await client.GetAsync("/api/analytics/win-rate?format=csv");
        csv.Text.ShouldBe("part,currency,wonCount,wonValue,lostCount,lostValue,winRate,winRateByValue\r\ntotal,EUR,0,0,0,0,,\r\n");
        (await client.GetAsync("/api/analytics/velocity?format=csv")).Text.ShouldBe("part,currency,opportunities,winRate,averageWonValue,averageCycleDays,velocityPerDay\r\ntotal,EUR,0,,,,\r\n");
        (await client.GetAsync("/api/analytics/stages?format=csv")).Text.ShouldStartWith("part,pipelineId,stage,count,medianDays,p90Days,meanDays\r\nstages,");
        await client.MakeAsync("deals", new { name = "Boiler", value = 0.5, currency = "USD", probability = 50 });

        csv = await client.GetAsync("/api/analytics/pipeline?format=csv");

        csv.Headers["Content-Type"].ShouldBe("text/csv; charset=utf-8");
        var lines = csv.Text.Split("\r\n").Select(line => line.Split(',')).Where(line => line[0] == "total").ToList();
        var header = csv.Text.Split("\r\n")[0].Split(',');
        lines.Select(line => string.Join(' ', new[] { "currency", "count", "value", "weightedValue" }.Select(name => line[Array.IndexOf(header, name)]))).ShouldBe([" 2  ", "EUR  100 50", "USD  0.5 0.25"]);
        (await client.GetAsync("/api/analytics/deals?format=csv")).Text.ShouldContain("'=cmd()");
    }

    [Theory, EachDatabase]
    public async Task A_report_that_didn_t_change_needn_t_be_sent_again(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var report = await client.GetAsync("/api/analytics/pipeline");

        (await client.GetAsync($"/api/analytics/pipeline?asOf={report["asOf"].GetString()}", ("If-None-Match", report.ETag))).ShouldBe(HttpStatusCode.NotModified);
    }

    private static async Task<List<string?>> NamesAsync(Client client, string drillDown) =>
        [.. (await client.GetAsync(drillDown)).ShouldBe(HttpStatusCode.OK).Items.Select(deal => deal.GetProperty("name").GetString()).Order(StringComparer.Ordinal)];
}
