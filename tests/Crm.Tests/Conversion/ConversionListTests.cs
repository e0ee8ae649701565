using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using World = Crm.Tests.Walls.World;

namespace Crm.Tests.Conversion;

/// <summary>What the list of conversions gives, and to whom.</summary>
public sealed class ConversionListTests
{
    [Theory, EachDatabase]
    public async Task Conversions_are_listed_newest_first_with_their_leads_as_they_are_now(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var converted = await ConvertAsync(client, 3);
        await client.PatchAsync($"/api/leads/{converted[2].Lead}", new { firstName = "Ada" });
        (await client.DeleteAsync($"/api/leads/{converted[1].Lead}")).ShouldBe(HttpStatusCode.NoContent);

        var page = (await client.GetAsync("/api/conversions")).ShouldBe(HttpStatusCode.OK);

        IdsOf(page).ShouldBe([converted[2].Id, converted[1].Id, converted[0].Id]);
        page["total"].GetInt32().ShouldBe(3);
        page.Items[0].GetProperty("lead").GetProperty("firstName").GetString().ShouldBe("Ada");
        page.Items[1].GetProperty("lead").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var item in page.Items) item.GetRawText().ShouldBe((await client.GetAsync($"/api/conversions/{item.GetProperty("conversionId").GetGuid()}")).Text);
    }

    [Theory, EachDatabase]
    public async Task Conversions_are_found_by_state_lead_and_time(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var world = await World.MakeAsync(client, "rep"); // one that is completed, one that is pending
        var fresh = await world.FreshAsync();
        (await client.PostAsync($"/api/conversions/{fresh.Conversion}/cancel")).ShouldBe(HttpStatusCode.OK);
        var completed = IdsOf(await client.GetAsync("/api/conversions?state=COMPLETED")).ShouldHaveSingleItem();
        var times = await client.Host.QueryAsync(client.TenantId, db => db.Conversions.OrderBy(c => c.CreatedAt).Select(c => c.CreatedAt).ToListAsync());

        await ShouldFindAsync("state=PENDING", world.Conversion);
        await ShouldFindAsync("state=CANCELLED", fresh.Conversion);
        await ShouldFindAsync("state=CANCELLED&state=PENDING", fresh.Conversion, world.Conversion);
        await ShouldFindAsync("state=CANCELLED,COMPLETED", fresh.Conversion, completed);
        await ShouldFindAsync("state=REJECTED");
        await ShouldFindAsync($"leadId={world.ConvertedLead}", completed);
        await ShouldFindAsync($"leadId={world.ConvertedLead},{Guid.CreateVersion7()}&state=COMPLETED", completed);
        await ShouldFindAsync($"leadId={world.ConvertedLead}&state=PENDING");
        await ShouldFindAsync($"leadId={world.Lead}");
        await ShouldFindAsync($"createdFrom={times[1]:O}&sort=createdAt".Replace("+", "%2B", StringComparison.Ordinal), world.Conversion, fresh.Conversion);
        await ShouldFindAsync($"createdTo={times[1]:O}".Replace("+", "%2B", StringComparison.Ordinal), completed);
        (await client.GetAsync("/api/conversions?state=completed")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["state"]);
        (await client.GetAsync("/api/conversions?createdFrom=2026-02-01T00:00:00Z&createdTo=2026-01-01T00:00:00Z")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["createdTo"]);
        (await client.GetAsync("/api/conversions?search=x")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["search"]);
        (await client.GetAsync("/api/conversions?sort=state")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["sort"]);

        async Task ShouldFindAsync(string query, params Guid[] expected) => IdsOf((await client.GetAsync($"/api/conversions?{query}")).ShouldBe(HttpStatusCode.OK)).ShouldBe(expected, query);
    }

    [Theory]
    [EachDatabase("-createdAt")]
    [EachDatabase("createdAt")]
    public async Task A_walk_by_cursor_meets_each_conversion_once(Database database, string sort)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var ids = (await ConvertAsync(client, 7)).Select(one => one.Id).ToList();
        if (sort.StartsWith('-')) ids.Reverse();

        var (met, cursor) = (new List<Guid>(), (string?)null);
        do
        {
            var page = (await client.GetAsync($"/api/conversions?take=3&sort={sort}{(cursor is null ? "" : $"&cursor={cursor}")}")).ShouldBe(HttpStatusCode.OK);
            page["total"].GetInt32().ShouldBe(7);
            met.AddRange(IdsOf(page));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        met.ShouldBe(ids);
        IdsOf(await client.GetAsync($"/api/conversions?skip=5&sort={sort}")).ShouldBe(ids[5..]);
        var theirs = (await client.GetAsync($"/api/leads?take=1&sort={sort}"))["nextCursor"].GetString();
        (await client.GetAsync($"/api/conversions?cursor={theirs}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["cursor"]);
    }

    [Theory, EachDatabase]
    public async Task Who_does_not_see_a_lead_does_not_see_its_conversion(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var (rep, mate) = (admin.As(Role.Rep, "rep"), admin.As(Role.Rep, "mate"));
        foreach (var client in new[] { rep, mate }) await client.GetAsync("/api/me");
        var mine = await ConvertAsync(admin, 2, "rep");
        var theirs = await ConvertAsync(admin, 2, "mate");
        var nobodys = await ConvertAsync(admin, 1);
        foreach (var (lead, _) in new[] { mine[0], theirs[0] }) (await admin.DeleteAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NoContent);
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);

        var seen = await rep.GetAsync("/api/conversions?sort=createdAt&total=exact");

        IdsOf(seen).ShouldBe([mine[0].Id, mine[1].Id, nobodys[0].Id]);
        seen["total"].GetInt32().ShouldBe(3);
        (await rep.GetAsync($"/api/conversions?leadId={theirs[0].Lead},{theirs[1].Lead}")).Items.ShouldBeEmpty();
        IdsOf(await mate.GetAsync("/api/conversions?sort=createdAt")).ShouldBe([theirs[0].Id, theirs[1].Id, nobodys[0].Id]);
        foreach (var role in new[] { Role.Viewer, Role.Manager, Role.Admin }) (await admin.As(role, "rep").GetAsync("/api/conversions"))["total"].GetInt32().ShouldBe(5);
    }

    [Theory, EachDatabase]
    public async Task Another_tenant_sees_none(Database database)
    {
        var host = await Hosts.For(database);
        var (own, foreign) = (host.NewTenant(), host.NewTenant());
        var theirs = (await ConvertAsync(foreign, 1)).Single();
        var ours = (await ConvertAsync(own, 1)).Single();

        IdsOf(await own.GetAsync("/api/conversions?total=exact")).ShouldBe([ours.Id]);
        (await own.GetAsync($"/api/conversions?leadId={theirs.Lead}")).Items.ShouldBeEmpty();
        (await own.GetAsync($"/api/conversions/{theirs.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    private static IEnumerable<Guid> IdsOf(Answer page) => page.Items.Select(item => item.GetProperty("conversionId").GetGuid());

    private static async Task<List<(Guid Lead, Guid Id)>> ConvertAsync(Client client, int count, string? owner = null)
    {
        var converted = new List<(Guid, Guid)>();
        for (var i = 0; i < count; i++)
        {
            var lead = await client.MakeAsync("leads", new { lastName = $"Lovelace {i}", ownerId = owner });
            converted.Add((lead, (await client.PostAsync($"/api/leads/{lead}/convert")).ShouldBe(HttpStatusCode.OK)["conversionId"].GetGuid()));
        }

        return converted;
    }
}
