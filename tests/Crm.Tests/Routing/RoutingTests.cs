using System.Net;
using Crm.Contracts.Members;
using Crm.Contracts.Routing;
using Crm.Services.Events;
using Crm.Services.Routing;
using Crm.Tests.Clients;
using Crm.Tests.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using static Crm.Tests.Routing.RoutingCalls;

namespace Crm.Tests.Routing;

/// <summary>To whom leads are given that come without an owner.</summary>
public sealed class RoutingTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_lead_without_an_owner_is_given_to_a_candidate_who_is_told_and_the_decision_is_kept(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid"], new[] { Rule("All", "bea", "cid") });

        var lead = await ada.MakeRoutedAsync();

        (await ada.OwnerAsync(lead)).ShouldBe("bea");
        (await ada.EventsAsync(lead)).ShouldBe(["lead.created", "lead.assigned"]);
        (await ada.Host.QueryAsync(ada.TenantId, db => db.Events.Where(e => e.RecordId == lead && e.Version == 2).Select(e => e.Actor).SingleAsync())).ShouldBe("routing");
        await ada.Host.TellAsync();
        (await ada.As(Role.Rep, "bea").KindsAsync()).ShouldBe(["LEAD_ASSIGNED"]);
        var decision = (await ada.DecisionsAsync(lead)).ShouldHaveSingleItem();
        decision.GetProperty("candidates").GetRawText().ShouldBe("""[{"userId":"bea","weight":1,"isAccountOwner":false,"leadsToday":0,"leadsPerDay":null,"openLeads":null,"turn":1,"passedOver":null},{"userId":"cid","weight":1,"isAccountOwner":false,"leadsToday":0,"leadsPerDay":null,"openLeads":null,"turn":1,"passedOver":"NOT_IN_TURN"}]""");
        (decision.GetProperty("rule").GetString(), decision.GetProperty("strategy").GetString(), decision.GetProperty("number").GetInt32()).ShouldBe(("All", "ROUND_ROBIN", 1));
        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea"]);
    }

    [Theory, EachDatabase]
    public async Task What_has_an_owner_or_is_settled_stays_and_so_does_everything_while_routing_isnt_active(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea"], new[] { Rule("All", "bea") });
        var owned = await ada.MakeRoutedAsync(new { lastName = "Hopper", ownerId = "me" });
        var unqualified = await ada.MakeRoutedAsync(new { lastName = "Hopper", status = "UNQUALIFIED" });
        (await ada.PatchAsync("/api/automation/routing", new { isActive = false })).ShouldBe(HttpStatusCode.OK);
        var unrouted = await ada.MakeRoutedAsync();

        (await ada.OwnerAsync(owned), await ada.OwnerAsync(unqualified), await ada.OwnerAsync(unrouted)).ShouldBe(("ada", null, null));
        foreach (var lead in new[] { owned, unqualified, unrouted }) (await ada.DecisionsAsync(lead)).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task An_event_that_is_told_twice_routes_once(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid"], new[] { Rule("All", "bea", "cid") });
        var lead = await ada.MakeRoutedAsync();
        var log = await ada.LogAsync();
        var consumer = ada.Host.Services.GetServices<IEventConsumer>().OfType<RoutingConsumer>().Single();

        for (var i = 0; i < 3; i++) await consumer.DeliverAsync(new ConsumerTurn(ada.TenantId, "routing"), [.. log.Where(entry => entry.RecordId == lead && entry.Version == 1)], Stop);
        (await ada.PatchAsync($"/api/leads/{lead}", new { ownerId = (string?)null })).ShouldBe(HttpStatusCode.OK);
        await consumer.DeliverAsync(new ConsumerTurn(ada.TenantId, "routing"), [.. log.Where(entry => entry.RecordId == lead && entry.Version == 1)], Stop);

        (await ada.LinesAsync(lead)).ShouldBe(["CREATED ASSIGNED bea"]);
        (await ada.OwnerAsync(lead)).ShouldBeNull();
    }

    [Theory, EachDatabase]
    public async Task The_first_rule_whose_condition_holds_decides_and_a_lead_that_is_for_none_stays(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid"], new object[]
        {
            new { name = "Large", condition = new { field = "estimatedValue", greaterThan = 1000 }, candidates = new[] { new { userId = "bea" } } },
            new { name = "Web", condition = new { field = "source", @is = "WEBSITE" }, candidates = new[] { new { userId = "cid" } } },
        });

        var large = await ada.MakeRoutedAsync(new { lastName = "Hopper", source = "WEBSITE", estimatedValue = 1000.5 });
        var web = await ada.MakeRoutedAsync(new { lastName = "Hopper", source = "WEBSITE", estimatedValue = 1000 });
        var other = await ada.MakeRoutedAsync();

        (await ada.LinesAsync(large)).ShouldBe(["CREATED ASSIGNED bea"]);
        (await ada.LinesAsync(web)).ShouldBe(["CREATED ASSIGNED cid"]);
        (await ada.LinesAsync(other)).ShouldBe(["CREATED UNMATCHED"]);
        (await ada.KindsAsync()).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task Each_is_given_the_part_that_the_weights_say_within_one_and_nobody_several_in_a_row(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid", "dan"], new[] { new { name = "All", candidates = new object[] { new { userId = "bea", weight = 5 }, new { userId = "cid", weight = 2 }, new { userId = "dan" } } } });
        var owners = new List<string?>();
        for (var i = 0; i < 16; i++) owners.Add(await ada.OwnerAsync(await ada.MakeRoutedAsync()));

        string.Join(' ', owners.Take(8)).ShouldBe("bea cid bea bea dan bea cid bea");
        owners.Skip(8).ShouldBe(owners.Take(8));
    }

    [Theory, EachDatabase]
    public async Task A_teams_members_are_candidates_as_they_are_at_the_time_and_each_counts_once(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        foreach (var user in (string[])["bea", "cid", "dan"]) await ada.MemberAsync(user);
        var team = await ada.MakeAsync("teams", new { name = "North", memberIds = new[] { "cid", "bea" } });
        await ada.RouteByAsync([], new[] { new { name = "All", candidates = new object[] { new { userId = "bea", weight = 3 }, new { teamId = team, weight = 2 } } } });

        var before = await ada.MakeRoutedAsync();
        (await ada.PatchAsync($"/api/teams/{team}", new { memberIds = new[] { "dan" } })).ShouldBe(HttpStatusCode.OK);
        var after = await ada.MakeRoutedAsync();

        (await Considered(before)).ShouldBe(["bea 3", "cid 2"]);
        (await Considered(after)).ShouldBe(["bea 3", "dan 2"]);

        async Task<List<string>> Considered(Guid lead) => [.. (await ada.DecisionsAsync(lead))[0].GetProperty("candidates").EnumerateArray().Select(one => $"{one.GetProperty("userId")} {one.GetProperty("weight")}")];
    }

    [Theory, EachDatabase]
    public async Task Whoever_cant_take_a_lead_is_passed_over_and_the_decision_says_why(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid", "dan", "eva", "fay", "gus"], new[] { Rule("All", "bea", "cid", "dan", "eva", "fay", "gus") });
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        (await ada.PatchAsync("/api/members/bea", new { active = false })).ShouldBe(HttpStatusCode.OK);
        await ada.SetAsync("cid", new { acceptsLeads = false });
        await ada.SetAsync("dan", new { absences = new[] { new { from = today.AddDays(-1), to = today.AddDays(1) } } });
        await ada.SetAsync("eva", new { workingHours = Array.Empty<object>() });
        await ada.SetAsync("fay", new { leadsPerDay = 1 });
        string[] others = ["bea INACTIVE", "cid OPTED_OUT", "dan ABSENT", "eva OUTSIDE_HOURS"];

        (await ada.PassedOverAsync(await ada.MakeRoutedAsync())).ShouldBe([.. others, "fay", "gus NOT_IN_TURN"]);
        (await ada.PassedOverAsync(await ada.MakeRoutedAsync())).ShouldBe([.. others, "fay QUOTA_REACHED", "gus"]);
        (await ada.PassedOverAsync(await ada.MakeRoutedAsync())).ShouldBe([.. others, "fay QUOTA_REACHED", "gus"]);
        (await ada.GetAsync("/api/automation/availability/fay"))["leadsToday"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task By_load_whoever_has_the_fewest_open_leads_by_the_weight_is_given_the_next(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid"], new[] { new { name = "All", strategy = "LEAST_LOAD", candidates = new object[] { new { userId = "bea" }, new { userId = "cid", weight = 2 } } } });
        for (var i = 0; i < 2; i++) await ada.MakeAsync("leads", new { lastName = "Hopper", ownerId = "bea" });
        await ada.MakeAsync("leads", new { lastName = "Hopper", ownerId = "cid" });
        await ada.MakeAsync("leads", new { lastName = "Hopper", ownerId = "cid", status = "UNQUALIFIED" });
        var owners = new List<string?>();
        for (var i = 0; i < 5; i++) owners.Add(await ada.OwnerAsync(await ada.MakeRoutedAsync()));

        owners.ShouldBe(["cid", "cid", "cid", "bea", "cid"]); // 2:1, 2:2, 2:3 → 2/1 = 4/2, the fewest today first
    }

    [Theory, EachDatabase]
    public async Task A_lead_of_the_same_company_goes_to_whom_the_newest_of_it_belongs_if_they_can_take_it(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid", "dan"], new[] { new { name = "All", keepAccounts = true, candidates = new object[] { new { userId = "bea" } } } });
        await ada.MakeAsync("leads", new { lastName = "Hopper", ownerId = "cid", email = "grace@Fjordline.example" });
        await ada.MakeAsync("leads", new { lastName = "Hopper", ownerId = "dan", companyWebsite = "https://www.fjordline.example/about" });
        await ada.MakeAsync("leads", new { lastName = "Hopper", ownerId = "cid", email = "grace@gmail.com" });

        var same = await ada.MakeRoutedAsync(new { lastName = "Lovelace", email = "ada@fjordline.example" });
        var free = await ada.MakeRoutedAsync(new { lastName = "Lovelace", email = "ada@gmail.com" });
        await ada.SetAsync("dan", new { acceptsLeads = false });
        var passed = await ada.MakeRoutedAsync(new { lastName = "Lovelace", companyWebsite = "fjordline.example" });

        (await ada.OwnerAsync(same), await ada.OwnerAsync(free)).ShouldBe(("dan", "bea"));
        (await ada.PassedOverAsync(passed)).ShouldBe(["dan OPTED_OUT", "bea"]);
    }

    [Theory, EachDatabase]
    public async Task What_nobody_can_take_goes_to_the_fallback_or_waits_and_managers_are_told(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid"], new[] { Rule("All", "bea") }, fallbackId: "cid");
        var (mia, may) = (await ada.MemberAsync("mia"), await ada.MemberAsync("may"));
        (await ada.PatchAsync("/api/members/mia", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
        await ada.SetAsync("bea", new { acceptsLeads = false });

        var fallen = await ada.MakeRoutedAsync(new { firstName = "Grace", lastName = "Hopper" });
        (await ada.PatchAsync("/api/automation/routing", new { fallbackId = (string?)null })).ShouldBe(HttpStatusCode.OK);
        var waiting = await ada.MakeRoutedAsync();
        await ada.Host.TellAsync();

        (await ada.LinesAsync(fallen)).ShouldBe(["CREATED FALLBACK cid"]);
        (await ada.LinesAsync(waiting)).ShouldBe(["CREATED UNASSIGNED"]);
        (await mia.NotificationsAsync()).Select(one => $"{one.GetProperty("kind")} {one.GetProperty("subject")} {one.GetProperty("title")}").ShouldBe([$"LEAD_UNROUTED leads/{waiting} Hopper", $"LEAD_UNROUTED leads/{fallen} Grace Hopper"]);
        (await may.NotificationsAsync()).ShouldBeEmpty();

        await ada.SetAsync("bea", new { acceptsLeads = true });
        await ada.Host.ReviewAsync();
        (await ada.LinesAsync(waiting)).ShouldBe(["CREATED UNASSIGNED", "WAITED ASSIGNED bea"]);
        (await ada.DecisionsAsync(waiting)).ShouldAllBe(one => one.GetProperty("dueAt").ValueKind == System.Text.Json.JsonValueKind.Null);
    }

    [Theory, EachDatabase]
    public async Task The_typed_client_sets_rules_and_reads_why_a_lead_is_whose_it_is(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var crm = ada.Typed();

        var set = await crm.Routing.ChangeAsync(new RoutingFields { IsActive = true, Rules = [new RoutingRuleFields { Name = "All", Candidates = [new RoutingCandidateFields { UserId = "me" }] }] }, 0, Stop);
        var available = await crm.Routing.ChangeAvailabilityAsync("me", new { leadsPerDay = 2 }, Stop);
        var lead = await ada.MakeRoutedAsync();
        var decision = (await crm.Routing.DecisionsAsync(lead, Stop)).Items.ShouldHaveSingleItem();
        var again = await crm.Routing.RouteAsync(lead, Stop);

        (set.Version, (await crm.Routing.GetAsync(Stop)).Rules[0].Name, available.LeadsPerDay).ShouldBe((1, "All", 2));
        (decision.OwnerId, decision.Candidates[0].PassedOver, again.Outcome, again.Candidates[0].PassedOver).ShouldBe(("ada", null, RoutingOutcome.Unassigned, PassedOver.HadBefore));
        (await crm.Routing.GetAvailabilityAsync("ada", Stop)).LeadsToday.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_manager_routes_by_hand_also_while_routing_isnt_active_and_the_owner_isnt_given_it_again(Database database)
    {
        var ada = await (await hosts.For(database)).NewTenant().RouteByAsync(["bea", "cid"], new[] { Rule("All", "bea", "cid") });
        (await ada.PatchAsync("/api/automation/routing", new { isActive = false })).ShouldBe(HttpStatusCode.OK);
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });

        var first = (await ada.PostAsync($"/api/leads/{lead}/route")).ShouldBe(HttpStatusCode.OK);
        var second = (await ada.PostAsync($"/api/leads/{lead}/route")).ShouldBe(HttpStatusCode.OK);
        await ada.SetAsync("bea", new { acceptsLeads = false });
        var kept = (await ada.PostAsync($"/api/leads/{lead}/route")).ShouldBe(HttpStatusCode.OK);

        (first["ownerId"].GetString(), second["ownerId"].GetString(), second["previousOwnerId"].GetString()).ShouldBe(("bea", "cid", "bea"));
        (kept["outcome"].GetString(), kept["ownerId"].GetString(), kept["dueAt"].ValueKind).ShouldBe(("UNASSIGNED", "cid", System.Text.Json.JsonValueKind.Null));
        (await ada.PassedOverAsync(lead)).ShouldBe(["bea OPTED_OUT", "cid HAD_BEFORE"]);
        (await ada.EventsAsync(lead)).ShouldBe(["lead.created", "lead.assigned", "lead.assigned"]);

        (await ada.As(Role.Rep, "bea").PostAsync($"/api/leads/{lead}/route")).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await ada.PostAsync($"/api/leads/{Guid.CreateVersion7()}/route")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await ada.PatchAsync($"/api/leads/{lead}", new { status = "UNQUALIFIED" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PostAsync($"/api/leads/{lead}/route")).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await ada.PatchAsync("/api/automation/routing", new { rules = Array.Empty<object>() })).ShouldBe(HttpStatusCode.OK);
        (await ada.PostAsync($"/api/leads/{await ada.MakeAsync("leads", new { lastName = "Hopper" })}/route")).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
    }
}
