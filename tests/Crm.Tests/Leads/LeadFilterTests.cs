using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

public sealed class LeadFilterTests
{
    [Theory, EachDatabase("status=NEW", "B"), EachDatabase("status=CONTACTED,QUALIFIED", "A C"), EachDatabase("source=EVENT", "A"), EachDatabase("source=OTHER&source=PARTNER", "B C")]
    [EachDatabase("ownerId=me", "A"), EachDatabase("ownerId=ada", "A"), EachDatabase("ownerId=bob", "B"), EachDatabase("ownerId=none", "C"), EachDatabase("ownerId=me,none", "A C"), EachDatabase("ownerId=nobody", "")]
    [EachDatabase("tag=vip", "A B"), EachDatabase("tag=VIP,LATE", "A B C"), EachDatabase("tag=%C3%84RGER", "B"), EachDatabase("tag=vi", "")]
    [EachDatabase("valueFrom=100", "A B"), EachDatabase("valueTo=100", "A"), EachDatabase("valueFrom=100&valueTo=100", "A"), EachDatabase("valueFrom=100.0001", "B"), EachDatabase("valueTo=0", "")]
    [EachDatabase("status=NEW&ownerId=me", ""), EachDatabase("converted=false", "A B C"), EachDatabase("converted=true", ""), EachDatabase("search=", "A B C")]
    public async Task A_filter_finds_just_what_it_says(Database database, string query, string found)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");
        await client.MakeAsync("leads", new { lastName = "A", status = "CONTACTED", source = "EVENT", ownerId = "me", tags = new[] { "Vip" }, estimatedValue = 100 });
        await client.MakeAsync("leads", new { lastName = "B", source = "PARTNER", ownerId = "bob", tags = new[] { "VIP", "Ärger" }, estimatedValue = 200.5 });
        await client.MakeAsync("leads", new { lastName = "C", status = "QUALIFIED", tags = new[] { "late" } });

        (await NamesAsync(client, query)).ShouldBe(found);
    }

    [Theory, EachDatabase]
    public async Task Instants_are_from_the_first_on_and_to_before_the_last(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var begin = clock.GetUtcNow();
        var first = await client.MakeAsync("leads", new { lastName = "A" });
        clock.Advance(TimeSpan.FromMicroseconds(1));
        await client.MakeAsync("leads", new { lastName = "B" });
        clock.Advance(TimeSpan.FromDays(1));
        await client.PatchAsync($"/api/leads/{first}", new { jobTitle = "Changed" });
        var (a, b, later) = (Text(begin), Text(begin.AddMicroseconds(1)), Text(clock.GetUtcNow()));

        (await NamesAsync(client, $"createdFrom={a}")).ShouldBe("A B");
        (await NamesAsync(client, $"createdFrom={b}")).ShouldBe("B");
        (await NamesAsync(client, $"createdTo={b}")).ShouldBe("A");
        (await NamesAsync(client, $"createdFrom={a}&createdTo={a}")).ShouldBe("");
        (await NamesAsync(client, $"updatedFrom={later}")).ShouldBe("A");
        (await NamesAsync(client, $"updatedTo={later}")).ShouldBe("B");

        static string Text(DateTimeOffset instant) => Contracts.Json.InstantConverter.Format(instant);
    }

    [Theory, EachDatabase]
    public async Task An_instant_may_have_any_offset(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "A" });

        (await NamesAsync(client, "createdFrom=2020-01-01T00:00:00%2B05:30&createdTo=9000-01-01T00:00-08:00")).ShouldBe("A");
    }

    [Theory, EachDatabase]
    public async Task Scores_and_conversions_are_found_by_their_filters(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var (name, score) in new (string, int?)[] { ("A", 0), ("B", 50), ("C", 100), ("D", null) }) await ScoredAsync(client, name, score);

        (await NamesAsync(client, "scoreFrom=50")).ShouldBe("B C");
        (await NamesAsync(client, "scoreTo=50")).ShouldBe("A B");
        (await NamesAsync(client, "scoreFrom=100&scoreTo=100")).ShouldBe("C");
        (await SortedAsync(client, "score")).ShouldBe("D A B C");
        (await SortedAsync(client, "-score")).ShouldBe("C B A D");
    }

    [Theory, EachDatabase("lastName", "A B C D"), EachDatabase("-lastName", "D C B A"), EachDatabase("createdAt", "C A D B"), EachDatabase("-createdAt", "B D A C"), EachDatabase("updatedAt", "A D B C"), EachDatabase("-updatedAt", "C B D A")]
    [EachDatabase("estimatedValue", "C B A D"), EachDatabase("-estimatedValue", "D A B C"), EachDatabase("companyName,lastName", "B C A D"), EachDatabase("-companyName,-lastName", "D A C B")]
    public async Task Leads_come_in_the_order_asked_for_and_walked_by_cursor_in_the_same(Database database, string sort, string order)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var c = await client.MakeAsync("leads", new { lastName = "C" });
        await client.MakeAsync("leads", new { lastName = "a", companyName = "Émile", estimatedValue = 10.5 });
        await client.MakeAsync("leads", new { lastName = "D", companyName = "Zoo", estimatedValue = 100 });
        await client.MakeAsync("leads", new { lastName = "b", estimatedValue = 0 });
        await client.PatchAsync($"/api/leads/{c}", new { jobTitle = "Changed last" });

        (await SortedAsync(client, sort)).ShouldBe(order);
    }

    /// <summary>What nothing in the service does yet: a score, written as it will be.</summary>
    private static async Task ScoredAsync(Client client, string lastName, int? score)
    {
        var id = await client.MakeAsync("leads", new { lastName });
        await client.Host.QueryAsync(client.TenantId, async db =>
        {
            db.Entry(await db.Leads.SingleAsync(lead => lead.Id == id)).Property(lead => lead.Score).CurrentValue = score;
            return await db.SaveChangesAsync();
        });
    }

    private static async Task<string> NamesAsync(Client client, string query) =>
        Join((await client.GetAsync($"/api/leads?sort=lastName&{query}")).ShouldBe(HttpStatusCode.OK).Items);

    private static async Task<string> SortedAsync(Client client, string sort)
    {
        var all = Join((await client.GetAsync($"/api/leads?sort={sort}")).ShouldBe(HttpStatusCode.OK).Items);
        var walked = new List<System.Text.Json.JsonElement>();
        string? cursor = null;
        do
        {
            var page = await client.GetAsync($"/api/leads?take=1&" + (cursor is null ? $"sort={sort}" : $"cursor={cursor}"));
            walked.AddRange(page.ShouldBe(HttpStatusCode.OK).Items);
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        Join(walked).ShouldBe(all);
        return all;
    }

    private static string Join(IEnumerable<System.Text.Json.JsonElement> leads) => string.Join(' ', leads.Select(lead => lead.GetProperty("lastName").GetString()!.ToUpperInvariant()));
}
