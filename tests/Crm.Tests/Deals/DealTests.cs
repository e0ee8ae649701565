using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Deals;

public sealed class DealTests
{
    [Theory, EachDatabase]
    public async Task A_deal_is_created_with_its_defaults(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Rep, "bob");
        var pipeline = (await client.GetAsync("/api/pipelines")).Items[0];

        var made = await client.PostAsync("/api/deals", new { name = " Engine " });

        made.ShouldBe(HttpStatusCode.Created)["name"].GetString().ShouldBe("Engine");
        made["pipelineId"].GetString().ShouldBe(pipeline.GetProperty("id").GetString());
        made["stage"].GetString().ShouldBe("LEAD");
        made["stageEnteredAt"].GetString().ShouldBe(made["createdAt"].GetString());
        made["currency"].GetString().ShouldBe("EUR");
        made["ownerId"].GetString().ShouldBe("bob");
        made["tags"].GetRawText().ShouldBe("[]");
        foreach (var unset in new[] { "leadId", "customerId", "value", "probability", "weightedValue", "expectedCloseDate", "description", "closedAt", "lostReason" })
        {
            made[unset].GetRawText().ShouldBe("null", unset);
        }
    }

    [Theory, EachDatabase]
    public async Task A_put_clears_what_it_leaves_out_and_keeps_state_and_classification(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var id = await client.MakeAsync("deals", new { name = "Engine", leadId = lead, stage = "PROPOSAL", value = 100, currency = "USD", probability = 30, expectedCloseDate = "2027-01-31", description = "Big", tags = new[] { "x" } });
        var before = await client.GetAsync($"/api/deals/{id}");

        var answer = await client.PutAsync($"/api/deals/{id}", new { name = "Motor" });

        answer.ShouldBe(HttpStatusCode.OK)["name"].GetString().ShouldBe("Motor");
        foreach (var cleared in new[] { "leadId", "value", "probability", "weightedValue", "expectedCloseDate", "description" }) answer[cleared].GetRawText().ShouldBe("null", cleared);
        answer["tags"].GetRawText().ShouldBe("[]");
        foreach (var kept in new[] { "pipelineId", "stage", "stageEnteredAt", "currency", "ownerId" }) answer[kept].GetRawText().ShouldBe(before[kept].GetRawText(), kept);
        (await client.GetAsync($"/api/deals/{id}")).Text.ShouldBe(answer.Text);
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => e.Type).ShouldBe(["deal.created", "deal.updated"]);
        recorded[1].ShouldTell("value", "100", "null").ShouldTell("expectedCloseDate", "\"2027-01-31\"", "null").ShouldTell("leadId", $"\"{lead}\"", "null");
    }

    [Theory, EachDatabase]
    public async Task A_put_of_a_lost_deal_without_its_stage_leaves_it_lost(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine", stage = "CLOSED_LOST", lostReason = "Price", closedAt = "2026-01-31T10:00:00Z" });

        var answer = await client.PutAsync($"/api/deals/{id}", new { name = "Motor" });

        answer.ShouldBe(HttpStatusCode.OK)["stage"].GetString().ShouldBe("CLOSED_LOST");
        answer["lostReason"].GetString().ShouldBe("Price");
        answer["closedAt"].GetString().ShouldBe("2026-01-31T10:00:00Z");
        (await client.EventsAsync(id)).ShouldBe(["deal.created", "deal.lost", "deal.updated"]);
    }

    [Theory, EachDatabase]
    public async Task A_deal_may_be_owned_by_nobody_and_assigned_later(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");

        var made = await client.PostAsync("/api/deals", """{ "name": "Engine", "ownerId": null }""");
        var assigned = await client.PatchAsync($"/api/deals/{made.Id}", new { ownerId = "bob" });

        made.ShouldBe(HttpStatusCode.Created)["ownerId"].GetRawText().ShouldBe("null");
        assigned["ownerId"].GetString().ShouldBe("bob");
        var recorded = await client.RecordedAsync(made.Id);
        recorded.Select(e => e.Type).ShouldBe(["deal.created", "deal.assigned"]);
        recorded[1].ShouldTell("ownerId", "null", "\"bob\"");
    }

    [Theory, EachDatabase("stage", "WON"), EachDatabase("pipelineId", "019aa000-0000-7000-8000-000000000000"), EachDatabase("leadId", "019aa000-0000-7000-8000-000000000000"), EachDatabase("ownerId", "nobody")]
    public async Task A_reference_to_what_is_not_there_is_422_at_its_pointer(Database database, string member, string value)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("deals", new { name = "Engine" });

        var created = await client.PostAsync("/api/deals", new Dictionary<string, string> { ["name"] = "Engine", [member] = value });
        var patched = await client.PatchAsync($"/api/deals/{id}", new Dictionary<string, string> { [member] = value });

        foreach (var answer in new[] { created, patched }) answer.ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe([$"/{member}"]);
        (await client.EventsAsync(id)).ShouldBe(["deal.created"]);
    }

    [Theory, EachDatabase("customerId", "\"c1\""), EachDatabase("stageEnteredAt", "\"2026-01-01T00:00:00Z\""), EachDatabase("weightedValue", "5")]
    public async Task What_the_service_sets_of_a_deal_is_refused(Database database, string member, string value)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/deals", $$"""{ "name": "Engine", "{{member}}": {{value}} }""")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/{member}"]);
    }

    [Theory, EachDatabase("probability", "101"), EachDatabase("probability", "-1"), EachDatabase("probability", "33.5"), EachDatabase("value", "-0.01"), EachDatabase("value", "0.00001"), EachDatabase("value", "1000000000000"), EachDatabase("currency", "\"EURO\""), EachDatabase("currency", "\"XXX\""), EachDatabase("currency", "\"eur\""), EachDatabase("expectedCloseDate", "\"31.01.2027\""), EachDatabase("stage", "\"closed_won\""), EachDatabase("tags", "\"vip\"")]
    public async Task A_value_that_a_deal_can_not_have_is_400_at_its_pointer(Database database, string member, string value)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/deals", $$"""{ "name": "Engine", "{{member}}": {{value}} }""")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/{member}"]);
    }

    [Theory, EachDatabase]
    public async Task A_deal_goes_and_comes_back_with_what_belongs_to_it_alone(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (_, leadId) = await client.MakeOneAsync("leads");
        var (deal, dealId) = await client.MakeOneAsync("deals");
        var (task, taskId) = await client.MakeOneAsync("tasks", "Of the deal", ("dealId", dealId));
        var (ofDeal, ofDealId) = await client.MakeOneAsync("activities", "Of the deal", ("taskId", null), ("dealId", dealId));
        var (ofTask, _) = await client.MakeOneAsync("activities", "Of its task", ("taskId", taskId));
        var (ofBoth, _) = await client.MakeOneAsync("tasks", "Of the lead too", ("dealId", dealId), ("leadId", leadId));

        (await client.DeleteAsync(deal)).ShouldBe(HttpStatusCode.NoContent);
        foreach (var path in new[] { deal, task, ofDeal, ofTask, $"{deal}/history" }) (await client.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync(ofBoth)).ShouldBe(HttpStatusCode.OK);

        (await client.PostAsync($"{deal}/restore")).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { deal, task, ofDeal, ofTask, $"{deal}/history" }) (await client.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
        (await client.EventsAsync(dealId)).ShouldBe(["deal.created", "deal.deleted", "deal.restored"]);
        (await client.EventsAsync(taskId)).ShouldBe(["task.created", "task.deleted", "task.restored"]);
        (await client.EventsAsync(ofDealId)).ShouldBe(["activity.logged", "activity.deleted", "activity.restored"]);
    }
}
