using System.Net;
using System.Security.Cryptography;
using Crm.Contracts.Members;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using static Crm.Tests.Pipelines.PipelineCalls;

namespace Crm.Tests.Pipelines;

/// <summary>Stages that are added, renamed, put in another order and retired, and the deals in them.</summary>
public sealed class StageTests
{
    [Theory, EachDatabase]
    public async Task Stages_are_added_renamed_and_put_in_another_order_and_deals_stay_where_they_are(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        var deal = await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline, stage = "TRIAL", value = 200 });

        var changed = await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("PILOT", 70), Open("TRIAL", 45, name: "Try-out"), Open("CONTACT", 10), Open("OFFER", 80)) });

        changed.ShouldBe(HttpStatusCode.OK).Json.Keys().ShouldBe(["PILOT", "TRIAL", "CONTACT", "OFFER", "SIGNED", "DECLINED"]);
        changed["stages"][1].GetProperty("name").GetString().ShouldBe("Try-out");
        changed["version"].GetInt32().ShouldBe(2);
        var seen = await client.GetAsync($"/api/deals/{deal}");
        (seen["stage"].GetString(), seen["weightedValue"].GetDecimal(), seen["version"].GetInt32()).ShouldBe(("TRIAL", 90m, 1));
        (await client.MakeAsync("deals", new { name = "First stage", pipelineId = pipeline })).ShouldNotBe(Guid.Empty);
        (await client.GetAsync("/api/deals?stage=PILOT")).Items.Count.ShouldBe(1);
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "OFFER" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_retired_stage_s_deals_go_to_the_one_that_replaces_it_with_a_history(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var grace = client.As(Role.Admin, "grace");
        var pipeline = await client.MakePipelineAsync();
        var there = await client.MakeAsync("deals", new { name = "There", pipelineId = pipeline, stage = "TRIAL", value = 100 });
        var deleted = await client.MakeAsync("deals", new { name = "Deleted", pipelineId = pipeline, stage = "TRIAL" });
        var elsewhere = await client.MakeAsync("deals", new { name = "Elsewhere", pipelineId = pipeline, stage = "CONTACT" });
        await client.DeleteAsync($"/api/deals/{deleted}");
        clock.Advance(TimeSpan.FromHours(2));

        var changed = await grace.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT", 10), Open("PILOT", 60, 30, replaces: ["TRIAL"])) });

        changed.ShouldBe(HttpStatusCode.OK).Json.Keys().ShouldBe(["CONTACT", "PILOT", "SIGNED", "DECLINED"]);
        var moved = await client.GetAsync($"/api/deals/{there}");
        (moved["stage"].GetString(), moved["weightedValue"].GetDecimal()).ShouldBe(("PILOT", 60m));
        (await client.EventsAsync(there)).ShouldBe(["deal.created", "deal.stage_changed"]);
        var stays = (await client.GetAsync($"/api/deals/{there}/history")).Items;
        stays.Select(stay => (stay.GetProperty("stage").GetString(), stay.GetProperty("enteredBy").GetString(), stay.GetProperty("seconds").GetInt64())).ShouldBe([("TRIAL", "ada", 7200), ("PILOT", "grace", 0)]);
        (await client.GetAsync($"/api/deals/{elsewhere}"))["version"].GetInt32().ShouldBe(1);
        (await client.PostAsync($"/api/deals/{deleted}/restore")).ShouldBe(HttpStatusCode.OK)["stage"].GetString().ShouldBe("PILOT");
        (await client.PutAsync($"/api/deals/{there}/stage", new { stage = "TRIAL" })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference");
        await Invariants.AssertAsync(host, client.TenantId);
    }

    [Theory, EachDatabase]
    public async Task Closed_deals_stay_closed_as_they_were_when_their_stage_is_replaced(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        var deal = await client.PostAsync("/api/deals", new { name = "Engine", pipelineId = pipeline, stage = "DECLINED", lostReason = "Price", closedAt = "2026-03-01T10:00:00Z" });

        await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = new[] { Open("CONTACT"), Won(), Lost("NO_NEED"), Lost("PRICE", replaces: ["DECLINED"]) } });

        var moved = await client.GetAsync($"/api/deals/{deal.Id}");
        (moved["stage"].GetString(), moved["closedAt"].GetString(), moved["lostReason"].GetString()).ShouldBe(("PRICE", "2026-03-01T10:00:00Z", "Price"));
        (await client.EventsAsync(deal.Id)).ShouldBe(["deal.created", "deal.lost", "deal.stage_changed"]);
        await Invariants.AssertAsync(client.Host, client.TenantId);
    }

    [Theory, EachDatabase]
    public async Task A_stage_with_deals_isn_t_retired_without_one_that_replaces_it_and_nothing_changes(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        await client.MakeAsync("deals", new { name = "There", pipelineId = pipeline, stage = "TRIAL" });
        var before = await client.DataHashAsync();

        var refused = await client.PatchAsync($"/api/pipelines/{pipeline}", new { name = "Other", stages = Stages(Open("CONTACT"), Open("PILOT")) });

        refused.ShouldFail(HttpStatusCode.Conflict, "in-use")["detail"].GetString()!.ShouldContain("1 deals stand in TRIAL");
        (await client.DataHashAsync()).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task The_same_change_again_changes_nothing(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        var change = new { name = "Partners", stages = Stages(Open("CONTACT", 10), Open("PILOT", 60, replaces: ["TRIAL"])) };

        (await client.PutAsync($"/api/pipelines/{pipeline}", change)).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(2);
        (await client.PutAsync($"/api/pipelines/{pipeline}", change)).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task Keys_have_only_so_much_room_and_a_deal_goes_through_all_that_fit(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var keys = Enumerable.Range(0, 25).Select(n => $"S{n:00}_{Convert.ToHexString(SHA256.HashData([(byte)n]))[..46]}").ToList(); // and SIGNED and DECLINED
        var pipeline = await client.MakeAsync("pipelines", new { name = "Long", stages = Stages([.. keys.Select(key => Open(key))]) });
        var deal = await client.MakeAsync("deals", new { name = "Far", pipelineId = pipeline, value = 1 });

        foreach (var key in keys.Skip(1)) (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = key })).ShouldBe(HttpStatusCode.OK);
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "DECLINED", lostReason = new string('ä', 500) })).ShouldBe(HttpStatusCode.OK);

        (await client.GetAsync($"/api/analytics/deals?figure=REACHED&pipelineId={pipeline}&stage={keys[^1]}")).Items.Count.ShouldBe(1);
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages([.. keys.Append(new string('Y', 50)).Select(key => Open(key))]) })).ShouldFail(HttpStatusCode.Conflict, "limit-reached");
        (await client.PostAsync("/api/pipelines", new { name = "Longer", stages = Stages([.. keys.Append(new string('Y', 50)).Select(key => Open(key))]) })).ShouldFail(HttpStatusCode.Conflict, "limit-reached");
    }

    [Theory, EachDatabase]
    public async Task A_pipeline_keeps_two_hundred_stages_with_those_that_were_retired(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync(); // five
        for (var i = 0; i < 4; i++) (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages([.. Enumerable.Range(0, 48).Select(n => Open($"S{i}_{n}"))]) })).ShouldBe(HttpStatusCode.OK); // and 192

        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("A"), Open("B"), Open("C"), Open("D")) })).ShouldFail(HttpStatusCode.Conflict, "limit-reached");
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("A"), Open("B"), Open("S0_0")) })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_stage_comes_back_by_its_key(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT"), Open("PILOT")) });

        var back = await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT"), Open("TRIAL", 33)) });

        back.ShouldBe(HttpStatusCode.OK).Json.Keys().ShouldBe(["CONTACT", "TRIAL", "SIGNED", "DECLINED"]);
        (await client.PostAsync("/api/deals", new { name = "Engine", pipelineId = pipeline, stage = "TRIAL", value = 100 })).ShouldBe(HttpStatusCode.Created)["weightedValue"].GetDecimal().ShouldBe(33);
    }

    [Theory, EachDatabase]
    public async Task Other_days_until_a_deal_rots_set_the_alarms_of_the_deals_that_stand_there(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var pipeline = await client.MakePipelineAsync();
        var begin = clock.GetUtcNow();
        var deal = await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline, stage = "TRIAL" });

        (await AlarmAsync()).ShouldBe(begin.AddDays(20));
        await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT"), Open("TRIAL", 40, 5), Open("PILOT")) });
        (await AlarmAsync()).ShouldBe(begin.AddDays(5));
        await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT"), Open("TRIAL", 40), Open("PILOT")) });
        (await AlarmAsync()).ShouldBeNull();
        await Invariants.AssertAsync(host, client.TenantId);

        Task<DateTimeOffset?> AlarmAsync() => host.QueryAsync(client.TenantId, db => db.Deals.Where(d => d.Id == deal).Select(d => d.AlarmAt).SingleAsync());
    }

    [Theory, EachDatabase]
    public async Task Every_fault_of_the_stages_is_told_at_its_place(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        object[] stages =
        [
            new { name = "Contact" }, // no probability
            new { key = "CONTACT", name = "contact", probability = 10 }, // the first one's key and name
            new { name = "契約", probability = 10 }, // no key can be made
            new { key = "SIGNED", name = "Signed", kind = "WON", probability = 90 },
            new { key = "PILOT", name = "Pilot", probability = 60 }, // behind a closing one
            new { key = "TRIAL", name = "Trial", kind = "LOST", rottingDays = 3 }, // was open
            new { key = "NEXT", name = "Next", kind = "WON", replaces = new[] { "CONTACT" } },
        ];

        var refused = await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages });

        refused.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.Order().ShouldBe(
            ["/stages/0/probability", "/stages/1/key", "/stages/1/name", "/stages/2/key", "/stages/3/probability", "/stages/4/kind", "/stages/5/kind", "/stages/5/rottingDays", "/stages/6/replaces"]);
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = new[] { Open("A"), Open("B"), Won() } })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/stages"]);
        foreach (var replaces in new[] { "NOWHERE", "PILOT", "SIGNED" })
        {
            (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("PILOT"), Open("CONTACT", replaces: [replaces])) })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/stages/1/replaces"]);
        }
    }

    [Theory, EachDatabase]
    public async Task Too_many_stages_and_items_that_are_none_are_refused_at_their_place(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/pipelines", new { name = "Long", stages = Enumerable.Range(0, 51).Select(i => Open($"S{i}")) })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/stages"]);
        (await client.PostAsync("/api/pipelines", new { name = "Odd", stages = new object?[] { 1, null, new { name = "A", probability = 101, nothing = 1 } } })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults
            .ShouldBe(["/stages/0", "/stages/1", "/stages/2/nothing", "/stages/2/probability"], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task What_the_stages_were_is_kept(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT", 15), Open("PILOT", 60, replaces: ["TRIAL"])) });

        var kept = await client.Host.QueryAsync(client.TenantId, db => db.StageSnapshots.AsNoTracking().Where(s => s.PipelineId == pipeline).OrderBy(s => s.Version).ThenBy(s => s.Position).ThenBy(s => s.Key).ToListAsync());

        kept.Where(s => s.Version == 1).Select(s => (s.Key, s.Position, s.Probability, s.IsRetired)).ShouldBe([("CONTACT", 0, 10, false), ("TRIAL", 1, 40, false), ("PILOT", 2, 60, false), ("SIGNED", 3, 100, false), ("DECLINED", 4, 0, false)]);
        kept.Where(s => s.Version == 2).Select(s => (s.Key, s.Position, s.Probability, s.IsRetired, s.Successor)).ShouldBe(
            [("CONTACT", 0, 15, false, null), ("PILOT", 1, 60, false, null), ("TRIAL", 1, 40, true, "PILOT"), ("SIGNED", 2, 100, false, null), ("DECLINED", 3, 0, false, null)]);
        var changed = kept[^1].At;
        kept.Where(s => s.Version == 1).ShouldAllBe(s => s.Until == changed);
        kept.Where(s => s.Version == 2).ShouldAllBe(s => s.Until.Year == 9999);
    }
}
