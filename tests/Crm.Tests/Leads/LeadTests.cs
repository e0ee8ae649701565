using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

public sealed class LeadTests
{
    [Theory, EachDatabase]
    public async Task A_lead_is_created_with_its_defaults_and_one_event(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PostAsync("/api/leads", new { lastName = "  Lovelace ", email = "" });

        answer.ShouldBe(HttpStatusCode.Created);
        answer["lastName"].GetString().ShouldBe("Lovelace");
        answer["email"].GetString().ShouldBeNull();
        answer["status"].GetString().ShouldBe("NEW");
        answer["source"].GetString().ShouldBe("OTHER");
        answer["currency"].GetString().ShouldBe("EUR");
        answer["ownerId"].GetString().ShouldBeNull();
        answer["createdBy"].GetString().ShouldBe("ada");
        answer.Headers["Location"].ShouldBe($"/api/leads/{answer.Id}");
        answer.ETag.ShouldBe("\"1\"");
        (await client.GetAsync($"/api/leads/{answer.Id}")).Text.ShouldBe(answer.Text);
        (await client.EventsAsync(answer.Id)).ShouldBe(["lead.created"]);
    }

    [Theory, EachDatabase]
    public async Task A_lead_with_open_deals_is_not_deleted_and_the_deals_are_named(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });

        var answer = await client.DeleteAsync($"/api/leads/{lead}");

        answer.ShouldFail(HttpStatusCode.Conflict, "open-deals");
        answer["deals"][0].GetProperty("id").GetGuid().ShouldBe(deal);
        (await client.GetAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_tag_with_a_comma_is_refused_as_a_filter_could_not_name_it(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/leads", new { lastName = "Lovelace", tags = new[] { "a,b" } })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/tags"]);
    }

    [Theory, EachDatabase("email", "a,b@example.com"), EachDatabase("email", "a;b@example.com"), EachDatabase("email", "ada@example..com"), EachDatabase("email", "ada@example.com."), EachDatabase("email", "ada@localhost")]
    [EachDatabase("phone", "()"), EachDatabase("phone", "- -"), EachDatabase("phone", "1"), EachDatabase("phone", "call me")]
    public async Task An_address_or_number_that_is_none_is_refused(Database database, string member, string value)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PostAsync("/api/leads", new Dictionary<string, string> { ["lastName"] = "Lovelace", [member] = value });

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/{member}"]);
    }
}
