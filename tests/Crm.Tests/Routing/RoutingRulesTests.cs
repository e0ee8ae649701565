using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Shouldly;
using Xunit;
using static Crm.Tests.Routing.RoutingCalls;

namespace Crm.Tests.Routing;

/// <summary>What is set of routing, by whom, and what is refused.</summary>
public sealed class RoutingRulesTests
{
    [Theory, EachDatabase]
    public async Task Rules_are_read_changed_and_audited_and_a_stale_change_is_refused(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        await ada.MemberAsync("bea");
        var before = (await ada.As(Role.Viewer, "bob").GetAsync("/api/automation/routing")).ShouldBe(HttpStatusCode.OK);
        (before.Text, before.ETag).ShouldBe(("""{"isActive":false,"rules":[],"fallbackId":null,"updatedAt":null,"version":0}""", "\"0\""));

        var set = (await ada.PatchAsync("/api/automation/routing", new { rules = new[] { Rule("All", "bea") }, fallbackId = "me" }, ("If-Match", before.ETag))).ShouldBe(HttpStatusCode.OK);
        var same = await ada.PatchAsync("/api/automation/routing", new { fallbackId = "ada" });
        var active = (await ada.PatchAsync("/api/automation/routing", new { isActive = true })).ShouldBe(HttpStatusCode.OK);

        (set.ETag, same.ETag, active.ETag).ShouldBe(("\"1\"", "\"1\"", "\"2\""));
        (active["isActive"].GetBoolean(), active["fallbackId"].GetString(), active["rules"][0].GetProperty("name").GetString()).ShouldBe((true, "ada", "All"));
        (await ada.PatchAsync("/api/automation/routing", new { isActive = false }, ("If-Match", set.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await ada.As(Role.Rep, "bea").PatchAsync("/api/automation/routing", new { isActive = false })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await ada.GetAsync("/api/automation/routing", ("If-None-Match", active.ETag))).ShouldBe(HttpStatusCode.NotModified);
        (await ada.GetAsync("/api/audit?type=routing.changed")).Items.Select(e => string.Join(' ', e.GetProperty("changes").EnumerateObject().Select(change => change.Name).Order())).ShouldBe(["isActive", "fallbackId rules"]);
    }

    [Theory, EachDatabase]
    public async Task What_cant_be_a_rule_is_refused_with_its_place_and_nothing_is_changed(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        await ada.MemberAsync("bea");
        await ada.MemberAsync("cid");
        (await ada.PatchAsync("/api/members/cid", new { active = false })).ShouldBe(HttpStatusCode.OK);
        var foreign = await (await Hosts.For(database)).NewTenant().MakeAsync("teams", new { name = "Theirs" });
        object me = new { userId = "me" };
        (object Rules, HttpStatusCode Status, string Place)[] faulty =
        [
            (new[] { Rule("All", "bea"), Rule("All", "bea") }, HttpStatusCode.BadRequest, "/rules/1/name"),
            (new object[] { new { name = "All" } }, HttpStatusCode.BadRequest, "/rules/0/candidates"),
            (new object[] { new { name = "All", candidates = Array.Empty<object>() } }, HttpStatusCode.BadRequest, "/rules/0/candidates"),
            (new object[] { new { name = "All", candidates = new[] { new { weight = 1 } } } }, HttpStatusCode.BadRequest, "/rules/0/candidates/0"),
            (new object[] { new { name = "All", candidates = new[] { new { userId = "me", teamId = foreign } } } }, HttpStatusCode.BadRequest, "/rules/0/candidates/0"),
            (new object[] { new { name = "All", candidates = new[] { new { userId = "me", weight = 101 } } } }, HttpStatusCode.BadRequest, "/rules/0/candidates/0/weight"),
            (new object[] { new { name = "All", candidates = new[] { me }, respondWithinMinutes = 0 } }, HttpStatusCode.BadRequest, "/rules/0/respondWithinMinutes"),
            (new object[] { new { name = "All", candidates = new[] { me }, condition = new { field = "stage", @is = "LEAD" } } }, HttpStatusCode.BadRequest, "/rules/0/condition/field"),
            (new object[] { new { name = "All", candidates = new[] { me }, condition = new { any = new[] { new { field = "score", greaterThan = "much" } } } } }, HttpStatusCode.BadRequest, "/rules/0/condition/any/0/greaterThan"),
            (new object[] { new { name = "All", candidates = new[] { me }, condition = new { field = "status", changed = true } } }, HttpStatusCode.BadRequest, "/rules/0/condition/changed"),
            ("""[{ "name": "All", "candidates": [{ "userId": "me" }], "condition": { "\ud800": 1 } }]""", HttpStatusCode.BadRequest, "/rules/0/condition"),
            (new[] { Rule("All", "nobody") }, HttpStatusCode.UnprocessableEntity, "/rules/0/candidates/0/userId"),
            (new[] { Rule("All", "bea", "cid") }, HttpStatusCode.UnprocessableEntity, "/rules/0/candidates/1/userId"),
            (new object[] { new { name = "All", candidates = new[] { new { teamId = foreign } } } }, HttpStatusCode.UnprocessableEntity, "/rules/0/candidates/0/teamId"),
        ];
        foreach (var (rules, status, place) in faulty)
        {
            var answer = await ada.PatchAsync("/api/automation/routing", rules is string json ? $$"""{ "rules": {{json}} }""" : new { rules });
            (answer.Status, string.Join(' ', answer.Faults)).ShouldBe((status, place), answer.Text);
        }

        (await ada.PatchAsync("/api/automation/routing", new { fallbackId = "cid" })).Faults.ShouldBe(["/fallbackId"]);
        (await ada.GetAsync("/api/automation/routing"))["version"].GetInt32().ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_rep_sets_their_own_availability_and_a_manager_everybodys(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var (bea, mia) = (await ada.MemberAsync("bea"), await ada.MemberAsync("mia", Role.Manager));
        var first = (await bea.GetAsync("/api/automation/availability/me")).ShouldBe(HttpStatusCode.OK);
        (first.Text, first.ETag).ShouldBe(("""{"userId":"bea","acceptsLeads":true,"leadsPerDay":null,"workingHours":null,"absences":[],"leadsToday":0,"updatedAt":null,"version":0}""", "\"0-0\""));

        var own = (await bea.PatchAsync("/api/automation/availability/me", new { absences = new[] { new { from = "2026-12-24", to = "2026-12-31" } } }, ("If-Match", first.ETag))).ShouldBe(HttpStatusCode.OK);
        var managed = (await mia.PatchAsync("/api/automation/availability/bea", new { leadsPerDay = 3 })).ShouldBe(HttpStatusCode.OK);

        (managed["leadsPerDay"].GetInt32(), managed["absences"].GetArrayLength(), managed["version"].GetInt32()).ShouldBe((3, 1, 2));
        (await bea.PatchAsync("/api/automation/availability/me", new { acceptsLeads = false }, ("If-Match", own.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await bea.PatchAsync("/api/automation/availability/mia", new { acceptsLeads = false })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await mia.PatchAsync("/api/automation/availability/nobody", new { acceptsLeads = false })).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await mia.GetAsync("/api/automation/availability/nobody")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await bea.PatchAsync("/api/automation/availability/me", new { absences = new[] { new { from = "2026-12-24", to = "2026-12-23" } } })).Faults.ShouldBe(["/absences/0/to"]);
        (await bea.PatchAsync("/api/automation/availability/me", new { leadsPerDay = -1, acceptsLeads = (bool?)null })).Faults.ShouldBe(["/leadsPerDay", "/acceptsLeads"], ignoreOrder: true);
        (await ada.GetAsync("/api/audit?type=availability.changed")).Items.Select(e => $"{e.GetProperty("actor")} {string.Join(' ', e.GetProperty("changes").EnumerateObject().Select(change => change.Name))}").ShouldBe(["mia leadsPerDay", "bea absences"]);
    }
}
