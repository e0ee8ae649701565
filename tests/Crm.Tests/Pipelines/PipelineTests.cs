using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

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
}
