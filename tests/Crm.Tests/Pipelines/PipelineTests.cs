using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;
using static Crm.Tests.Pipelines.PipelineCalls;

namespace Crm.Tests.Pipelines;

public sealed class PipelineTests
{
    [Theory, EachDatabase]
    public async Task A_tenant_begins_with_the_default_pipeline(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Viewer);

        var list = await client.GetAsync("/api/pipelines");

        var pipeline = list.ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
        pipeline.GetProperty("isDefault").GetBoolean().ShouldBeTrue();
        pipeline.GetProperty("stages").EnumerateArray().Select(stage => (stage.GetProperty("key").GetString(), stage.GetProperty("probability").GetInt32(), stage.GetProperty("kind").GetString())).ShouldBe(
            [("LEAD", 10, "OPEN"), ("QUALIFIED", 25, "OPEN"), ("PROPOSAL", 50, "OPEN"), ("NEGOTIATION", 75, "OPEN"), ("CLOSED_WON", 100, "WON"), ("CLOSED_LOST", 0, "LOST")]);
    }

    [Theory, EachDatabase]
    public async Task A_pipeline_is_read_alone_as_in_the_list_with_its_tag(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var listed = (await client.GetAsync("/api/pipelines")).Items[0];

        var pipeline = await client.GetAsync($"/api/pipelines/{listed.GetProperty("id").GetString()}");
        var known = await client.GetAsync($"/api/pipelines/{pipeline.Id}", ("If-None-Match", pipeline.ETag));

        pipeline.ShouldBe(HttpStatusCode.OK).Text.ShouldBe(listed.GetRawText());
        known.ShouldBe(HttpStatusCode.NotModified).Bytes.ShouldBeEmpty();
        (await client.GetAsync($"/api/pipelines/{Guid.CreateVersion7()}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task A_pipeline_is_made_listed_behind_the_default_and_used(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var made = await client.PostAsync("/api/pipelines", new { name = " Partners ", stages = new object[] { new { name = "First contact", probability = 10 }, new { name = "Signed!", kind = "WON" }, new { name = "Declined", kind = "LOST" } } });

        made.ShouldBe(HttpStatusCode.Created)["name"].GetString().ShouldBe("Partners");
        made.Json.Keys().ShouldBe(["FIRST_CONTACT", "SIGNED", "DECLINED"]);
        made["stages"].EnumerateArray().Select(stage => stage.GetProperty("probability").GetInt32()).ShouldBe([10, 100, 0]);
        made["isDefault"].GetBoolean().ShouldBeFalse();
        (await client.GetAsync("/api/pipelines")).Items.Select(pipeline => pipeline.GetProperty("name").GetString()).ShouldBe(["Sales", "Partners"]);
        var deal = await client.PostAsync("/api/deals", new { name = "Engine", pipelineId = made.Id });
        (deal["stage"].GetString(), (await client.PutAsync($"/api/deals/{deal.Id}/stage", new { stage = "SIGNED" }))["closedAt"].ValueKind).ShouldBe(("FIRST_CONTACT", System.Text.Json.JsonValueKind.String));
        (await client.PostAsync("/api/deals", new { name = "Engine" }))["stage"].GetString().ShouldBe("LEAD");
    }

    [Theory, EachDatabase]
    public async Task The_default_is_one_and_can_be_another(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var sales = (await client.GetAsync("/api/pipelines")).Items[0].GetProperty("id").GetGuid();
        var partners = await client.MakePipelineAsync();

        (await client.PatchAsync($"/api/pipelines/{sales}", new { isDefault = false })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await client.PatchAsync($"/api/pipelines/{partners}", new { isDefault = true })).ShouldBe(HttpStatusCode.OK)["isDefault"].GetBoolean().ShouldBeTrue();

        (await client.GetAsync("/api/pipelines")).Items.Select(pipeline => pipeline.GetProperty("isDefault").GetBoolean()).ShouldBe([true, false]);
        (await client.PostAsync("/api/deals", new { name = "Engine" }))["stage"].GetString().ShouldBe("CONTACT");
        (await client.DeleteAsync($"/api/pipelines/{partners}")).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
    }

    [Theory, EachDatabase]
    public async Task A_pipeline_without_deals_is_deleted_and_one_with_deals_isn_t(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync();
        var deal = await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline });
        await client.DeleteAsync($"/api/deals/{deal}");

        (await client.DeleteAsync($"/api/pipelines/{pipeline}")).ShouldFail(HttpStatusCode.Conflict, "in-use");
        await client.PostAsync($"/api/deals/{deal}/restore");
        (await client.PatchAsync($"/api/deals/{deal}", new { pipelineId = (await client.GetAsync("/api/pipelines")).Items[0].GetProperty("id").GetGuid() })).ShouldBe(HttpStatusCode.OK)["stage"].GetString().ShouldBe("LEAD");
        (await client.DeleteAsync($"/api/pipelines/{pipeline}")).ShouldBe(HttpStatusCode.NoContent);

        (await client.GetAsync($"/api/pipelines/{pipeline}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.PatchAsync($"/api/deals/{deal}", new { pipelineId = pipeline })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference");
        (await client.GetAsync($"/api/deals/{deal}/history")).Items.Select(stay => stay.GetProperty("stage").GetString()).ShouldBe(["CONTACT", "LEAD"]);
        await client.MakePipelineAsync(); // its name is free again
    }

    [Theory, EachDatabase]
    public async Task A_name_is_one_pipeline_s_case_ignored(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var pipeline = await client.MakePipelineAsync("Partners");

        (await client.PostAsync("/api/pipelines", new { name = "PARTNERS", stages = Stages(Open("A")) })).ShouldFail(HttpStatusCode.Conflict, "name-taken");
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { name = "sales" })).ShouldFail(HttpStatusCode.Conflict, "name-taken");
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { name = "PARTNERS" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Two_who_change_a_pipeline_at_once_don_t_lose_each_other_s_change(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var made = await client.GetAsync($"/api/pipelines/{await client.MakePipelineAsync()}");

        (await client.PatchAsync($"/api/pipelines/{made.Id}", new { name = "First" }, ("If-Match", made.ETag))).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync($"/api/pipelines/{made.Id}", new { name = "Second" }, ("If-Match", made.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.PatchAsync($"/api/pipelines/{made.Id}", new { name = "First" })).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task Fifty_pipelines_are_as_many_as_a_tenant_has(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 1; i < 50; i++) await client.MakePipelineAsync($"Pipeline {i}");

        (await client.PostAsync("/api/pipelines", new { name = "One more", stages = Stages(Open("A")) })).ShouldFail(HttpStatusCode.Conflict, "limit-reached");
    }
}
