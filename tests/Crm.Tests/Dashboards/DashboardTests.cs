using System.Net;
using System.Text.Json;
using Crm.Contracts.Dashboards;
using Crm.Contracts.Members;
using Crm.Services.Dashboards;
using Crm.Tests.Clients;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;
using static Crm.Tests.Dashboards.DashboardCalls;

namespace Crm.Tests.Dashboards;

/// <summary>What dashboards are made of, and what they aren't.</summary>
public sealed class DashboardTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_dashboard_is_made_read_changed_and_deleted_and_the_audit_tells_of_it(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        await ada.KeepRoleAsync();
        var made = (await ada.PostAsync("/api/dashboards", new
        {
            name = "Monday round",
            reports = new[] { Report("forecast", new { period = "this-quarter", groupBy = "owner", source = "REFERRAL,WEBSITE" }), Report("forecast", new { ownerId = "me" }), Report("win-rate", key: "won") },
            schedule = new { every = "week", weekday = "MONDAY", time = "07:00", by = "EMAIL", to = new[] { "me" } },
        })).ShouldBe(HttpStatusCode.Created);

        made["ownerId"].GetString().ShouldBe("ada");
        made["reports"].EnumerateArray().Select(report => report.Text("key")).ShouldBe(["forecast", "forecast-2", "won"]);
        made["reports"][0].GetProperty("parameters").GetRawText().ShouldBe("""{"period":"this-quarter","groupBy":"owner","source":["REFERRAL","WEBSITE"]}""");
        made["reports"][2].GetProperty("parameters").GetRawText().ShouldBe("{}");
        var schedule = made["schedule"];
        (schedule.Text("weekday"), schedule.Text("by"), schedule.GetProperty("to")[0].GetString()).ShouldBe(("MONDAY", "EMAIL", "ada"));
        schedule.GetProperty("nextAt").GetDateTimeOffset().DayOfWeek.ShouldBe(DayOfWeek.Monday);
        (await ada.GetAsync(made.Headers["Location"])).Bytes.ShouldBe(made.Bytes);

        var path = $"/api/dashboards/{made.Id}";
        var changed = (await ada.PatchAsync(path, new { isShared = true }, ("If-Match", made.ETag))).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync(path, new { name = "Other" }, ("If-Match", made.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await ada.PatchAsync(path, new { isShared = true })).ETag.ShouldBe(changed.ETag);
        var replaced = (await ada.PutAsync(path, new { name = "Month", reports = new[] { Report("pipeline") } })).ShouldBe(HttpStatusCode.OK);
        (replaced["isShared"].GetBoolean(), replaced["schedule"].ValueKind, replaced["ownerId"].GetString(), replaced["version"].GetInt32()).ShouldBe((false, JsonValueKind.Null, "ada", 3));
        (await ada.DeleteAsync(path)).ShouldBe(HttpStatusCode.NoContent);
        (await ada.GetAsync(path)).ShouldFail(HttpStatusCode.NotFound, "not-found");

        var audit = (await ada.GetAsync($"/api/audit?subject=dashboards/{made.Id}&sort=occurredAt")).ShouldBe(HttpStatusCode.OK).Items;
        audit.Select(entry => entry.Text("type")).ShouldBe(["dashboard.created", "dashboard.changed", "dashboard.changed", "dashboard.deleted"]);
        audit[1].GetProperty("changes").GetRawText().ShouldBe("""{"isShared":{"from":false,"to":true}}""");
    }

    [Theory, EachDatabase]
    public async Task What_no_report_takes_is_refused_with_its_pointer(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        await FaultsAsync(ada, [Report("pipeline"), Report("forecast"), Report("movement", new { groupBy = "hour" })], "/reports/2/parameters/groupBy");
        await FaultsAsync(ada, [Report("pipeline", new { groupBy = "month" })], "/reports/0/parameters/groupBy");
        await FaultsAsync(ada, [Report("pipeline", new { period = "this-month" })], "/reports/0/parameters/period");
        await FaultsAsync(ada, [Report("forecast", new { period = "this-moon" })], "/reports/0/parameters/period");
        await FaultsAsync(ada, [Report("forecast", new { period = new[] { "this-month" } })], "/reports/0/parameters/period");
        await FaultsAsync(ada, [Report("forecast", new { period = "this-month", from = "2026-01-01" })], "/reports/0/parameters/period");
        await FaultsAsync(ada, [Report("forecast", new { from = "2026-02-01", to = "2026-01-01" })], "/reports/0/parameters/to");
        await FaultsAsync(ada, [Report("forecast", new { asOf = "2026-01-01T00:00:00Z", format = "csv" })], "/reports/0/parameters/asOf", "/reports/0/parameters/format");
        await FaultsAsync(ada, [Report("forecast", new { pipelineId = "one", source = new[] { "WEBSITE", "MOON" }, ownerId = Array.Empty<string>() })], "/reports/0/parameters/pipelineId", "/reports/0/parameters/source", "/reports/0/parameters/ownerId");
        await FaultsAsync(ada, [Report("forecast", new { ownerId = new { eq = "me" } })], "/reports/0/parameters/ownerId");
        await FaultsAsync(ada, [Report("forecast", new { groupBy = new[] { "month", "owner" } })], "/reports/0/parameters/groupBy");
        await FaultsAsync(ada, [Report("forecast", new { ownerId = Enumerable.Range(0, 200).Select(i => $"{i:d40}") })], "/reports/0/parameters");
        await FaultsAsync(ada, [Report("forecast", new[] { "period" })], "/reports/0/parameters");
        await FaultsAsync(ada, [Report("weather"), Report("deals")], "/reports/0/report", "/reports/1/report");
        await FaultsAsync(ada, [Report("forecast", key: "one"), Report("pipeline", key: "one")], "/reports/1/key");
        await FaultsAsync(ada, [Report("forecast", key: "One/Two")], "/reports/0/key");
        await FaultsAsync(ada, [], "/reports");
        await FaultsAsync(ada, [.. Enumerable.Repeat(Report("pipeline"), 21)], "/reports");
        (await ada.PostAsync("/api/dashboards", new { name = new string('x', 121), reports = new[] { new { name = new string('x', 121), report = "pipeline" } } })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/name", "/reports/0/name"], ignoreOrder: true);

        var id = await ada.DashboardAsync(Report("pipeline"));
        (await ada.PatchAsync($"/api/dashboards/{id}", new { reports = new[] { Report("movement", new { groupBy = "hour" }) } })).Faults.ShouldBe(["/reports/0/parameters/groupBy"]);
        (await ada.PutAsync($"/api/dashboards/{id}", new { name = "Round", reports = new[] { Report("pipeline", new { nothing = 1 }) } })).Faults.ShouldBe(["/reports/0/parameters/nothing"]);

        static async Task FaultsAsync(Client ada, object[] reports, params string[] faults) =>
            (await ada.PostAsync("/api/dashboards", new { name = "Round", reports })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(faults, ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task What_fits_no_schedule_is_refused_with_its_pointer(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        await ada.As(Role.Rep, "bob").GetAsync("/api/me");
        (await ada.PatchAsync("/api/members/bob", new { active = false })).ShouldBe(HttpStatusCode.OK);
        await FaultAsync(new { every = "week", time = "07:00", by = "WEBHOOK" }, HttpStatusCode.BadRequest, "/schedule/weekday");
        await FaultAsync(new { every = "month", time = "07:00", by = "WEBHOOK" }, HttpStatusCode.BadRequest, "/schedule/day");
        await FaultAsync(new { every = "day", weekday = "MONDAY", day = 1, time = "07:00", by = "WEBHOOK" }, HttpStatusCode.BadRequest, "/schedule/weekday", "/schedule/day");
        await FaultAsync(new { every = "month", day = 32, time = "07:00", by = "WEBHOOK" }, HttpStatusCode.BadRequest, "/schedule/day");
        await FaultAsync(new { every = "hour", time = "24:00", by = "PIGEON" }, HttpStatusCode.BadRequest, "/schedule/every", "/schedule/time", "/schedule/by");
        await FaultAsync(new { every = "day" }, HttpStatusCode.BadRequest, "/schedule/time", "/schedule/by");
        await FaultAsync(new { every = "day", time = "07:00", by = "EMAIL" }, HttpStatusCode.BadRequest, "/schedule/to");
        await FaultAsync(new { every = "day", time = "07:00", by = "WEBHOOK", to = new[] { "me" } }, HttpStatusCode.BadRequest, "/schedule/to");
        await FaultAsync(new { every = "day", time = "07:00", by = "EMAIL", to = Enumerable.Repeat("me", 201) }, HttpStatusCode.BadRequest, "/schedule/to");
        await FaultAsync(new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "me", "nobody" } }, HttpStatusCode.UnprocessableEntity, "/schedule/to/1");
        await FaultAsync(new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "bob" } }, HttpStatusCode.UnprocessableEntity, "/schedule/to/0");

        async Task FaultAsync(object schedule, HttpStatusCode status, params string[] faults) =>
            (await ada.PostAsync("/api/dashboards", new { name = "Round", reports = new[] { Report("pipeline") }, schedule })).ShouldBe(status).Faults.ShouldBe(faults, ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_member_owns_so_many_at_most_also_where_they_are_made_at_once(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var bob = ada.As(Role.Rep, "bob");
        for (var i = 0; i < DashboardService.Most - 3; i++) await bob.DashboardAsync(Report("pipeline"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bob.PostAsync("/api/dashboards", new { name = "Round", reports = new[] { Report("pipeline") } })));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(3);
        answers.Where(answer => answer.Status != HttpStatusCode.Created).ShouldAllBe(answer => answer.Code == "limit-reached");
        var adas = await ada.DashboardAsync(Report("pipeline"));
        (await ada.PatchAsync($"/api/dashboards/{adas}", new { ownerId = "bob" })).ShouldFail(HttpStatusCode.Conflict, "limit-reached");
    }

    [Theory, EachDatabase]
    public async Task The_typed_client_keeps_dashboards_and_asks_for_their_reports(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        await ada.MakeAsync("deals", new { name = "Engine", value = 1000 });
        var dashboards = ada.Typed().Dashboards;
        var fields = new DashboardFields
        {
            Name = "Round",
            Reports = [new DashboardReportFields { Name = "Open", Report = "pipeline", Parameters = JsonSerializer.SerializeToElement(new { ownerId = new[] { "me" } }) }],
            Schedule = new ScheduleFields { Every = "month", Day = 31, Time = "18:30", By = DeliveryChannel.Webhook },
        };

        var made = await dashboards.CreateAsync(fields, null, Stop);
        var shared = await dashboards.ChangeAsync(made.Id, new { isShared = true }, made.Version, Stop);
        var answers = await dashboards.AnswersAsync(made.Id, new DashboardAnswersQuery(), Stop);
        var one = await dashboards.AnswerAsync(made.Id, "pipeline", new DashboardAnswersQuery { AsOf = answers.AsOf }, Stop);
        var replaced = await dashboards.ReplaceAsync(made.Id, fields with { Name = "Month" }, shared.Version, Stop);

        answers.Reports.ShouldHaveSingleItem().Answer!.Value.GetProperty("total").GetProperty("value").GetDecimal().ShouldBe(1000);
        one.Answer!.Value.GetRawText().ShouldBe(answers.Reports[0].Answer!.Value.GetRawText());
        (await dashboards.ListAsync(new DashboardQuery { Scheduled = true, Search = "mon" }, Stop)).Items.ShouldHaveSingleItem().Version.ShouldBe(replaced.Version);
        (await dashboards.ListDeliveriesAsync(made.Id, new DashboardDeliveryQuery(), Stop)).Items.ShouldBeEmpty();
        await dashboards.DeleteAsync(made.Id, replaced.Version, Stop);
        (await dashboards.ListAsync(new DashboardQuery(), Stop)).Items.ShouldBeEmpty();
    }
}
