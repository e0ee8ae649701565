using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

public sealed class LeadChangeTests
{
    private static readonly object Everything = new
    {
        firstName = "Ada",
        lastName = "Lovelace",
        email = "Ada@Example.com",
        phone = "+44 20 7946 0000",
        jobTitle = "Countess",
        companyName = "Analytical Engines",
        companyWebsite = "https://example.com",
        companyIndustry = "Computing",
        companySize = "11-50",
        status = "CONTACTED",
        source = "REFERRAL",
        estimatedValue = 1234.5678m,
        currency = "GBP",
        ownerId = "me",
        description = "Wrote the first program.",
        tags = new[] { "VIP", "maths" },
    };

    [Theory, EachDatabase]
    public async Task Everything_that_is_written_of_a_lead_is_read_back(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var made = await client.PostAsync("/api/leads", Everything);

        made.ShouldBe(HttpStatusCode.Created);
        made["email"].GetString().ShouldBe("Ada@Example.com");
        made["status"].GetString().ShouldBe("CONTACTED");
        made["source"].GetString().ShouldBe("REFERRAL");
        made["estimatedValue"].GetRawText().ShouldBe("1234.5678");
        made["currency"].GetString().ShouldBe("GBP");
        made["ownerId"].GetString().ShouldBe("ada");
        made["tags"].GetRawText().ShouldBe("""["VIP","maths"]""");
        foreach (var unset in new[] { "score", "convertedAt", "customerId", "convertedDealId" }) made[unset].GetRawText().ShouldBe("null", unset);
        (await client.GetAsync($"/api/leads/{made.Id}")).Text.ShouldBe(made.Text);
    }

    [Theory, EachDatabase]
    public async Task A_put_clears_what_it_leaves_out_and_keeps_state_and_classification(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", Everything);

        var answer = await client.PutAsync($"/api/leads/{id}", new { lastName = "King" });

        answer.ShouldBe(HttpStatusCode.OK)["lastName"].GetString().ShouldBe("King");
        foreach (var cleared in new[] { "firstName", "email", "phone", "jobTitle", "companyName", "companyWebsite", "companyIndustry", "companySize", "estimatedValue", "description" })
        {
            answer[cleared].GetRawText().ShouldBe("null", cleared);
        }

        answer["tags"].GetRawText().ShouldBe("[]");
        answer["status"].GetString().ShouldBe("CONTACTED");
        answer["source"].GetString().ShouldBe("REFERRAL");
        answer["currency"].GetString().ShouldBe("GBP");
        answer["ownerId"].GetString().ShouldBe("ada");
        (await client.GetAsync($"/api/leads/{id}")).Text.ShouldBe(answer.Text);
        var updated = (await client.RecordedAsync(id))[^1];
        updated.Type.ShouldBe("lead.updated");
        updated.ShouldTell("lastName", "\"Lovelace\"", "\"King\"").ShouldTell("estimatedValue", "1234.5678", "null").ShouldTell("tags", """["VIP","maths"]""", "[]");
        updated.Changed.ShouldNotContain("status");
    }

    [Theory, EachDatabase]
    public async Task A_change_of_several_things_is_told_by_one_event_for_each_kind(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        var answer = await client.PatchAsync($"/api/leads/{id}", new { jobTitle = "Countess", status = "QUALIFIED", ownerId = "me" });

        answer.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"4\"");
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => (e.Type, e.Version)).ShouldBe([("lead.created", 1), ("lead.updated", 2), ("lead.status_changed", 3), ("lead.assigned", 4)]);
        recorded[1].ShouldTell("jobTitle", "null", "\"Countess\"").Changed.ShouldBe(["jobTitle"]);
        recorded[2].ShouldTell("status", "\"NEW\"", "\"QUALIFIED\"").Changed.ShouldBe(["status"]);
        recorded[3].ShouldTell("ownerId", "null", "\"ada\"").Changed.ShouldBe(["ownerId"]);
        recorded[3].Record.GetRawText().ShouldBe(answer.Text);
    }

    [Theory, EachDatabase]
    public async Task A_patch_of_a_classification_with_null_is_told_that_it_has_no_null(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace", status = "CONTACTED" });

        var answer = await client.PatchAsync($"/api/leads/{id}", new Dictionary<string, string?> { ["status"] = null, ["source"] = null });

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/status", "/source"], ignoreOrder: true);
        answer["errors"].GetProperty("/status")[0].GetString().ShouldBe("must not be null; leave it out to keep it as it is");
    }

    [Theory, EachDatabase("estimatedValue", "1000.50", "1000.5"), EachDatabase("estimatedValue", "1e3", "1000"), EachDatabase("estimatedValue", "\"12.3400\"", "12.34"), EachDatabase("estimatedValue", "999999999999.9999", "999999999999.9999"), EachDatabase("estimatedValue", "0", "0")]
    public async Task An_amount_is_answered_as_it_is_read_later(Database database, string member, string written, string read)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var made = await client.PostAsync("/api/leads", $$"""{ "lastName": "Lovelace", "{{member}}": {{written}} }""");

        made.ShouldBe(HttpStatusCode.Created)[member].GetRawText().ShouldBe(read);
        (await client.GetAsync($"/api/leads/{made.Id}")).Text.ShouldBe(made.Text);
        var same = await client.PatchAsync($"/api/leads/{made.Id}", $$"""{ "{{member}}": {{written}} }""");
        same.ETag.ShouldBe(made.ETag);
        (await client.EventsAsync(made.Id)).ShouldBe(["lead.created"]);
    }

    [Theory, EachDatabase]
    public async Task Tags_that_differ_only_in_case_are_one_and_the_first_writing_stays(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var made = await client.PostAsync("/api/leads", new { lastName = "Lovelace", tags = new[] { "VIP", "vip", " Straße ", "Vip", "STRASSE" } });

        made.ShouldBe(HttpStatusCode.Created)["tags"].GetRawText().ShouldBe("""["VIP","Straße","STRASSE"]""");
    }

    [Theory, EachDatabase]
    public async Task A_patch_replaces_tags_as_a_whole(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace", tags = new[] { "a", "b" } });

        var replaced = await client.PatchAsync($"/api/leads/{id}", new { tags = new[] { "b", "c" } });
        var found = await Task.WhenAll(new[] { "a", "b", "c" }.Select(async tag => (await client.GetAsync($"/api/leads?tag={tag}"))["total"].GetInt32()));
        var removed = await client.PatchAsync($"/api/leads/{id}", """{ "tags": null }""");

        replaced["tags"].GetRawText().ShouldBe("""["b","c"]""");
        found.ShouldBe([0, 1, 1]);
        removed["tags"].GetRawText().ShouldBe("[]");
        (await client.GetAsync("/api/leads?tag=b,c"))["total"].GetInt32().ShouldBe(0);
        (await client.RecordedAsync(id)).Select(e => e.Type).ShouldBe(["lead.created", "lead.updated", "lead.updated"]);
    }

    [Theory, EachDatabase]
    public async Task An_owner_who_is_no_member_is_422_at_its_pointer(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PostAsync("/api/leads", new { lastName = "Lovelace", ownerId = "nobody" });

        answer.ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/ownerId"]);
        answer["detail"].GetString().ShouldBe("There is no member nobody that /ownerId could refer to.");
    }

    [Theory, EachDatabase]
    public async Task A_rep_takes_and_gives_away_own_leads_but_a_manager_only_those_of_others(Database database)
    {
        var bob = (await Hosts.For(database)).NewTenant(Role.Rep, "bob");
        var eve = bob.As(Role.Rep, "eve");
        var boss = bob.As(Role.Manager, "boss");
        await eve.GetAsync("/api/me");
        var id = await bob.MakeAsync("leads", new { lastName = "Lovelace" });

        (await bob.PatchAsync($"/api/leads/{id}", new { ownerId = "me" })).ShouldBe(HttpStatusCode.OK);
        (await eve.PatchAsync($"/api/leads/{id}", new { ownerId = "me" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await eve.PatchAsync($"/api/leads/{id}", new { jobTitle = "Countess" })).ShouldBe(HttpStatusCode.OK);
        (await bob.PatchAsync($"/api/leads/{id}", new { ownerId = "eve" })).ShouldBe(HttpStatusCode.OK);
        (await boss.PatchAsync($"/api/leads/{id}", """{ "ownerId": null }""")).ShouldBe(HttpStatusCode.OK)["ownerId"].GetRawText().ShouldBe("null");

        (await bob.RecordedAsync(id)).Where(e => e.Type == "lead.assigned").Select(e => e.Actor).ShouldBe(["bob", "bob", "boss"]);
    }
}
