using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Alarms;

public sealed class DealAlarmTests(AlarmHosts hosts) : IClassFixture<AlarmHosts>
{
    [Theory, EachDatabase]
    public async Task A_deal_tells_that_it_rots_once_in_each_stay(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine", value = 10 });
        await client.LetPassAsync(deal, days: 29);
        await client.Host.RingAsync();
        (await client.EventsAsync(deal)).ShouldBe(["deal.created"]);

        await client.LetPassAsync(deal, days: 2);
        var before = await client.GetAsync($"/api/deals/{deal}");
        foreach (var _ in new[] { 1, 2 }) await client.Host.RingAsync();
        var after = await client.GetAsync($"/api/deals/{deal}");
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" })).ShouldBe(HttpStatusCode.OK);
        await client.LetPassAsync(deal, days: 22);
        await client.Host.RingAsync();

        var recorded = await client.RecordedAsync(deal);
        recorded.Select(e => (e.Type, e.Version, e.Actor)).ShouldBe([("deal.created", 1, "ada"), ("deal.rotting", 2, "system"), ("deal.stage_changed", 3, "ada"), ("deal.rotting", 4, "system")]);
        recorded[1].Changed.ShouldBeEmpty();
        (before.ETag, after.ETag).ShouldBe(("\"1\"", "\"2\""));
        foreach (var kept in new[] { "updatedAt", "updatedBy", "stageEnteredAt" }) after[kept].GetRawText().ShouldBe(before[kept].GetRawText(), kept);
        (await client.GetAsync("/api/deals?rotting=true")).Items.ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(deal);
        (await client.GetAsync($"/api/deals/{deal}/timeline")).Items.Select(entry => entry.GetProperty("event").GetProperty("type").GetString()).ShouldContain("deal.rotting");
        (await client.GetAsync($"/api/deals/{deal}/history")).Items.Count.ShouldBe(2);
        await Invariants.AssertAsync(client.Host, client.TenantId);
    }

    [Theory, EachDatabase]
    public async Task A_closed_deal_does_not_rot_and_a_reopened_one_begins_anew(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine" });
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_WON" })).ShouldBe(HttpStatusCode.OK);
        await client.LetPassAsync(deal, days: 100);
        await client.Host.RingAsync();
        (await client.AlarmOfDealAsync(deal)).ShouldBeNull();

        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "NEGOTIATION" })).ShouldBe(HttpStatusCode.OK);
        await client.Host.RingAsync();
        (await client.EventsAsync(deal)).Count.ShouldBe(5, "created, moved and won, moved and reopened");
        await client.LetPassAsync(deal, days: 15);
        await client.Host.RingAsync();

        (await client.EventsAsync(deal))[^1].ShouldBe("deal.rotting");
    }

    [Theory, EachDatabase(false), EachDatabase(true)]
    public async Task A_deleted_deal_tells_nothing_and_a_restored_one_only_what_it_did_not_tell(Database database, bool told)
    {
        var client = (await hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine" });
        await client.LetPassAsync(deal, days: 31);
        if (told) await client.Host.RingAsync();
        (await client.DeleteAsync($"/api/deals/{deal}")).ShouldBe(HttpStatusCode.NoContent);

        await client.Host.RingAsync();
        (await client.EventsAsync(deal))[^1].ShouldBe("deal.deleted");
        (await client.PostAsync($"/api/deals/{deal}/restore")).ShouldBe(HttpStatusCode.OK);
        await client.Host.RingAsync();

        string[] before = told ? ["deal.created", "deal.rotting"] : ["deal.created"];
        string[] after = told ? [] : ["deal.rotting"];
        (await client.EventsAsync(deal)).ShouldBe([.. before, "deal.deleted", "deal.restored", .. after]);
        await Invariants.AssertAsync(client.Host, client.TenantId);
    }

    [Theory, EachDatabase]
    public async Task Where_a_stage_was_given_more_days_the_alarm_is_set_anew_and_tells_nothing(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine" });
        await client.LetPassAsync(deal, days: 31);
        await client.WriteAsync(db => db.Stages.Where(s => s.Key == "LEAD").ExecuteUpdateAsync(row => row.SetProperty(s => s.RottingDays, 60)));

        await client.Host.RingAsync();

        (await client.EventsAsync(deal)).ShouldBe(["deal.created"]);
        var entered = (await client.GetAsync($"/api/deals/{deal}"))["stageEnteredAt"].GetDateTimeOffset();
        (await client.AlarmOfDealAsync(deal)).ShouldBe(entered.AddDays(60));
    }
}
