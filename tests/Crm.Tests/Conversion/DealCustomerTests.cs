using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A deal belongs to the customer that its lead has become.</summary>
public sealed class DealCustomerTests(StubbedHosts hosts) : IClassFixture<StubbedHosts>
{
    [Theory, EachDatabase]
    public async Task A_deal_has_the_customer_of_its_lead_and_changes_it_with_that(Database database)
    {
        var client = (await hosts.For(database)).Host.NewTenant(Role.Rep);
        var (converted, other) = (await client.MakeAsync("leads", new { lastName = "Lovelace" }), await client.MakeAsync("leads", new { lastName = "Byron" }));
        var customer = (await client.ConvertAsync(converted)).ShouldBe(HttpStatusCode.OK)["customerId"].GetString();

        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = converted });

        (await CustomerAsync(client, deal)).ShouldBe(customer);
        foreach (var (lead, expected) in ((Guid?, string?)[])[(other, null), (converted, customer), (null, null), (converted, customer)])
        {
            (await client.PatchAsync($"/api/deals/{deal}", new { leadId = lead })).ShouldBe(HttpStatusCode.OK)["customerId"].GetString().ShouldBe(expected);
        }

        (await client.PutAsync($"/api/deals/{deal}", new { name = "Engine" })).ShouldBe(HttpStatusCode.OK)["customerId"].GetString().ShouldBeNull();
        (await client.PatchAsync($"/api/deals/{deal}", new { customerId = customer })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
    }

    [Theory, EachDatabase]
    public async Task Deals_made_while_the_conversion_waits_get_the_customer_when_there_is_one(Database database)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        crm.Registry.AnswerPosts(_ => Results.StatusCode(429));
        var id = await client.PendAsync(lead);
        var open = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });
        var won = await client.MakeAsync("deals", new { name = "Loom", leadId = lead, stage = "CLOSED_WON" });
        var deleted = await client.MakeAsync("deals", new { name = "Abacus", leadId = lead });
        (await client.DeleteAsync($"/api/deals/{deleted}")).ShouldBe(HttpStatusCode.NoContent);
        (await CustomerAsync(client, open)).ShouldBeNull();

        crm.Registry.GetWell();
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.OK);

        var customer = crm.Registry.MadeOf(lead).ShouldHaveSingleItem();
        (await client.PostAsync($"/api/deals/{deleted}/restore")).ShouldBe(HttpStatusCode.OK);
        foreach (var deal in (Guid[])[open, won, deleted]) (await CustomerAsync(client, deal)).ShouldBe(customer);
        (await client.RecordedAsync(open))[^1].ShouldTell("customerId", "null", $"\"{customer}\"");
    }

    [Theory, EachDatabase]
    public async Task Deals_made_at_the_very_moment_have_the_customer_too(Database database)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        crm.Registry.AfterMaking = _ => made.Task;

        var converting = client.ConvertAsync(lead);
        var deals = await Race.OfAsync(20, async i =>
        {
            if (i == 10) made.SetResult();
            return await client.MakeAsync("deals", new { name = $"Deal {i}", leadId = lead });
        });
        (await converting).ShouldBe(HttpStatusCode.OK);

        foreach (var deal in deals) (await CustomerAsync(client, deal)).ShouldBe(crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    [Theory, EachDatabase]
    public async Task A_deal_named_after_a_person_of_the_longest_name_has_a_name_that_a_deal_may_have(Database database)
    {
        var client = (await hosts.For(database)).Host.NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { firstName = new string('a', 100), lastName = $"{new string('b', 98)}😀" });

        var deal = (await client.PostAsync($"/api/leads/{lead}/convert", new { deal = new { } })).ShouldBe(HttpStatusCode.OK)["dealId"].GetGuid();

        var name = (await client.GetAsync($"/api/deals/{deal}"))["name"].GetString()!;
        name.ShouldBe($"{new string('a', 100)} {new string('b', 98)}");
        (await client.PutAsync($"/api/deals/{deal}", new { name })).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string?> CustomerAsync(Client client, Guid deal) => (await client.GetAsync($"/api/deals/{deal}")).ShouldBe(HttpStatusCode.OK)["customerId"].GetString();
}
