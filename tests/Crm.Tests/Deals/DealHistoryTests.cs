using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Deals;

public sealed class DealHistoryTests
{
    [Theory, EachDatabase]
    public async Task Each_stay_has_its_length_its_amount_at_the_end_and_who_began_it(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var bob = client.As(Role.Rep, "bob");
        var begin = clock.GetUtcNow();
        var id = await client.MakeAsync("deals", new { name = "Engine", value = 100 });
        clock.Advance(TimeSpan.FromDays(1));
        await client.PatchAsync($"/api/deals/{id}", new { value = 150, currency = "USD" });
        clock.Advance(TimeSpan.FromDays(1));
        await bob.PutAsync($"/api/deals/{id}/stage", new { stage = "PROPOSAL" });
        clock.Advance(TimeSpan.FromHours(1));
        await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON" });
        clock.Advance(TimeSpan.FromDays(30));
        await client.PatchAsync($"/api/deals/{id}", new { value = 160 });
        await client.PutAsync($"/api/deals/{id}/stage", new { stage = "LEAD" });
        clock.Advance(TimeSpan.FromSeconds(90));

        var stays = (await client.GetAsync($"/api/deals/{id}/history")).ShouldBe(HttpStatusCode.OK).Items;

        stays.Select(stay => (stay.GetProperty("stage").GetString(), stay.GetProperty("kind").GetString(), stay.GetProperty("seconds").GetRawText(), stay.GetProperty("value").GetRawText(), stay.GetProperty("currency").GetString(), stay.GetProperty("enteredBy").GetString()))
            .ShouldBe([("LEAD", "OPEN", "172800", "150", "USD", "ada"), ("PROPOSAL", "OPEN", "3600", "150", "USD", "bob"), ("CLOSED_WON", "WON", "null", "160", "USD", "ada"), ("LEAD", "OPEN", "90", "160", "USD", "ada")]);
        stays[0].GetProperty("enteredAt").GetDateTimeOffset().ShouldBe(begin);
        for (var i = 1; i < stays.Count; i++) stays[i].GetProperty("enteredAt").GetString().ShouldBe(stays[i - 1].GetProperty("leftAt").GetString());
        stays[^1].GetProperty("leftAt").GetRawText().ShouldBe("null");
    }

    [Theory, EachDatabase]
    public async Task A_stay_ends_at_the_closing_also_at_one_told_later(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });
        clock.Advance(TimeSpan.FromDays(10));
        await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON", closedAt = clock.GetUtcNow().AddDays(-4) });

        var stays = (await client.GetAsync($"/api/deals/{id}/history")).Items;

        stays[0].GetProperty("seconds").GetInt64().ShouldBe(6 * 86400);
        stays[1].GetProperty("enteredAt").GetDateTimeOffset().ShouldBe(clock.GetUtcNow().AddDays(-4));
    }

    [Theory, EachDatabase]
    public async Task A_closing_before_the_stage_was_entered_makes_that_stay_take_no_time(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });
        clock.Advance(TimeSpan.FromDays(1));
        var closedAt = clock.GetUtcNow().AddDays(-40);

        var won = await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON", closedAt });

        won.ShouldBe(HttpStatusCode.OK)["closedAt"].GetDateTimeOffset().ShouldBe(closedAt);
        var stays = (await client.GetAsync($"/api/deals/{id}/history")).ShouldBe(HttpStatusCode.OK).Items;
        stays.Select(stay => (stay.GetProperty("stage").GetString(), stay.GetProperty("seconds").GetRawText())).ShouldBe([("LEAD", "0"), ("CLOSED_WON", "null")]);
    }

    [Theory, EachDatabase]
    public async Task Every_change_that_a_report_needs_leaves_a_snapshot_and_no_other_does(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine", value = 100 });
        await client.PatchAsync($"/api/deals/{id}", new { description = "No matter" });
        await client.PatchAsync($"/api/deals/{id}", new { probability = 0, expectedCloseDate = "2027-01-31" });
        await client.PutAsync($"/api/deals/{id}/stage", new { stage = "CLOSED_WON" });
        await client.DeleteAsync($"/api/deals/{id}");
        await client.PostAsync($"/api/deals/{id}/restore");

        var snapshots = await client.Host.QueryAsync(client.TenantId, db => db.DealSnapshots.Where(s => s.DealId == id).OrderBy(s => s.Version).ToListAsync());

        snapshots.Select(s => (s.Version, s.Stage, s.Probability, s.IsDeleted)).ShouldBe(
            [(1, "LEAD", (int?)null, false), (3, "LEAD", 0, false), (5, "CLOSED_WON", 0, false), (6, "CLOSED_WON", 0, true), (7, "CLOSED_WON", 0, false)]);
        snapshots.ShouldAllBe(s => s.Value == 1_000_000 && s.Actor == "ada");
    }
}
