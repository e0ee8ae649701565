using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.ApiKeys;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;
using static Crm.Tests.Dashboards.DashboardCalls;

namespace Crm.Tests.Dashboards;

/// <summary>Who sees which dashboards, and what of the tenant's figures in them.</summary>
public sealed class DashboardAccessTests
{
    private static readonly object Daily = new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "me" } };

    [Theory, EachDatabase]
    public async Task What_others_keep_for_themselves_is_not_there_and_what_they_share_can_be_changed_by_managers(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var (rep, other, manager, viewer) = (ada.As(Role.Rep, "rep"), ada.As(Role.Rep, "other"), ada.As(Role.Manager, "boss"), ada.As(Role.Viewer, "viewer"));
        var own = await rep.DashboardAsync(Report("pipeline", key: "open"));
        var shared = await rep.SharedAsync(null, Report("pipeline", key: "open"));

        foreach (var stranger in new[] { other, manager, viewer, ada })
        {
            foreach (var path in new[] { "", "/reports", "/reports/open", "/reports/open?format=csv", "/deliveries" })
            {
                (await stranger.GetAsync($"/api/dashboards/{own}{path}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
                (await stranger.GetAsync($"/api/dashboards/{shared}{path}")).ShouldBe(HttpStatusCode.OK);
            }

            (await stranger.GetAsync("/api/dashboards")).Items.Select(item => item.GetProperty("id").GetGuid()).ShouldBe([shared]);
            if (stranger != viewer) (await stranger.PatchAsync($"/api/dashboards/{own}", new { name = "Mine" })).ShouldFail(HttpStatusCode.NotFound, "not-found");
        }

        (await rep.GetAsync("/api/dashboards?ownerId=me&isShared=false")).Items.ShouldHaveSingleItem();
        (await other.PatchAsync($"/api/dashboards/{shared}", new { name = "Mine" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await other.DeleteAsync($"/api/dashboards/{shared}")).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await viewer.PatchAsync($"/api/dashboards/{shared}", new { name = "Mine" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await viewer.PostAsync("/api/dashboards", new { name = "Mine", reports = new[] { Report("pipeline") } })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await manager.PatchAsync($"/api/dashboards/{shared}", new { name = "Ours" })).ShouldBe(HttpStatusCode.OK);
        (await manager.DeleteAsync($"/api/dashboards/{shared}")).ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory, EachDatabase]
    public async Task Only_a_manager_gives_a_dashboard_to_somebody_else_who_is_there(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var (rep, manager) = (ada.As(Role.Rep, "rep"), ada.As(Role.Manager, "boss"));
        var id = await rep.SharedAsync(null, Report("pipeline"));
        await manager.GetAsync("/api/me");

        (await rep.PatchAsync($"/api/dashboards/{id}", new { ownerId = "boss" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await rep.PostAsync("/api/dashboards", new { name = "For the boss", ownerId = "boss", reports = new[] { Report("pipeline") } })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await manager.PatchAsync($"/api/dashboards/{id}", new { ownerId = "nobody" })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/ownerId"]);
        (await manager.PatchAsync($"/api/dashboards/{id}", new { ownerId = "me", isShared = false })).ShouldBe(HttpStatusCode.OK);
        (await rep.GetAsync($"/api/dashboards/{id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task Everybody_sees_their_own_figures_in_a_dashboard_that_is_shared(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        (await ada.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        var rep = ada.As(Role.Rep, "rep");
        await rep.MakeAsync("deals", new { name = "Engine", value = 100 });
        await ada.MakeAsync("deals", new { name = "Boiler", value = 1000 });
        var id = await ada.SharedAsync(null, Report("pipeline"), Report("pipeline", new { ownerId = "me" }));

        (await ValuesAsync(ada)).ShouldBe([1100, 1000]);
        (await ValuesAsync(rep)).ShouldBe([100, 100]);
        (await ada.AnswersAsync(id))[1].Text("url").ShouldContain("?ownerId=ada&");
        (await rep.AnswersAsync(id))[1].Text("url").ShouldContain("?ownerId=rep&");

        async Task<IEnumerable<decimal>> ValuesAsync(Client client) => (await client.AnswersAsync(id)).Select(report => report.GetProperty("answer").GetProperty("total").GetProperty("value").GetDecimal());
    }

    [Theory, EachDatabase]
    public async Task Another_tenant_finds_nothing(Database database)
    {
        var host = await Hosts.For(database);
        var (ada, eve) = (host.NewTenant(), host.NewTenant(user: "eve"));
        await ada.KeepRoleAsync();
        var id = await ada.SharedAsync(Daily, Report("pipeline", key: "open"));

        foreach (var path in new[] { "", "/reports", "/reports/open", "/deliveries" }) (await eve.GetAsync($"/api/dashboards/{id}{path}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await eve.PutAsync($"/api/dashboards/{id}", new { name = "Mine", reports = new[] { Report("pipeline") } })).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await eve.DeleteAsync($"/api/dashboards/{id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await eve.GetAsync("/api/dashboards")).Items.ShouldBeEmpty();
        (await eve.PostAsync("/api/dashboards", new { name = "Spy", reports = new[] { Report("pipeline") }, schedule = new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "ada" } } })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/schedule/to/0"]);
        (await ada.GetAsync($"/api/dashboards/{id}")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_key_sees_figures_where_it_is_for_analytics_and_schedules_nothing_that_outlives_it(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var id = await ada.SharedAsync(null, Report("pipeline", key: "open"));
        var (_, narrow) = await ada.MakeKeyAsync(Role.Rep, resources: ["dashboards"]);
        var (_, both) = await ada.MakeKeyAsync(Role.Rep, resources: ["analytics", "dashboards"]);

        (await ada.ByKeyAsync(narrow, HttpMethod.Get, $"/api/dashboards/{id}")).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "reports", "reports/open", "reports/open?format=csv" })
        {
            (await ada.ByKeyAsync(narrow, HttpMethod.Get, $"/api/dashboards/{id}/{path}")).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
            (await ada.ByKeyAsync(both, HttpMethod.Get, $"/api/dashboards/{id}/{path}")).ShouldBe(HttpStatusCode.OK);
        }

        (await ada.ByKeyAsync(both, HttpMethod.Post, "/api/dashboards", new { name = "Round", reports = new[] { Report("pipeline") }, schedule = Daily })).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        (await ada.ByKeyAsync(both, HttpMethod.Post, "/api/dashboards", new { name = "Round", reports = new[] { Report("pipeline") } })).ShouldBe(HttpStatusCode.Created);
    }
}
