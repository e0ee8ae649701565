using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Services.Dashboards;
using Crm.Tests.Kit;
using Crm.Tests.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using static Crm.Tests.Dashboards.DashboardCalls;

namespace Crm.Tests.Dashboards;

/// <summary>What is delivered when, and that it is once.</summary>
public sealed class DashboardScheduleTests
{
    private static readonly object Daily = new { every = "day", time = "07:00", by = "WEBHOOK" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_webhook_is_told_of_what_is_delivered_with_addresses_that_give_the_same_for_ever(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        await ada.MakeAsync("deals", new { name = "Engine", value = 1000 });
        var hook = await crm.MakeAsync(ada, ["dashboard.delivered"], new { field = "name", @is = "Round" });
        var id = await ada.SharedAsync(Daily, Report("pipeline", new { ownerId = "me" }), Report("win-rate", new { period = "last-month" }));
        await crm.Host.QueryAsync(ada.TenantId, db => db.Dashboards.ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAt, DateTimeOffset.UnixEpoch), Stop));

        (await crm.Host.Services.GetRequiredService<DashboardScheduler>().RunDueAsync(Stop)).ShouldBe(1);
        (await crm.Host.Services.GetRequiredService<DashboardScheduler>().RunDueAsync(Stop)).ShouldBe(0);
        await crm.TellAsync();

        var sent = JsonSerializer.Deserialize<JsonElement>(hook.Sent.ShouldHaveSingleItem().Body);
        var delivery = (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem();
        (sent.Text("type"), sent.Text("subject")).ShouldBe(("dashboard.delivered", $"dashboards/{id}"));
        var record = sent.GetProperty("data").GetProperty("record");
        (record.Text("id"), record.Text("name"), record.Text("deliveryId"), record.Text("dueAt")).ShouldBe(($"{id}", "Round", delivery.Text("id"), delivery.Text("dueAt")));
        (delivery.Text("state"), delivery.Text("by")).ShouldBe(("DELIVERED", "WEBHOOK"));
        record.GetProperty("reports").GetRawText().ShouldBe(delivery.GetProperty("reports").GetRawText());
        foreach (var report in record.GetProperty("reports").EnumerateArray())
        {
            var url = report.Text("url");
            url.ShouldContain($"asOf={Uri.EscapeDataString(delivery.Text("dueAt"))}");
            var first = (await ada.GetAsync(url)).ShouldBe(HttpStatusCode.OK);
            await ada.MakeAsync("deals", new { name = "Later", value = 1 });
            (await ada.GetAsync(url)).Bytes.ShouldBe(first.Bytes);
        }
    }

    [Theory, EachDatabase]
    public async Task What_was_missed_is_delivered_once_of_its_last_due_time(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var id = await ada.SharedAsync(Daily, Report("pipeline"));
        var first = await crm.LetBeDueAsync(ada, id, TimeSpan.FromSeconds(-1));
        (await crm.BeginAsync()).ShouldBe(0); // what is being written at that time isn't committed yet
        crm.Clock.Advance(TimeSpan.FromSeconds(1));
        (await crm.BeginAsync()).ShouldBe(1);

        crm.Clock.Advance(TimeSpan.FromDays(10) + TimeSpan.FromHours(5));
        (await crm.BeginAsync()).ShouldBe(1);
        (await crm.BeginAsync()).ShouldBe(0);

        var rows = await crm.Host.QueryAsync(ada.TenantId, db => db.DashboardDeliveries.OrderBy(d => d.DueAt).Select(d => d.DueAt).ToListAsync(Stop));
        rows.ShouldBe([first, first.AddDays(10)]);
        (await crm.Host.QueryAsync(ada.TenantId, db => db.Dashboards.Select(d => d.NextAt).SingleAsync(Stop))).ShouldBe(first.AddDays(11));
        (await ada.EventsAsync(id)).ShouldBe(["dashboard.delivered", "dashboard.delivered"]);
    }

    [Theory, EachDatabase]
    public async Task Several_who_look_at_once_begin_each_delivery_once(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        await using var other = await crm.AnotherAsync();
        var ada = crm.Host.NewTenant();
        var ids = new List<Guid>();
        for (var i = 0; i < 10; i++) ids.Add(await ada.SharedAsync(Daily, Report("pipeline")));

        for (var day = 0; day < 3; day++)
        {
            await crm.LetBeDueAsync(ada, ids[0]);
            var begun = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => (i % 2 == 0 ? crm : other).BeginAsync(), Stop)));
            while (await crm.BeginAsync() > 0) begun = [.. begun, 1];
            begun.Sum().ShouldBeGreaterThanOrEqualTo(1);
        }

        (await crm.Host.QueryAsync(ada.TenantId, db => db.DashboardDeliveries.CountAsync(Stop))).ShouldBe(30);
        foreach (var id in ids) (await ada.EventsAsync(id)).Count.ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task A_schedule_stops_with_its_owner_and_begins_anew_with_another(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var rep = ada.As(Role.Rep, "rep");
        var id = await rep.SharedAsync(Daily, Report("pipeline"));
        (await ada.PatchAsync("/api/members/rep", new { active = false })).ShouldBe(HttpStatusCode.OK);
        await crm.LetBeDueAsync(ada, id);
        var path = $"/api/dashboards/{id}";

        (await crm.BeginAsync()).ShouldBe(1);
        (await crm.BeginAsync()).ShouldBe(0);

        var stopped = (await ada.GetAsync(path)).ShouldBe(HttpStatusCode.OK)["schedule"];
        (stopped.Text("stoppedReason"), stopped.GetProperty("nextAt").ValueKind, stopped.GetProperty("stoppedAt").GetDateTimeOffset()).ShouldBe(("OWNER_INACTIVE", JsonValueKind.Null, crm.Clock.GetUtcNow()));
        (await ada.DeliveriesAsync(id)).ShouldBeEmpty();
        (await ada.GetAsync($"/api/audit?subject=dashboards/{id}")).Items.Select(entry => entry.Text("type")).ShouldContain("dashboard.schedule_stopped");
        var taken = (await ada.PatchAsync(path, new { ownerId = "me" })).ShouldBe(HttpStatusCode.OK)["schedule"];
        (taken.GetProperty("stoppedAt").ValueKind, taken.GetProperty("nextAt").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.String));
        await crm.LetBeDueAsync(ada, id);
        (await crm.BeginAsync()).ShouldBe(1);
        (await ada.DeliveriesAsync(id)).Count.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task What_is_due_already_isnt_lost_when_the_schedule_is_changed_meanwhile(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var id = await ada.SharedAsync(Daily, Report("pipeline"));
        var due = await crm.LetBeDueAsync(ada, id, TimeSpan.FromSeconds(-20));
        (await ada.PatchAsync($"/api/dashboards/{id}", new { schedule = new { every = "day", time = "18:00", by = "WEBHOOK" } })).ShouldBe(HttpStatusCode.OK);
        crm.Clock.Advance(TimeSpan.FromSeconds(20));

        (await crm.BeginAsync()).ShouldBe(1);

        (await ada.DeliveriesAsync(id)).ShouldHaveSingleItem().GetProperty("dueAt").GetDateTimeOffset().ShouldBe(due);
        (await ada.GetAsync($"/api/dashboards/{id}"))["schedule"].GetProperty("nextAt").GetDateTimeOffset().ShouldBe(due.AddHours(11));
    }

    [Theory, EachDatabase]
    public async Task What_another_owner_sees_is_mailed_to_nobody_before_somebody_says_so(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        await ada.KeepRoleAsync();
        var rep = await crm.MemberAsync(ada, "rep");
        var byMail = new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "rep" } };
        var id = await rep.SharedAsync(byMail, Report("pipeline"));
        var path = $"/api/dashboards/{id}";

        var given = (await ada.PatchAsync(path, new { ownerId = "me" })).ShouldBe(HttpStatusCode.OK)["schedule"];
        await ada.PatchAsync(path, new { name = "Other round" });
        crm.Clock.Advance(TimeSpan.FromDays(2));
        (await crm.BeginAsync()).ShouldBe(0);
        var again = (await ada.PatchAsync(path, new { schedule = byMail })).ShouldBe(HttpStatusCode.OK)["schedule"];
        var back = (await ada.PatchAsync(path, new { ownerId = "rep", schedule = byMail })).ShouldBe(HttpStatusCode.OK)["schedule"];

        (given.Text("stoppedReason"), given.GetProperty("nextAt").ValueKind).ShouldBe(("OWNER_CHANGED", JsonValueKind.Null));
        foreach (var schedule in new[] { again, back }) (schedule.Text("stoppedReason"), schedule.GetProperty("nextAt").ValueKind).ShouldBe(("", JsonValueKind.String));
        (await ada.GetAsync($"/api/audit?subject=dashboards/{id}")).Items.Count(entry => entry.Text("type") == "dashboard.schedule_stopped").ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Who_has_another_role_by_a_token_than_the_tenant_keeps_has_nothing_mailed(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var (boss, body) = (ada.As(Role.Manager, "boss"), new { name = "Round", reports = new[] { Report("pipeline") }, schedule = new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "me" } } });
        (await ada.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);

        (await boss.PostAsync("/api/dashboards", body)).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden").Text.ShouldContain("An admin can give you the role MANAGER under /api/members.");
        (await boss.PostAsync("/api/dashboards", new { body.name, body.reports, schedule = Daily })).ShouldBe(HttpStatusCode.Created);
        (await ada.PatchAsync("/api/members/boss", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
        (await boss.PostAsync("/api/dashboards", body)).ShouldBe(HttpStatusCode.Created);
        (await boss.As(Role.Rep, "boss").PostAsync("/api/dashboards", body)).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
    }

    [Theory, EachDatabase]
    public async Task Another_time_zone_moves_what_is_due(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var id = await ada.SharedAsync(Daily, Report("pipeline"));

        (await ada.PatchAsync("/api/settings", new { timeZone = "Pacific/Auckland" })).ShouldBe(HttpStatusCode.OK);

        var next = (await ada.GetAsync($"/api/dashboards/{id}"))["schedule"].GetProperty("nextAt").GetDateTimeOffset();
        TimeZoneInfo.ConvertTime(next, TimeZoneInfo.FindSystemTimeZoneById("Pacific/Auckland")).TimeOfDay.ShouldBe(TimeSpan.FromHours(7));
        (next > DateTimeOffset.UnixEpoch).ShouldBeTrue();
    }

    [Theory, EachDatabase]
    public async Task The_feed_tells_of_deliveries_those_who_see_the_dashboard(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var rep = ada.As(Role.Rep, "rep");
        (await ada.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        var (shared, own) = (await ada.SharedAsync(Daily, Report("pipeline")), await ada.MakeAsync("dashboards", new { name = "Secret", reports = new[] { Report("pipeline") }, schedule = Daily }));
        await crm.Host.QueryAsync(ada.TenantId, db => db.Dashboards.ExecuteUpdateAsync(set => set.SetProperty(d => d.NextAt, DateTimeOffset.UnixEpoch), Stop));
        (await crm.Host.Services.GetRequiredService<DashboardScheduler>().RunDueAsync(Stop)).ShouldBe(2);
        await crm.TellAsync();

        (await HeardAsync(ada)).ShouldBe([$"dashboards/{shared}", $"dashboards/{own}"], ignoreOrder: true);
        (await HeardAsync(rep)).ShouldBe([$"dashboards/{shared}"]);
        (await HeardAsync(ada.As(Role.Manager, "boss"))).ShouldBe([$"dashboards/{shared}"]);

        static async Task<IEnumerable<string>> HeardAsync(Client client) => (await client.GetAsync("/api/events?types=dashboard.delivered&take=100")).ShouldBe(HttpStatusCode.OK).Items.Select(item => item.Text("subject"));
    }

    [Theory, EachDatabase]
    public async Task What_was_delivered_is_forgotten_after_ninety_days(Database database)
    {
        await using var crm = await DashboardHost.StartAsync(database);
        var ada = crm.Host.NewTenant();
        var id = await ada.SharedAsync(Daily, Report("pipeline"));
        await crm.LetBeDueAsync(ada, id);
        await crm.BeginAsync();
        crm.Clock.Advance(TimeSpan.FromDays(89));
        await crm.BeginAsync();
        var tidier = crm.Host.Services.GetRequiredService<DashboardTidier>();

        (await tidier.TidyAsync(Stop)).ShouldBe(0);
        crm.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        (await tidier.TidyAsync(Stop)).ShouldBe(1);

        (await crm.Host.QueryAsync(ada.TenantId, db => db.DashboardDeliveries.CountAsync(Stop))).ShouldBe(1);
    }
}
