using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using static Crm.Tests.Pipelines.PipelineCalls;

namespace Crm.Tests.Pipelines;

/// <summary>Pipelines and stages that go while deals come: whoever is first, what is left fits together.</summary>
public sealed class PipelineRaceTests
{
    [Theory, EachDatabase]
    public async Task A_pipeline_is_deleted_or_gets_a_deal_and_never_both(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var round = 0; round < 25; round++)
        {
            var pipeline = await client.MakePipelineAsync($"Pipeline {round}");
            var before = Put(round % 3);
            var deleting = client.DeleteAsync($"/api/pipelines/{pipeline}");
            var answers = await Task.WhenAll(before.Concat(Put(4)));

            var deleted = (await deleting).Status == HttpStatusCode.NoContent;
            if (!deleted) (await deleting).ShouldFail(HttpStatusCode.Conflict, "in-use");
            answers.Any(answer => answer.Status == HttpStatusCode.Created).ShouldBe(!deleted, $"round {round}");
            foreach (var refused in answers.Where(answer => answer.Status != HttpStatusCode.Created)) refused.ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference");

            List<Task<Answer>> Put(int deals) => [.. Enumerable.Range(0, deals).Select(i => client.PostAsync("/api/deals", new { name = $"Deal {i}", pipelineId = pipeline }))];
        }

        await Invariants.AssertAsync(client.Host, client.TenantId);
    }

    [Theory, EachDatabase]
    public async Task A_stage_is_retired_whatever_is_done_to_its_deals_meanwhile(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var round = 0; round < 5; round++)
        {
            var pipeline = await client.GetAsync($"/api/pipelines/{await client.MakePipelineAsync($"Pipeline {round}")}");
            var deals = new List<Guid>();
            for (var i = 0; i < 6; i++) deals.Add(await client.MakeAsync("deals", new { name = $"Deal {i}", pipelineId = pipeline.Id, stage = "TRIAL" }));

            var changes = deals.SelectMany(deal => Enumerable.Range(1, 3).Select(value => client.PatchAsync($"/api/deals/{deal}", new { value }))).ToList();
            var retiring = client.PatchAsync($"/api/pipelines/{pipeline.Id}", new { stages = Stages(Open("CONTACT", 10), Open("PILOT", 60, replaces: ["TRIAL"])) }, ("If-Match", pipeline.ETag));
            var made = Enumerable.Range(0, 4).Select(i => client.PostAsync("/api/deals", new { name = $"New {i}", pipelineId = pipeline.Id, stage = "TRIAL" })).ToList();

            (await retiring).ShouldBe(HttpStatusCode.OK);
            foreach (var change in await Task.WhenAll(changes)) change.ShouldBe(HttpStatusCode.OK);
            foreach (var answer in await Task.WhenAll(made)) answer.Status.ShouldBeOneOf(HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity);
            (await client.Host.QueryAsync(client.TenantId, db => db.Deals.CountAsync(d => d.PipelineId == pipeline.Id && d.Stage == "TRIAL"))).ShouldBe(0, $"round {round}");
        }

        await Invariants.AssertAsync(client.Host, client.TenantId);
    }
}
