using System.Net;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;
using Shouldly;
using Xunit;
using static Crm.Tests.Pipelines.PipelineCalls;

namespace Crm.Tests.Analytics;

/// <summary>How long deals stood in their stages, worked out by hand.</summary>
public sealed class StageTimesTests
{
    private static readonly string[] Figures = ["stage", "count", "medianDays", "p90Days", "meanDays"];

    [Theory, EachDatabase]
    public async Task Stays_of_a_deal_are_added_up_and_count_when_the_last_of_them_ended(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        await PlayAsync(clock, client);

        // Engine 2 + 2, Wheel 2, Brake 6, the leap day among them; Boiler is still there. 5.6 is four fifths of the way from 4 to 6.
        var all = await client.ReportAsync("stages?from=2028-02-01&to=2028-03-31");
        all.Rows(Figures).ShouldBe(["LEAD 3 4 5.6 4", "QUALIFIED 1 3 3 3", "PROPOSAL 1 1.3333 1.3333 1.3333", "NEGOTIATION 0 none none none"]);
        (await client.NamesAsync(all["stages"][0].GetProperty("drillDown"))).ShouldBe(["Brake", "Engine", "Wheel"]);
        (await client.NamesAsync(all["stages"][1].GetProperty("drillDown"))).ShouldBe(["Engine"]);

        // In February nobody had come back yet; in March what was stood in February is added.
        var february = await client.ReportAsync("stages?from=2028-02-01&to=2028-02-29");
        february.Rows(Figures).ShouldBe(["LEAD 2 2 2 2", "QUALIFIED 0 none none none", "PROPOSAL 0 none none none", "NEGOTIATION 0 none none none"]);
        (await client.NamesAsync(february["stages"][0].GetProperty("drillDown"))).ShouldBe(["Engine", "Wheel"]);
        var march = await client.ReportAsync("stages?from=2028-03-01&to=2028-03-31");
        march.Rows(Figures).ShouldBe(["LEAD 2 5 5.8 5", "QUALIFIED 1 3 3 3", "PROPOSAL 1 1.3333 1.3333 1.3333", "NEGOTIATION 0 none none none"]);
        (await client.NamesAsync(march["stages"][0].GetProperty("drillDown"))).ShouldBe(["Brake", "Engine"]);
    }

    [Theory, EachDatabase]
    public async Task Time_in_a_retired_stage_counts_as_time_in_the_one_that_replaces_it(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var pipeline = await client.MakePipelineAsync();
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline, stage = "TRIAL" });
        clock.GoToNoonOf("2028-03-01");
        await client.MoveAsync(engine, "CONTACT");
        clock.GoToNoonOf("2028-03-02");
        await client.MoveAsync(engine, "PILOT");
        clock.GoToNoonOf("2028-03-05");
        await client.MoveAsync(engine, "CONTACT");
        clock.GoToNoonOf("2028-03-06");
        var before = await client.ReportAsync($"stages?pipelineId={pipeline}");
        clock.GoToNoonOf("2028-03-07");
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT", 10), Open("PILOT", 60, replaces: ["TRIAL"])) })).ShouldBe(HttpStatusCode.OK);
        clock.GoToNoonOf("2028-03-08");

        var after = await client.ReportAsync($"stages?pipelineId={pipeline}");

        before.Rows(Figures).ShouldBe(["CONTACT 1 1 1 1", "TRIAL 1 2 2 2", "PILOT 1 3 3 3"]);
        after.Rows(Figures).ShouldBe(["CONTACT 1 1 1 1", "PILOT 1 5 5 5"]);
        (await client.NamesAsync(after["stages"][1].GetProperty("drillDown"))).ShouldBe(["Engine"]);
        (await client.ReportAsync($"stages?pipelineId={pipeline}&asOf={before["asOf"].GetString()}")).Text.ShouldBe(before.Text);
    }

    [Theory, EachDatabase]
    public async Task A_deal_that_is_moved_as_its_stage_is_retired_hasn_t_left_it(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var pipeline = await client.MakePipelineAsync();
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline, stage = "TRIAL" });
        clock.GoToNoonOf("2028-03-01");
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT", 10), Open("PILOT", 60, replaces: ["TRIAL"])) })).ShouldBe(HttpStatusCode.OK);

        (await client.ReportAsync($"stages?pipelineId={pipeline}")).Rows(Figures).ShouldBe(["CONTACT 0 none none none", "PILOT 0 none none none"]);
        (await client.ReportAsync($"funnel?pipelineId={pipeline}")).Rows("stage", "reached", "medianDays").ShouldBe(["CONTACT 1 none", "PILOT 1 none", "SIGNED 0 none"]);

        clock.GoToNoonOf("2028-03-04");
        await client.MoveAsync(engine, "CONTACT");
        var left = await client.ReportAsync($"stages?pipelineId={pipeline}&from=2028-03-04&to=2028-03-04");
        left.Rows(Figures).ShouldBe(["CONTACT 0 none none none", "PILOT 1 5 5 5"]); // the stay in the stage that was retired ended before these days
        (await client.NamesAsync(left["stages"][1].GetProperty("drillDown"))).ShouldBe(["Engine"]);
    }

    [Theory, EachDatabase]
    public async Task Where_no_deal_left_there_is_no_time(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.MakeAsync("deals", new { name = "Engine" });

        (await client.ReportAsync("stages")).Rows(Figures).ShouldBe(["LEAD 0 none none none", "QUALIFIED 0 none none none", "PROPOSAL 0 none none none", "NEGOTIATION 0 none none none"]);
    }

    /// <summary>From 26 February on four deals stand in LEAD; 28 February to 2 March are three days.</summary>
    private static async Task PlayAsync(SettableClock clock, Client client)
    {
        clock.GoToNoonOf("2028-02-26");
        var engine = await client.MakeAsync("deals", new { name = "Engine" });
        var wheel = await client.MakeAsync("deals", new { name = "Wheel" });
        var brake = await client.MakeAsync("deals", new { name = "Brake" });
        await client.MakeAsync("deals", new { name = "Boiler" });
        clock.GoToNoonOf("2028-02-28");
        await client.MoveAsync(engine, "QUALIFIED");
        await client.MoveAsync(wheel, "CLOSED_WON");
        clock.GoToNoonOf("2028-03-02");
        await client.MoveAsync(engine, "LEAD");
        clock.GoToNoonOf("2028-03-03");
        await client.LoseAsync(brake);
        clock.GoToNoonOf("2028-03-04");
        await client.MoveAsync(engine, "PROPOSAL");
        clock.Advance(TimeSpan.FromHours(32));
        await client.MoveAsync(engine, "NEGOTIATION");
        clock.GoToNoonOf("2028-03-06");
    }
}
