using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Deals;

public sealed class DealFilterTests
{
    [Theory, EachDatabase("stage=LEAD", "A"), EachDatabase("stage=LEAD,CLOSED_WON", "A C"), EachDatabase("stage=NONE", ""), EachDatabase("open=true", "A B"), EachDatabase("open=false", "C D")]
    [EachDatabase("ownerId=me", "A C"), EachDatabase("ownerId=bob", "B"), EachDatabase("ownerId=none", "D"), EachDatabase("tag=VIP", "A"), EachDatabase("tag=vip,LATE", "A B")]
    [EachDatabase("valueFrom=100", "A B"), EachDatabase("valueTo=100", "A C"), EachDatabase("valueFrom=0&valueTo=0", "C"), EachDatabase("valueFrom=100&valueTo=100.0001", "A")]
    [EachDatabase("expectedCloseFrom=2027-01-31", "A B"), EachDatabase("expectedCloseTo=2027-01-31", "A"), EachDatabase("expectedCloseFrom=2027-01-31&expectedCloseTo=2027-01-31", "A"), EachDatabase("expectedCloseFrom=2027-02-01", "B")]
    [EachDatabase("closedFrom=2026-01-31T10:00:00Z", "C D"), EachDatabase("closedFrom=2026-01-31T10:00:00.000001Z", "D"), EachDatabase("closedTo=2026-01-31T10:00:00Z", ""), EachDatabase("closedTo=2026-01-31T10:00:00.000001Z", "C")]
    [EachDatabase("createdFrom=2020-01-01T00:00:00Z", "A B C D"), EachDatabase("createdTo=2020-01-01T00:00:00Z", ""), EachDatabase("customerId=c1", ""), EachDatabase("rotting=true", ""), EachDatabase("rotting=false", "A B C D")]
    [EachDatabase("search=engine", "A B"), EachDatabase("search=ENGIN", "A B"), EachDatabase("search=steam", "B"), EachDatabase("search=price", "D"), EachDatabase("search=vip", "A"), EachDatabase("open=true&ownerId=me", "A")]
    public async Task A_filter_finds_just_what_it_says(Database database, string query, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");
        await client.MakeAsync("deals", new { name = "A Engine", value = 100, tags = new[] { "Vip" }, expectedCloseDate = "2027-01-31" });
        await client.MakeAsync("deals", new { name = "B Éngine", stage = "PROPOSAL", value = 200, ownerId = "bob", tags = new[] { "late" }, expectedCloseDate = "2027-02-01", description = "Steam" });
        await client.MakeAsync("deals", new { name = "C", stage = "CLOSED_WON", value = 0, closedAt = "2026-01-31T10:00:00Z" });
        await client.PostAsync("/api/deals", """{ "name": "D", "stage": "CLOSED_LOST", "lostReason": "Price", "closedAt": "2026-02-01T00:00:00Z", "ownerId": null }""");

        Names(await client.GetAsync($"/api/deals?sort=name&{query}")).ShouldBe(found);
    }

    [Theory, EachDatabase]
    public async Task Deals_are_found_by_their_lead_and_their_pipeline(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = (await client.GetAsync("/api/pipelines")).Items[0].GetProperty("id").GetString();
        var (_, one) = await client.MakeOneAsync("leads");
        var (_, two) = await client.MakeOneAsync("leads");
        await client.MakeAsync("deals", new { name = "A", leadId = one });
        await client.MakeAsync("deals", new { name = "B", leadId = two, pipelineId = pipeline });
        await client.MakeAsync("deals", new { name = "C" });

        Names(await client.GetAsync($"/api/deals?sort=name&leadId={one}")).ShouldBe("A");
        Names(await client.GetAsync($"/api/deals?sort=name&leadId={one},{two}")).ShouldBe("A B");
        Names(await client.GetAsync($"/api/deals?sort=name&pipelineId={pipeline}")).ShouldBe("A B C");
        Names(await client.GetAsync($"/api/deals?sort=name&pipelineId={Guid.CreateVersion7()}")).ShouldBe("");
    }

    [Theory, EachDatabase("name", "A B C D"), EachDatabase("-name", "D C B A"), EachDatabase("createdAt", "D B A C"), EachDatabase("-createdAt", "C A B D"), EachDatabase("updatedAt", "B A C D"), EachDatabase("value", "D C A B"), EachDatabase("-value", "B A C D")]
    [EachDatabase("expectedCloseDate,name", "B A C D"), EachDatabase("-expectedCloseDate,name", "C D A B"), EachDatabase("closedAt,name", "C D A B"), EachDatabase("-closedAt,name", "A B D C"), EachDatabase("stageEnteredAt", "C D B A"), EachDatabase("-stageEnteredAt", "A B D C")]
    public async Task Deals_come_in_the_order_asked_for_and_walked_by_cursor_in_the_same(Database database, string sort, string order)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var d = await client.MakeAsync("deals", new { name = "D", stage = "CLOSED_WON", closedAt = "2026-02-01T00:00:00Z" });
        await client.MakeAsync("deals", new { name = "b", value = 100, expectedCloseDate = "2027-01-30" });
        await client.MakeAsync("deals", new { name = "A", value = 10.5, expectedCloseDate = "2027-01-31" });
        await client.MakeAsync("deals", new { name = "c", value = 0, stage = "CLOSED_WON", closedAt = "2026-01-31T00:00:00Z" });
        await client.PatchAsync($"/api/deals/{d}", new { description = "Changed last" });

        Names(await client.GetAsync($"/api/deals?sort={sort}")).ShouldBe(order);
        var walked = new List<string>();
        var page = await client.GetAsync($"/api/deals?take=1&sort={sort}");
        walked.Add(Names(page));
        while (page["nextCursor"].GetString() is { } cursor)
        {
            page = await client.GetAsync($"/api/deals?take=1&cursor={cursor}");
            walked.Add(Names(page));
        }

        string.Join(' ', walked).ShouldBe(order);
    }

    [Theory, EachDatabase]
    public async Task A_deal_rots_when_it_is_open_and_longer_in_its_stage_than_the_stages_days(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        await client.MakeAsync("deals", new { name = "Lead" });
        await client.MakeAsync("deals", new { name = "Negotiation", stage = "NEGOTIATION" });
        await client.MakeAsync("deals", new { name = "Won", stage = "CLOSED_WON" });
        var moved = await client.MakeAsync("deals", new { name = "Moved", stage = "NEGOTIATION" });

        clock.Advance(TimeSpan.FromDays(14));
        Names(await client.GetAsync("/api/deals?sort=name&rotting=true")).ShouldBe("");
        await client.PutAsync($"/api/deals/{moved}/stage", new { stage = "PROPOSAL" });
        clock.Advance(TimeSpan.FromMicroseconds(1));
        Names(await client.GetAsync("/api/deals?sort=name&rotting=true")).ShouldBe("NEGOTIATION");
        Names(await client.GetAsync("/api/deals?sort=name&rotting=false")).ShouldBe("LEAD MOVED WON");
    }

    [Theory, EachDatabase]
    public async Task Every_open_stage_of_the_default_pipeline_rots_after_its_days(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        foreach (var stage in new[] { "LEAD", "QUALIFIED", "PROPOSAL", "NEGOTIATION", "CLOSED_WON" }) await client.MakeAsync("deals", new { name = stage, stage });

        clock.Advance(TimeSpan.FromDays(21));
        Names(await client.GetAsync("/api/deals?sort=name&rotting=true")).ShouldBe("NEGOTIATION");
        clock.Advance(TimeSpan.FromSeconds(1));
        Names(await client.GetAsync("/api/deals?sort=name&rotting=true")).ShouldBe("NEGOTIATION PROPOSAL");
        clock.Advance(TimeSpan.FromDays(9));
        Names(await client.GetAsync("/api/deals?sort=name&rotting=true")).ShouldBe("LEAD NEGOTIATION PROPOSAL QUALIFIED");
    }

    private static string Names(Answer list) =>
        string.Join(' ', list.ShouldBe(HttpStatusCode.OK).Items.Select((JsonElement deal) => deal.GetProperty("name").GetString()!.Split(' ')[0].ToUpperInvariant()));
}
