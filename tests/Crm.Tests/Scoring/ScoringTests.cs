using System.Net;
using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Members;
using Crm.Contracts.Scoring;
using Crm.Services.Events;
using Crm.Tests.Clients;
using Crm.Tests.Kit;
using Crm.Tests.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scoring;

public sealed class ScoringTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static readonly object Referred = new { name = "Referred", points = 30, condition = new { field = "source", @is = "REFERRAL" } };
    private static readonly object Talked = new { name = "Talked", points = 15, activity = new { types = new[] { "CALL", "MEETING" }, withinDays = 30 } };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task How_leads_are_scored_is_read_changed_and_audited(Database database)
    {
        var admin = (await hosts.For(database)).NewTenant();
        var manager = admin.As(Role.Manager, "grace");

        var first = (await admin.As(Role.Viewer, "bob").GetAsync("/api/automation/scoring")).ShouldBe(HttpStatusCode.OK);
        (first.ETag, first["isActive"].GetBoolean(), first["by"].GetString(), first["rules"].GetArrayLength()).ShouldBe(("\"0\"", false, "RULES", 0));
        (await manager.PatchAsync("/api/automation/scoring", new { isActive = false }, ("If-Match", first.ETag))).ETag.ShouldBe("\"0\"");
        var changed = (await manager.PatchAsync("/api/automation/scoring", new { rules = new[] { Referred } }, ("If-Match", first.ETag))).ShouldBe(HttpStatusCode.OK);
        (changed.ETag, changed["rules"].GetRawText()).ShouldBe(("\"1\"", """[{"name":"Referred","points":30,"condition":{"field":"source","is":"REFERRAL"},"activity":null}]"""));
        (await manager.PatchAsync("/api/automation/scoring", new { isActive = true }, ("If-Match", first.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await manager.PatchAsync("/api/automation/scoring", new { isActive = true }, ("If-Match", changed.ETag))).ETag.ShouldBe("\"2\"");
        (await admin.As(Role.Rep, "eve").PatchAsync("/api/automation/scoring", new { isActive = true })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");

        var audited = (await admin.GetAsync("/api/audit?type=scoring.changed&sort=occurredAt")).Items;
        audited.Select(entry => (entry.GetProperty("subject").GetString(), entry.GetProperty("actor").GetString(), string.Join(' ', entry.GetProperty("changes").EnumerateObject().Select(change => change.Name))))
            .ShouldBe([("automation/scoring", "grace", "rules"), ("automation/scoring", "grace", "isActive")]);
    }

    [Theory, EachDatabase]
    public async Task What_cannot_be_asked_is_refused_at_its_place(Database database)
    {
        var admin = (await hosts.For(database)).NewTenant();
        object[] rules =
        [
            new { name = "One", points = 1, condition = new { field = "stage", @is = "WON" } },
            new { name = "One", points = 1, condition = new { all = new object[] { new { field = "source", isEmpty = false }, new { not = new { field = "score", greaterThan = 3 } } } } },
            new { name = "Three", points = 1, activity = new { atLeast = 3, atMost = 2 } },
            new { name = "Four", points = 1, activity = new { mostPoints = 20 } },
            new { name = "Five", points = 1, activity = new { halfLifeDays = 7, atLeast = 1, atMost = 2 } },
            new { name = "Six", points = 1, condition = new { any = new object[] { new { field = "source", changed = true } } } },
        ];

        var refused = (await admin.PatchAsync("/api/automation/scoring", new { rules })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");

        refused.Faults.ShouldBe(
            ["/rules/0/condition/field", "/rules/1/name", "/rules/1/condition/all/1/not/field", "/rules/5/condition/any/0/changed", "/rules/2/activity/atMost", "/rules/3/activity/mostPoints", "/rules/4/activity/atLeast", "/rules/4/activity/atMost"],
            ignoreOrder: true);
        (await admin.PatchAsync("/api/automation/scoring", new { rules = Enumerable.Range(0, 101).Select(i => new { name = $"{i}", points = 1 }) })).Faults.ShouldBe(["/rules"]);
        (await admin.PatchAsync("/api/automation/scoring", new { rules = new object[] { new { name = "x", points = 101, activity = new { withinDays = 731, types = Array.Empty<string>() } } } })).Faults
            .ShouldBe(["/rules/0/points", "/rules/0/activity/withinDays", "/rules/0/activity/types"], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_lead_is_scored_when_something_happens_to_it_and_tells_why(Database database)
    {
        var host = await hosts.For(database);
        var ada = host.NewTenant();
        await ada.ScoreByAsync(Referred, Talked);
        var (lead, other) = (await ada.MakeAsync("leads", new { lastName = "Hopper", source = "REFERRAL" }), await ada.MakeAsync("leads", new { lastName = "Noether" }));
        await host.TellAsync();
        (await ada.ScoreOfAsync(lead), await ada.ScoreOfAsync(other)).ShouldBe((30, 0));

        var call = await ada.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead });
        await host.TellAsync();
        (await ada.RulesOfAsync(lead)).ShouldBe((45, "Referred 30, Talked 15"));
        (await ada.ScoreOfAsync(lead)).ShouldBe(45);

        (await ada.PatchAsync($"/api/activities/{call}", new { leadId = other })).ShouldBe(HttpStatusCode.OK);
        await host.TellAsync();
        (await ada.ScoreOfAsync(lead), await ada.ScoreOfAsync(other)).ShouldBe((30, 15));

        var told = (await ada.RecordedAsync(lead)).Where(e => e.Type == EventTypes.LeadScored).ToList();
        told.ShouldAllBe(e => e.Actor == "scoring");
        told[0].ShouldTell("score", "null", "30");
        told[1].ShouldTell("score", "30", "45");
        told[2].ShouldTell("score", "45", "30").Changed.ShouldBe(["score"]);
        told[2].Record.GetProperty("score").GetInt32().ShouldBe(30);
        var why = (await ada.Typed().Scoring.ExplainAsync(other, Stop));
        (why.Score, why.By, why.Rules!.Points).ShouldBe((15, ScoringMethod.Rules, 15m));
        (await ada.GetAsync($"/api/leads?scoreFrom=20&sort=-score")).Items.ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(lead);
    }

    [Theory, EachDatabase]
    public async Task A_score_is_nobodys_change_and_keeps_nobody_from_changing(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var made = (await ada.PostAsync("/api/leads", new { lastName = "Hopper", source = "REFERRAL" })).ShouldBe(HttpStatusCode.Created);
        await ada.ScoreByAsync(Referred);
        (await ada.ScoreAsync(made.Id)).ShouldBe(1);

        var scored = await ada.GetAsync($"/api/leads/{made.Id}");
        (scored["updatedAt"].GetRawText(), scored["updatedBy"].GetString(), scored.ETag).ShouldBe((made["updatedAt"].GetRawText(), "ada", "\"2\""));
        (await ada.GetAsync($"/api/leads/{made.Id}", ("If-None-Match", made.ETag))).ShouldBe(HttpStatusCode.OK);
        var changed = (await ada.PatchAsync($"/api/leads/{made.Id}", new { source = "EMAIL" }, ("If-Match", made.ETag))).ShouldBe(HttpStatusCode.OK);
        changed.ETag.ShouldBe("\"3\"");
        (await ada.ScoreAsync(made.Id)).ShouldBe(1);
        foreach (var stale in new[] { made.ETag, scored.ETag, "\"5\"" }) (await ada.PatchAsync($"/api/leads/{made.Id}", new { source = "EVENT" }, ("If-Match", stale))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await ada.DeleteAsync($"/api/leads/{made.Id}", ("If-Match", changed.ETag))).ShouldBe(HttpStatusCode.NoContent);
        (await ada.EventsAsync(made.Id)).ShouldBe(["lead.created", "lead.scored", "lead.updated", "lead.scored", "lead.deleted"]);
    }

    [Theory, EachDatabase]
    public async Task What_is_told_again_or_by_several_at_once_moves_nothing(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connection);
        await using var second = await CrmHost.StartAsync(database, connection);
        var ada = first.NewTenant();
        await ada.ScoreByAsync(Referred, Talked);
        var leads = new List<Guid>();
        for (var i = 0; i < 12; i++) leads.Add(await ada.MakeAsync("leads", new { lastName = $"Lead {i}", source = "REFERRAL" }));
        await first.TellAsync();
        var before = await DataHash.OfAsync(first, ada.TenantId, "log_consumers", "scorings");

        await first.QueryAsync(ada.TenantId, db => new LogConsumers(db).ReplayAsync("scoring", DateTimeOffset.UnixEpoch, Stop));
        await first.Services.GetRequiredService<Relay>().RunOnceAsync(Stop);
        await Task.WhenAll(first.PassAsync(), second.PassAsync());
        (await DataHash.OfAsync(first, ada.TenantId, "log_consumers", "scorings")).ShouldBe(before);

        foreach (var lead in leads) await ada.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead });
        var elsewhere = new Client(second, ada.TenantId, "ada", Role.Admin);
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => new[] { ada.ScoreAsync([.. leads]), elsewhere.ScoreAsync([.. leads]) }));

        foreach (var lead in leads) (await ada.EventsAsync(lead)).Count(type => type == EventTypes.LeadScored).ShouldBe(2);
        (await ada.GetAsync("/api/leads?take=50")).Items.ShouldAllBe(lead => lead.GetProperty("score").GetInt32() == 45);
    }

    [Theory, EachDatabase]
    public async Task A_score_moves_when_an_activity_is_too_long_ago_and_no_lead_is_looked_at_before(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        await ada.ScoreByAsync(Referred, Talked, new { name = "Silent", points = -5, activity = new { withinDays = 60, atMost = 0 } });
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper", source = "REFERRAL" });
        await ada.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead });
        (await host.PassAsync(), await ada.ScoreOfAsync(lead), await host.PassAsync()).ShouldBe((1, 45, 0));

        clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        (await host.PassAsync()).ShouldBe(0);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await host.PassAsync(), (await ada.RulesOfAsync(lead)).Reasons, await host.PassAsync()).ShouldBe((1, "Referred 30", 0));
        clock.Advance(TimeSpan.FromDays(30));
        (await host.PassAsync(), (await ada.RulesOfAsync(lead)).Reasons, await host.PassAsync()).ShouldBe((1, "Referred 30, Silent -5", 0));
        clock.Advance(TimeSpan.FromDays(700));
        (await host.PassAsync()).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task Points_that_fade_are_looked_at_once_a_day_and_the_reasons_are_of_the_score_that_is_kept(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        await ada.ScoreByAsync(new { name = "Talked", points = 40, activity = new { halfLifeDays = 10, mostPoints = 60 } });
        var lead = await ada.MakeAsync("leads", new { lastName = "Hopper" });
        await ada.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead });
        (await host.PassAsync(), await ada.RulesOfAsync(lead)).ShouldBe((1, (40, "Talked 40")));

        for (var day = 1; day <= 10; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            (await ada.GetAsync($"/api/leads/{lead}/score"))["rules"].GetProperty("score").GetInt32().ShouldBe((await ada.ScoreOfAsync(lead))!.Value);
            (await host.PassAsync(), await host.PassAsync()).ShouldBe((1, 0));
        }

        (await ada.ScoreOfAsync(lead))!.Value.ShouldBeInRange(20, 21);
        clock.Advance(TimeSpan.FromDays(400));
        await host.PassAsync();
        (await ada.RulesOfAsync(lead)).ShouldBe((0, ""));
        clock.Advance(TimeSpan.FromDays(2));
        (await host.PassAsync()).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task Other_rules_score_all_leads_anew_and_switched_off_nothing_is_touched(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var ada = host.NewTenant();
        var leads = new List<Guid>();
        for (var i = 0; i < 5; i++) leads.Add(await ada.MakeAsync("leads", new { lastName = $"Lead {i}", source = "REFERRAL" }));
        await host.TellAsync();
        (await host.PassAsync(), await ada.ScoreOfAsync(leads[0])).ShouldBe((0, (int?)null));

        await ada.ScoreByAsync(Referred);
        (await host.PassAsync(), await host.PassAsync()).ShouldBe((5, 0));
        await ada.ScoreByAsync(new { name = "Referred", points = 60, condition = new { field = "source", @is = "REFERRAL" } });
        (await host.PassAsync(), await host.PassAsync()).ShouldBe((5, 0));
        (await ada.GetAsync("/api/leads")).Items.ShouldAllBe(lead => lead.GetProperty("score").GetInt32() == 60);

        (await ada.PatchAsync("/api/automation/scoring", new { isActive = false, rules = Array.Empty<object>() })).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync($"/api/leads/{leads[0]}", new { source = "EMAIL" })).ShouldBe(HttpStatusCode.OK);
        await host.TellAsync();
        (await host.PassAsync(), await ada.ScoreOfAsync(leads[0]), await ada.RulesOfAsync(leads[0])).ShouldBe((0, 60, (60, "Referred 60")));
    }

    [Theory, EachDatabase]
    public async Task A_lead_that_is_being_converted_stays_as_it_is_and_one_that_is_decided_keeps_its_score(Database database)
    {
        var host = await hosts.For(database);
        var ada = host.NewTenant();
        await ada.ScoreByAsync(Referred);
        var world = await Walls.World.MakeAsync(ada, "somebody");
        var pending = await host.QueryAsync(ada.TenantId, db => db.Conversions.Where(c => c.Id == world.Conversion).Select(c => c.LeadId).SingleAsync());
        var (unqualified, converted) = (await ada.MakeAsync("leads", new { lastName = "No", source = "REFERRAL" }), await ada.MakeAsync("leads", new { lastName = "Yes", source = "REFERRAL" }));
        await ada.ScoreAsync(unqualified, converted, pending);
        (await ada.ScoreOfAsync(pending)).ShouldBeNull();

        (await ada.PatchAsync($"/api/leads/{unqualified}", new { status = "UNQUALIFIED", source = "EMAIL" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PostAsync($"/api/leads/{converted}/convert")).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync($"/api/leads/{converted}", new { source = "EMAIL" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PostAsync($"/api/conversions/{world.Conversion}/cancel")).ShouldBe(HttpStatusCode.OK);
        await host.TellAsync();

        (await ada.ScoreOfAsync(unqualified), await ada.ScoreOfAsync(converted), await ada.ScoreOfAsync(pending)).ShouldBe((30, 30, 0));
        (await ada.PatchAsync($"/api/leads/{unqualified}", new { status = "NEW" })).ShouldBe(HttpStatusCode.OK);
        await host.TellAsync();
        (await ada.ScoreOfAsync(unqualified)).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_score_is_explained_to_whoever_sees_the_lead(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var (bea, cid) = (await ada.MemberAsync("bea"), await ada.MemberAsync("cid"));
        (await ada.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        var lead = await bea.MakeAsync("leads", new { lastName = "Hopper", ownerId = "me" });

        var unscored = (await bea.GetAsync($"/api/leads/{lead}/score")).ShouldBe(HttpStatusCode.OK);
        foreach (var member in new[] { "score", "by", "scoredAt", "rules", "predictive" }) unscored[member].ValueKind.ShouldBe(JsonValueKind.Null);
        unscored["noPrediction"].GetString().ShouldBe("TOO_FEW_OUTCOMES");
        (await ada.PatchAsync("/api/automation/scoring", new { rules = new[] { new { name = "Any", points = 7 } } })).ShouldBe(HttpStatusCode.OK);
        (await bea.RulesOfAsync(lead)).ShouldBe((7, "Any 7"));
        (await cid.GetAsync($"/api/leads/{lead}/score")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await ada.DeleteAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NoContent);
        (await bea.GetAsync($"/api/leads/{lead}/score")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }
}
