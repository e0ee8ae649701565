using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

public sealed class LeadStatusTests
{
    [Theory, EachDatabase]
    public async Task A_lead_goes_from_any_open_status_to_any_other(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        string[] way = ["QUALIFIED", "NEW", "UNQUALIFIED", "NURTURING", "CONTACTED", "NEW"];

        foreach (var status in way) (await client.PatchAsync($"/api/leads/{id}", new { status })).ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe(status);

        var changes = (await client.RecordedAsync(id)).Skip(1).ToList();
        changes.ShouldAllBe(e => e.Type == "lead.status_changed");
        changes[0].ShouldTell("status", "\"NEW\"", "\"QUALIFIED\"");
        changes[^1].ShouldTell("status", "\"CONTACTED\"", "\"NEW\"");
    }

    [Theory, EachDatabase]
    public async Task A_lead_becomes_converted_by_converting_only(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        var created = await client.PostAsync("/api/leads", new { lastName = "Lovelace", status = "CONVERTED" });
        var patched = await client.PatchAsync($"/api/leads/{id}", new { status = "CONVERTED" });
        var put = await client.PutAsync($"/api/leads/{id}", new { lastName = "Lovelace", status = "CONVERTED" });

        foreach (var answer in new[] { created, patched, put })
        {
            answer.ShouldFail(HttpStatusCode.Conflict, "invalid-transition")["detail"].GetString()!.ShouldContain("by being converted to a customer");
        }

        (await client.GetAsync("/api/leads")).Items.ShouldHaveSingleItem().GetProperty("status").GetString().ShouldBe("NEW");
        (await client.EventsAsync(id)).ShouldBe(["lead.created"]);
    }

    [Theory, EachDatabase]
    public async Task The_history_begins_with_the_lead_and_each_stay_ends_where_the_next_begins(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var bob = client.As(Role.Rep, "bob");
        var begin = clock.GetUtcNow();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace", status = "CONTACTED" });

        clock.Advance(TimeSpan.FromHours(1));
        await bob.PatchAsync($"/api/leads/{id}", new { status = "QUALIFIED" });
        clock.Advance(TimeSpan.FromMinutes(1));
        await client.PatchAsync($"/api/leads/{id}", new { status = "QUALIFIED", jobTitle = "Countess" });
        clock.Advance(TimeSpan.FromMinutes(1));
        var stays = (await client.GetAsync($"/api/leads/{id}/history")).ShouldBe(HttpStatusCode.OK).Items;

        stays.Select(stay => (stay.GetProperty("status").GetString(), stay.GetProperty("enteredBy").GetString(), stay.GetProperty("seconds").GetInt64()))
            .ShouldBe([("CONTACTED", "ada", 3600), ("QUALIFIED", "bob", 120)]);
        stays[0].GetProperty("enteredAt").GetDateTimeOffset().ShouldBe(begin);
        stays[0].GetProperty("leftAt").GetDateTimeOffset().ShouldBe(begin.AddHours(1));
        stays[1].GetProperty("enteredAt").GetDateTimeOffset().ShouldBe(begin.AddHours(1));
        stays[1].GetProperty("leftAt").GetRawText().ShouldBe("null");
    }

    [Theory, EachDatabase]
    public async Task There_is_no_history_of_a_lead_that_is_not_there(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync("leads");
        await client.DeleteAsync(path);

        (await client.GetAsync($"{path}/history")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.GetAsync($"{path}/timeline")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.GetAsync($"/api/leads/{Guid.CreateVersion7()}/history")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }
}
