using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>What can be read of the customers of the registry that comes along.</summary>
public sealed class CustomerTests
{
    [Theory, EachDatabase]
    public async Task A_customer_is_what_the_lead_was_when_it_was_converted(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Rep);
        var (lead, id) = await ConvertAsync(client, new { firstName = "Ada", lastName = "Lovelace", email = "Ada@engines.example", phone = "+44 20 7946 0000", jobTitle = "Analyst", companyName = "Engines", companyWebsite = "https://engines.example", companyIndustry = "Machines", companySize = "1-10" });
        var (bare, bareId) = await ConvertAsync(client, new { lastName = "Hopper" });
        await client.PatchAsync($"/api/leads/{lead}", new { lastName = "King" });

        var customer = (await client.As(Role.Viewer, "viewer").GetAsync($"/api/customers/{id}")).ShouldBe(HttpStatusCode.OK);

        customer.Json.EnumerateObject().Where(member => member.Name is not ("company" or "createdAt")).ToDictionary(member => member.Name, member => member.Value.GetString()).ShouldBe(
            new Dictionary<string, string?>
            {
                ["id"] = id,
                ["externalReference"] = $"lead:{lead}",
                ["leadId"] = $"{lead}",
                ["firstName"] = "Ada",
                ["lastName"] = "Lovelace",
                ["email"] = "Ada@engines.example",
                ["phone"] = "+44 20 7946 0000",
                ["jobTitle"] = "Analyst",
            },
            ignoreOrder: true);
        customer["company"].GetRawText().ShouldBe("""{"name":"Engines","website":"https://engines.example","industry":"Machines","size":"1-10"}""");
        (await client.GetAsync($"/api/customers/{bareId}"))["company"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await client.GetAsync("/api/customers")).Items.Select(item => item.GetProperty("leadId").GetGuid()).ShouldBe([bare, lead]);
        (await client.GetAsync($"/api/customers/{id}", ("If-None-Match", customer.ETag))).ShouldBe(HttpStatusCode.NotModified);
        (await client.GetAsync($"/api/customers/{Guid.CreateVersion7()}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.GetAsync("/api/customers/customer")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task Customers_are_found_by_address_reference_lead_and_time(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (ada, _) = await ConvertAsync(client, new { lastName = "Lovelace", email = "ada@engines.example" });
        var (grace, _) = await ConvertAsync(client, new { lastName = "Hopper", email = "Grace@Navy.example" });
        var (mary, _) = await ConvertAsync(client, new { lastName = "Somerville" });
        var times = await client.Host.QueryAsync(client.TenantId, db => db.Customers.OrderBy(c => c.CreatedAt).Select(c => c.CreatedAt).ToListAsync());

        await ShouldFindAsync("email=ADA@engines.example", ada);
        await ShouldFindAsync("email=grace@navy.example&email=ada@engines.example", grace, ada);
        await ShouldFindAsync("email=ada@engines.example,nobody@engines.example", ada);
        await ShouldFindAsync("email=ada@engines");
        await ShouldFindAsync($"externalReference=lead:{mary}", mary);
        await ShouldFindAsync($"externalReference={mary}");
        await ShouldFindAsync($"leadId={mary}&leadId={ada}", mary, ada);
        await ShouldFindAsync($"leadId={mary}&email=ada@engines.example");
        await ShouldFindAsync($"createdFrom={times[1]:O}&sort=createdAt".Replace("+", "%2B", StringComparison.Ordinal), grace, mary);
        await ShouldFindAsync($"createdTo={times[1]:O}".Replace("+", "%2B", StringComparison.Ordinal), ada);
        (await client.GetAsync("/api/customers?createdFrom=2026-02-01T00:00:00Z&createdTo=2026-01-01T00:00:00Z")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["createdTo"]);
        (await client.GetAsync("/api/customers?sort=lastName")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["sort"]);

        async Task ShouldFindAsync(string query, params Guid[] expected)
        {
            var page = (await client.GetAsync($"/api/customers?{query}")).ShouldBe(HttpStatusCode.OK);
            page.Items.Select(item => item.GetProperty("leadId").GetGuid()).ShouldBe(expected, query);
            page["total"].GetInt32().ShouldBe(expected.Length, query);
        }
    }

    [Theory, EachDatabase]
    public async Task A_walk_by_cursor_meets_each_customer_once(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var leads = new List<Guid>();
        for (var i = 0; i < 7; i++) leads.Add((await ConvertAsync(client, new { lastName = $"Lovelace {i}" })).Lead);

        var (met, cursor) = (new List<Guid>(), (string?)null);
        do
        {
            var page = (await client.GetAsync($"/api/customers?take=3&sort=createdAt{(cursor is null ? "" : $"&cursor={cursor}")}")).ShouldBe(HttpStatusCode.OK);
            met.AddRange(page.Items.Select(item => item.GetProperty("leadId").GetGuid()));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        met.ShouldBe(leads);
    }

    [Theory, EachDatabase]
    public async Task A_reference_that_names_no_lead_is_kept_and_gives_none(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, id) = await ConvertAsync(client, new { lastName = "Lovelace" });
        foreach (var reference in new[] { "shop:17", "lead:17", $"lead:{Guid.CreateVersion7():N}", $"Lead:{Guid.CreateVersion7()}", "lead:" })
        {
            await client.Host.QueryAsync(client.TenantId, db => db.Customers.ExecuteUpdateAsync(set => set.SetProperty(c => c.ExternalReference, reference)));

            var customer = (await client.GetAsync($"/api/customers/{id}")).ShouldBe(HttpStatusCode.OK);
            customer["externalReference"].GetString().ShouldBe(reference);
            customer["leadId"].ValueKind.ShouldBe(JsonValueKind.Null);
        }
    }

    [Theory, EachDatabase]
    public async Task A_rep_with_narrowed_sight_sees_the_customers_of_leads_in_sight_alone(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        foreach (var client in new[] { rep, admin.As(Role.Rep, "mate") }) await client.GetAsync("/api/me");
        var (mine, customer) = await ConvertAsync(admin, new { lastName = "Lovelace", ownerId = "rep" });
        var (theirs, other) = await ConvertAsync(admin, new { lastName = "Hopper", ownerId = "mate" });
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);

        (await rep.GetAsync("/api/customers")).Items.Single().GetProperty("id").GetString().ShouldBe(customer);
        (await rep.GetAsync($"/api/customers/{customer}")).ShouldBe(HttpStatusCode.OK);
        (await rep.GetAsync($"/api/customers/{other}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await rep.GetAsync($"/api/customers?leadId={mine},{theirs}")).Items.Single().GetProperty("leadId").GetGuid().ShouldBe(mine);
        (await admin.GetAsync($"/api/customers?leadId={mine},{theirs}"))["total"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task Nobody_comes_to_see_the_customer_of_a_lead_out_of_sight_by_its_address(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        foreach (var client in new[] { rep, admin.As(Role.Rep, "mate") }) await client.GetAsync("/api/me");
        var (_, theirs) = await ConvertAsync(admin, new { lastName = "Hopper", email = "grace@engines.example", phone = "+49 30 1234", ownerId = "mate" });
        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);

        var (_, mine) = await ConvertAsync(rep, new { lastName = "Nobody", email = "Grace@engines.example", ownerId = "rep" });

        mine.ShouldBe(theirs); // one address, one customer
        (await rep.GetAsync($"/api/customers/{mine}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await rep.GetAsync("/api/customers?email=grace@engines.example")).Items.ShouldBeEmpty();
        (await admin.GetAsync($"/api/customers/{mine}")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Another_tenant_sees_none(Database database)
    {
        var host = await Hosts.For(database);
        var (own, foreign) = (host.NewTenant(), host.NewTenant());
        var (lead, id) = await ConvertAsync(foreign, new { lastName = "Lovelace", email = "ada@engines.example" });

        foreach (var query in new[] { "", $"?leadId={lead}", $"?externalReference=lead:{lead}", "?email=ada@engines.example" }) (await own.GetAsync($"/api/customers{query}")).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
        (await own.GetAsync($"/api/customers/{id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task Where_a_registry_of_its_own_keeps_the_customers_the_answer_says_where_to_ask(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var embedded = await CrmHost.StartAsync(database, connectionString);
        await using var remote = await CrmHost.StartAsync(database, connectionString, builder =>
        {
            builder.Configuration["Registry:BaseUrl"] = "http://127.0.0.1:9/registry";
            builder.Configuration["Registry:ApiKey"] = "another-secret";
        });
        var before = embedded.NewTenant();
        var (lead, id) = await ConvertAsync(before, new { lastName = "Lovelace" });
        var client = new Client(remote, before.TenantId, before.User, Role.Admin);

        foreach (var path in new[] { "/api/customers", $"/api/customers?leadId={lead}", $"/api/customers/{id}", $"/api/customers/{Guid.CreateVersion7()}" })
        {
            var answer = (await client.GetAsync(path)).ShouldFail(HttpStatusCode.NotFound, "not-found");
            answer["detail"].GetString()!.ShouldContain("Registry__BaseUrl");
            answer.Text.ShouldNotContain("secret");
            answer.Text.ShouldNotContain("127.0.0.1");
        }

        (await client.GetAsync("/api/customers?take=0")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        (await client.GetAsync($"/api/conversions?leadId={lead}"))["total"].GetInt32().ShouldBe(1);
    }

    private static async Task<(Guid Lead, string Id)> ConvertAsync(Client client, object lead)
    {
        var id = await client.MakeAsync("leads", lead);
        return (id, (await client.PostAsync($"/api/leads/{id}/convert")).ShouldBe(HttpStatusCode.OK)["customerId"].GetString()!);
    }
}
