using System.Net;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;
using Shouldly;
using Xunit;
using static Crm.Tests.Pipelines.PipelineCalls;

namespace Crm.Tests.Analytics;

/// <summary>How far the deals of a period came, worked out by hand.</summary>
public sealed class FunnelTests
{
    private static readonly string[] Figures = ["stage", "reached", "conversionFromPrevious", "conversionFromFirst", "medianDays"];

    [Theory, EachDatabase]
    public async Task Deals_stay_in_the_stages_that_they_reached_whatever_became_of_them(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        await PlayAsync(clock, client);

        var funnel = await client.ReportAsync("funnel?from=2028-02-28&to=2028-02-29");

        // Days in LEAD: Wheel 1, Brake 2, Engine and Belt 2 + 2, the leap day among them. Engine stands in PROPOSAL and hasn't left it.
        funnel.Rows(Figures).ShouldBe(["LEAD 5 none 1 3", "QUALIFIED 4 0.8 0.8 1", "PROPOSAL 4 1 0.8 none", "NEGOTIATION 3 0.75 0.6 1", "CLOSED_WON 2 0.6667 0.4 none"]);
        (await client.NamesAsync(funnel["stages"][0].GetProperty("drillDown"))).ShouldBe(["Belt", "Boiler", "Brake", "Engine", "Wheel"]);
        (await client.NamesAsync(funnel["stages"][2].GetProperty("drillDown"))).ShouldBe(["Belt", "Brake", "Engine", "Wheel"]);
        (await client.NamesAsync(funnel["stages"][3].GetProperty("drillDown"))).ShouldBe(["Belt", "Brake", "Wheel"]);
        (await client.NamesAsync(funnel["stages"][4].GetProperty("drillDown"))).ShouldBe(["Belt", "Wheel"]);
    }

    [Theory, EachDatabase]
    public async Task Who_reached_a_retired_stage_reached_the_one_that_replaces_it(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var pipeline = await client.MakePipelineAsync();
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline, stage = "TRIAL" });
        await client.MakeAsync("deals", new { name = "Wheel", pipelineId = pipeline, stage = "CONTACT" });
        clock.GoToNoonOf("2028-03-01");
        await client.MoveAsync(engine, "CONTACT");
        clock.GoToNoonOf("2028-03-02");
        var before = await client.ReportAsync($"funnel?pipelineId={pipeline}");
        clock.GoToNoonOf("2028-03-03");
        (await client.PatchAsync($"/api/pipelines/{pipeline}", new { stages = Stages(Open("CONTACT", 10), Open("PILOT", 60, replaces: ["TRIAL"])) })).ShouldBe(HttpStatusCode.OK);
        clock.GoToNoonOf("2028-03-04");

        var after = await client.ReportAsync($"funnel?pipelineId={pipeline}");

        before.Rows(Figures).ShouldBe(["CONTACT 2 none 1 none", "TRIAL 1 0.5 0.5 2", "PILOT 0 0 0 none", "SIGNED 0 none 0 none"]);
        after.Rows(Figures).ShouldBe(["CONTACT 2 none 1 none", "PILOT 1 0.5 0.5 2", "SIGNED 0 0 0 none"]);
        (await client.NamesAsync(after["stages"][1].GetProperty("drillDown"))).ShouldBe(["Engine"]);
        (await client.ReportAsync($"funnel?pipelineId={pipeline}&asOf={before["asOf"].GetString()}")).Text.ShouldBe(before.Text);
    }

    [Theory, EachDatabase]
    public async Task Where_no_deal_was_made_nothing_is_converted(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.ReportAsync("funnel")).Rows(Figures).ShouldBe(
            ["LEAD 0 none none none", "QUALIFIED 0 none none none", "PROPOSAL 0 none none none", "NEGOTIATION 0 none none none", "CLOSED_WON 0 none none none"]);
    }

    /// <summary>Five deals are made on 28 February, and one before and one after: Engine comes back once, Wheel and Belt are won, Brake is lost and so is Belt in the end.</summary>
    private static async Task PlayAsync(SettableClock clock, Client client)
    {
        clock.GoToNoonOf("2028-02-20");
        await client.MakeAsync("deals", new { name = "Before", stage = "NEGOTIATION" });
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine" });
        var wheel = await client.MakeAsync("deals", new { name = "Wheel" });
        var brake = await client.MakeAsync("deals", new { name = "Brake" });
        var belt = await client.MakeAsync("deals", new { name = "Belt" });
        await client.MakeAsync("deals", new { name = "Boiler" });
        clock.GoToNoonOf("2028-02-29");
        await client.MoveAsync(wheel, "CLOSED_WON");
        clock.GoToNoonOf("2028-03-01");
        await client.MakeAsync("deals", new { name = "After", stage = "NEGOTIATION" });
        await client.MoveAsync(engine, "QUALIFIED");
        await client.MoveAsync(brake, "NEGOTIATION");
        await client.MoveAsync(belt, "CLOSED_WON");
        clock.GoToNoonOf("2028-03-02");
        await client.MoveAsync(engine, "LEAD");
        await client.LoseAsync(brake);
        clock.GoToNoonOf("2028-03-03");
        await client.MoveAsync(belt, "LEAD");
        clock.GoToNoonOf("2028-03-04");
        await client.MoveAsync(engine, "PROPOSAL");
        clock.GoToNoonOf("2028-03-05");
        await client.LoseAsync(belt);
        clock.GoToNoonOf("2028-03-06");
    }
}
