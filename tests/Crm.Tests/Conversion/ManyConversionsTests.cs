using System.Net;
using System.Text.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Members;
using Crm.Database.Leads;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>Many leads converted in one request.</summary>
public sealed class ManyConversionsTests(StubbedHosts hosts) : IClassFixture<StubbedHosts>
{
    private const int Most = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Theory, EachDatabase]
    public async Task Five_hundred_each_become_one_customer_and_asked_again_nothing_more(Database database)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Manager);
        var leads = await MakeAsync(client, Most);

        var items = await ConvertAsync(client, leads);
        items.ShouldAllBe(item => item.GetProperty("refusal").ValueKind == JsonValueKind.Null);
        using var patience = new CancellationTokenSource(Patience);
        while (items.Any(item => item.GetProperty("state").GetString() == "PENDING"))
        {
            patience.Token.ThrowIfCancellationRequested();
            items = await ConvertAsync(client, leads);
        }

        var customers = items.Select(item => item.GetProperty("customerId").GetString()!).ToList();
        customers.ShouldBe(leads.Select(lead => crm.Registry.MadeOf(lead).ShouldHaveSingleItem()));
        (await ConvertAsync(client, leads)).Select(item => item.GetRawText()).ShouldBe(items.Select(item => item.GetRawText()));
        crm.Registry.MethodsFor(client.TenantId).Count(method => method == "POST").ShouldBe(Most);
        (await client.Host.QueryAsync(client.TenantId, db => db.Conversions.CountAsync())).ShouldBe(Most);
        (await client.Host.QueryAsync(client.TenantId, db => db.Events.CountAsync(e => e.Type == "lead.converted"))).ShouldBe(Most);
    }

    [Theory, EachDatabase]
    public async Task Each_hears_what_the_registry_said_of_it(Database database)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Manager);
        var leads = new Guid[3];
        for (var i = 0; i < leads.Length; i++) leads[i] = await client.MakeAsync("leads", new { lastName = $"Lead {i}", jobTitle = $"Status {(i == 0 ? 201 : i == 1 ? 422 : 429)}" });
        crm.Registry.Before = context => Task.FromResult(crm.Registry.Asked.Last() switch
        {
            { Body: var body } when body.Contains("Status 422") => Results.Problem("Not her.", statusCode: 422),
            { Body: var body } when body.Contains("Status 429") => Results.StatusCode(429),
            _ => null,
        });

        var items = new List<JsonElement>();
        foreach (var lead in leads) items.AddRange(await ConvertAsync(client, [lead]));

        items.Select(item => item.GetProperty("state").GetString()).ShouldBe(["COMPLETED", "REJECTED", "PENDING"]);
        items.Select(item => item.GetProperty("customerId").GetString()).ShouldBe([crm.Registry.MadeOf(leads[0]).ShouldHaveSingleItem(), null, null]);
        var refusal = items[1].GetProperty("refusal");
        (refusal.GetProperty("status").GetInt32(), refusal.GetProperty("code").GetString()).ShouldBe((422, "registry-rejected"));
        refusal.GetProperty("detail").GetString()!.ShouldContain("Not her.");
    }

    private static async Task<IReadOnlyList<JsonElement>> ConvertAsync(Client client, IReadOnlyList<Guid> leads)
    {
        var items = (await client.PostAsync("/api/leads/convert", new { ids = leads })).ShouldBe(HttpStatusCode.OK).Items;
        items.Select(item => item.GetProperty("leadId").GetGuid()).ShouldBe(leads);
        return items;
    }

    private static async Task<IReadOnlyList<Guid>> MakeAsync(Client client, int count)
    {
        (await client.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK); // who is seen for the first time is noted
        return await client.Host.QueryAsync(client.TenantId, db => db.InTransactionAsync(
            async () =>
            {
                var leads = Enumerable.Range(0, count).Select(i => Lead.Create(new LeadFields { LastName = $"Lead {i}" }, "EUR", db.Stamp())).ToList();
                db.AddRange(leads);
                await db.SaveChangesAsync();
                return leads.ConvertAll(lead => lead.Id);
            },
            CancellationToken.None));
    }
}
