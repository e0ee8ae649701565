using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.ApiKeys;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>What converting does where nothing fails, with the registry that comes along.</summary>
public sealed class ConvertingTests
{
    [Theory, EachDatabase]
    public async Task Converting_a_lead_twice_makes_one_customer_and_one_event(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", status = "QUALIFIED" });

        var first = (await client.PostAsync($"/api/leads/{lead}/convert")).ShouldBe(HttpStatusCode.OK);
        var second = (await client.PostAsync($"/api/leads/{lead}/convert")).ShouldBe(HttpStatusCode.OK);

        first["state"].GetString().ShouldBe("COMPLETED");
        first["lead"].GetProperty("status").GetString().ShouldBe("CONVERTED");
        first["lead"].GetProperty("customerId").GetString().ShouldBe(first["customerId"].GetString());
        first["dealId"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        second.Text.ShouldBe(first.Text);
        (await client.EventsAsync(lead)).ShouldBe(["lead.created", "lead.converted"]);
        (await CustomersAsync(client)).ShouldBe(1);
        (await client.GetAsync($"/api/conversions/{first["conversionId"].GetString()}")).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(first.Text);
    }

    [Theory, EachDatabase]
    public async Task Fifty_who_convert_at_once_make_one_customer_one_deal_and_one_event(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        var answers = await Race.OfAsync(50, _ => client.PostAsync($"/api/leads/{lead}/convert", new { deal = new { } }));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.Accepted);
        answers.Select(answer => answer["conversionId"].GetString()).Distinct().Count().ShouldBe(1);
        (await client.EndAsync(answers[0]["conversionId"].GetGuid()))["state"].GetString().ShouldBe("COMPLETED");
        (await client.EventsAsync(lead)).ShouldBe(["lead.created", "lead.converted"]);
        (await CustomersAsync(client)).ShouldBe(1);
        (await client.GetAsync($"/api/deals?leadId={lead}")).Items.Count.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task The_deal_takes_from_the_lead_what_the_caller_leaves_out(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Rep);
        var lead = await client.MakeAsync("leads", new { firstName = "Ada", lastName = "Lovelace", companyName = "Engines", estimatedValue = 1200.5m, currency = "GBP", ownerId = "me" });
        var older = await client.MakeAsync("deals", new { name = "Older", leadId = lead });

        var answer = (await client.PostAsync($"/api/leads/{lead}/convert", new { deal = new { expectedCloseDate = "2027-03-01" } })).ShouldBe(HttpStatusCode.OK);

        var deal = (await client.GetAsync($"/api/deals/{answer["dealId"].GetString()}")).ShouldBe(HttpStatusCode.OK);
        (deal["name"].GetString(), deal["value"].GetDecimal(), deal["currency"].GetString(), deal["expectedCloseDate"].GetString(), deal["ownerId"].GetString())
            .ShouldBe(("Engines", 1200.5m, "GBP", "2027-03-01", client.User));
        deal["leadId"].GetString().ShouldBe($"{lead}");
        deal["customerId"].GetString().ShouldBe(answer["customerId"].GetString());
        (await client.GetAsync($"/api/deals/{older}"))["customerId"].GetString().ShouldBe(answer["customerId"].GetString());
        (await client.EventsAsync(deal.Id)).ShouldBe(["deal.created"]);
        answer["lead"].GetProperty("convertedDealId").GetString().ShouldBe($"{deal.Id}");
    }

    [Theory, EachDatabase]
    public async Task An_unqualified_lead_is_not_converted_and_a_faulty_deal_changes_nothing(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", status = "UNQUALIFIED" });
        await client.As(Role.Viewer, "viewer").GetAsync("/api/me"); // who is seen for the first time is noted
        var before = await DataHash.OfAsync(client.Host, client.TenantId);

        (await client.PostAsync($"/api/leads/{lead}/convert")).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await client.PostAsync($"/api/leads/{lead}/convert", new { deal = new { name = 5, value = -1, more = 1 } })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed")
            .Faults.ShouldBe(["/deal/more", "/deal/name", "/deal/value"], ignoreOrder: true);
        (await client.PostAsync($"/api/leads/{Guid.CreateVersion7()}/convert")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.As(Role.Viewer, "viewer").PostAsync($"/api/leads/{lead}/convert")).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");

        (await DataHash.OfAsync(client.Host, client.TenantId)).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task A_key_that_is_not_for_deals_converts_without_one(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var (_, key) = await client.MakeKeyAsync(Role.Manager, resources: ["leads"]);

        (await client.ByKeyAsync(key, HttpMethod.Post, $"/api/leads/{lead}/convert", new { deal = new { } })).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        (await client.ByKeyAsync(key, HttpMethod.Post, "/api/leads/convert", new { ids = new[] { lead }, withDeals = true })).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        (await client.GetAsync($"/api/leads/{lead}"))["status"].GetString().ShouldBe("NEW");

        (await client.ByKeyAsync(key, HttpMethod.Post, $"/api/leads/{lead}/convert", null)).ShouldBe(HttpStatusCode.OK)["dealId"].GetString().ShouldBeNull();
        (await client.GetAsync("/api/deals")).Items.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_body_that_does_not_say_what_it_is_is_refused_and_not_passed_over(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        var answer = await RawHttp.SendAsync(
            client.Host.Address, "POST", $"/api/leads/{lead}/convert", "c\r\n{\"deal\": {}}\r\n0\r\n\r\n",
            ("Authorization", $"Bearer {client.Host.Token(client.TenantId, client.User, Role.Admin)}"), ("X-Tenant-Id", $"{client.TenantId}"), ("Transfer-Encoding", "chunked"));

        RawHttp.StatusOf(answer).ShouldBe(415, answer);
        (await client.GetAsync($"/api/leads/{lead}"))["status"].GetString().ShouldBe("NEW");
    }

    [Theory, EachDatabase]
    public async Task Several_leads_each_get_an_answer_of_their_own(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var leads = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => client.MakeAsync("leads", new { lastName = $"Lead {i}" })));
        var unqualified = await client.MakeAsync("leads", new { lastName = "Lovelace", status = "UNQUALIFIED" });
        var missing = Guid.CreateVersion7();

        var answer = (await client.PostAsync("/api/leads/convert", new { ids = leads.Append(unqualified).Append(missing).Append(leads[0]), withDeals = true })).ShouldBe(HttpStatusCode.OK);

        answer.Items.Select(item => item.GetProperty("leadId").GetGuid()).ShouldBe([.. leads, unqualified, missing, leads[0]]);
        answer.Items.Take(6).Append(answer.Items[8]).ShouldAllBe(item => item.GetProperty("state").GetString() == "COMPLETED");
        answer.Items[6].GetProperty("refusal").GetProperty("code").GetString().ShouldBe("invalid-transition");
        answer.Items[7].GetProperty("refusal").GetProperty("status").GetInt32().ShouldBe(404);
        (await CustomersAsync(client)).ShouldBe(6);
        (await client.GetAsync("/api/deals")).Items.Count.ShouldBe(6);
        (await client.PostAsync("/api/leads/convert", new { ids = Enumerable.Range(0, 501).Select(_ => Guid.CreateVersion7()) })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
    }

    private static Task<int> CustomersAsync(Client client) => client.Host.QueryAsync(client.TenantId, db => db.Customers.CountAsync());
}
