using System.Net;
using Crm.Tests.Kit;
using Crm.Tests.Pipelines;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>How much is won a day, worked out by hand.</summary>
public sealed class VelocityTests
{
    private static readonly string[] Figures = ["currency", "opportunities", "winRate", "averageWonValue", "averageCycleDays", "velocityPerDay"];

    [Theory, EachDatabase]
    public async Task It_is_the_product_of_its_factors_before_they_are_rounded(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        await PlayAsync(clock, client);

        // Engine and Wheel were qualified; won after 6 and 4 days, the leap day among them. 2 × 2/3 × 700 ÷ 5, which isn't 2 × 0.6667 × 700 ÷ 5.
        var velocity = await client.ReportAsync("velocity?from=2028-02-28&to=2028-03-05");
        velocity.Json.Told([.. Figures, "amounts"]).ShouldBe("EUR 2 0.6667 700 5 186.6667 none");
        (await client.NamesAsync(velocity["opportunitiesDrillDown"])).ShouldBe(["Engine", "Wheel"]);
        (await client.NamesAsync(velocity["wonDrillDown"])).ShouldBe(["Engine", "Wheel"]);
        (await client.NamesAsync(velocity["lostDrillDown"])).ShouldBe(["Early"]);

        // Engine became one on 29 February, and not again when it came back on 2 March, when Early was lost.
        (await client.ReportAsync("velocity?from=2028-02-29&to=2028-02-29")).Json.Told(Figures).ShouldBe("EUR 1 none none none none");
        (await client.ReportAsync("velocity?from=2028-03-02&to=2028-03-02")).Json.Told(Figures).ShouldBe("EUR 0 0 none none none");
    }

    [Theory, EachDatabase]
    public async Task Each_currency_has_a_velocity_by_itself(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine", stage = "PROPOSAL", value = 1000 });
        var boat = await client.MakeAsync("deals", new { name = "Boat", stage = "PROPOSAL", value = 300, currency = "USD" });
        var raft = await client.MakeAsync("deals", new { name = "Raft", stage = "PROPOSAL", currency = "USD" });
        clock.GoToNoonOf("2028-03-01");
        await client.MoveAsync(engine, "CLOSED_WON");
        clock.GoToNoonOf("2028-03-02");
        await client.MoveAsync(boat, "CLOSED_WON");
        clock.GoToNoonOf("2028-03-04");
        await client.LoseAsync(raft);

        var velocity = await client.ReportAsync("velocity?from=2028-02-28&to=2028-03-04");

        velocity.Json.Told(Figures).ShouldBe("none 3 0.6667 none 2.5 none");
        Amounts(velocity).ShouldBe(["EUR 1 1 1000 2 500", "USD 2 0.5 300 3 100"]);
    }

    [Theory, EachDatabase]
    public async Task A_deal_that_is_changed_at_the_instant_of_its_making_is_one_opportunity(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine", stage = "PROPOSAL", value = 1000 });
        (await client.PatchAsync($"/api/deals/{engine}", new { value = 1100 })).ShouldBe(HttpStatusCode.OK);

        var velocity = await client.ReportAsync("velocity?from=2028-02-28&to=2028-02-28");

        velocity["opportunities"].GetInt32().ShouldBe(1);
        (await client.NamesAsync(velocity["opportunitiesDrillDown"])).ShouldBe(["Engine"]);
    }

    [Theory, EachDatabase]
    public async Task Without_a_stage_called_so_the_second_one_qualifies(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        var pipeline = await client.MakePipelineAsync();
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine", pipelineId = pipeline });
        await client.MakeAsync("deals", new { name = "Wheel", pipelineId = pipeline });
        await client.MakeAsync("deals", new { name = "Elsewhere", stage = "QUALIFIED" });
        clock.GoToNoonOf("2028-03-01");
        await client.MoveAsync(engine, "TRIAL");

        var velocity = await client.ReportAsync($"velocity?pipelineId={pipeline}&from=2028-02-28&to=2028-03-01");

        velocity["opportunities"].GetInt32().ShouldBe(1);
        (await client.NamesAsync(velocity["opportunitiesDrillDown"])).ShouldBe(["Engine"]);
    }

    [Theory, EachDatabase]
    public async Task Each_pipeline_qualifies_by_its_own_stage_whatever_others_call_theirs(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var first = await MakeAsync("First", ["ALPHA", "BETA"], "BETA", "SIGNED", "DECLINED");
        await MakeAsync("Second", ["BETA", "ALPHA"], "ALPHA");
        await MakeAsync("Third", ["BETA", "ALPHA", "QUALIFIED", "GAMMA"], "ALPHA", "QUALIFIED", "GAMMA");

        var velocity = await client.ReportAsync("velocity?");
        velocity["opportunities"].GetInt32().ShouldBe(5);
        (await client.NamesAsync(velocity["opportunitiesDrillDown"])).ShouldBe(["First BETA", "First SIGNED", "Second ALPHA", "Third GAMMA", "Third QUALIFIED"]);
        (await client.NamesAsync((await client.ReportAsync($"velocity?pipelineId={first}"))["opportunitiesDrillDown"])).ShouldBe(["First BETA", "First SIGNED"]);

        // One deal stays where it begins; one goes from there to each of the stages.
        async Task<Guid> MakeAsync(string name, string[] stages, params string[] to)
        {
            var pipeline = await client.MakeAsync("pipelines", new { name, stages = PipelineCalls.Stages([.. stages.Select(stage => PipelineCalls.Open(stage))]) });
            await client.MakeAsync("deals", new { name = $"{name} {stages[0]}", pipelineId = pipeline });
            foreach (var stage in to)
            {
                var deal = await client.MakeAsync("deals", new { name = $"{name} {stage}", pipelineId = pipeline });
                (await client.PutAsync($"/api/deals/{deal}/stage", new { stage, lostReason = stage == "DECLINED" ? "Price" : null })).ShouldBe(HttpStatusCode.OK);
            }

            return pipeline;
        }
    }

    [Theory, EachDatabase]
    public async Task Neither_a_cycle_of_no_time_nor_nothing_makes_a_velocity(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoToNoonOf("2028-03-05");
        await client.MakeAsync("deals", new { name = "Engine", stage = "CLOSED_WON", value = 100, closedAt = "2028-03-03T11:00:00Z" }); // told two days later

        (await client.ReportAsync("velocity?from=2028-03-03&to=2028-03-03")).Json.Told(Figures).ShouldBe("EUR 1 1 100 0 none");
        (await client.ReportAsync("velocity?from=2028-03-04&to=2028-03-05")).Json.Told(Figures).ShouldBe("EUR 0 none none none none");
    }

    private static List<string> Amounts(Answer velocity) => [.. velocity["amounts"].EnumerateArray().Select(amount => amount.Told(Figures)).Order(StringComparer.Ordinal)];

    /// <summary>Early was qualified before; of the three that are made on 28 February Boiler never is.</summary>
    private static async Task PlayAsync(SettableClock clock, Client client)
    {
        clock.GoToNoonOf("2028-02-20");
        var early = await client.MakeAsync("deals", new { name = "Early", stage = "QUALIFIED", value = 5000 });
        clock.GoToNoonOf("2028-02-28");
        var engine = await client.MakeAsync("deals", new { name = "Engine", value = 1000 });
        var wheel = await client.MakeAsync("deals", new { name = "Wheel", value = 400 });
        await client.MakeAsync("deals", new { name = "Boiler", value = 100 });
        clock.GoToNoonOf("2028-02-29");
        await client.MoveAsync(engine, "QUALIFIED");
        clock.GoToNoonOf("2028-03-01");
        await client.MoveAsync(engine, "LEAD");
        clock.GoToNoonOf("2028-03-02");
        await client.MoveAsync(engine, "NEGOTIATION");
        await client.LoseAsync(early);
        clock.GoToNoonOf("2028-03-03");
        await client.MoveAsync(wheel, "CLOSED_WON");
        clock.GoToNoonOf("2028-03-05");
        await client.MoveAsync(engine, "CLOSED_WON");
        clock.GoToNoonOf("2028-03-06");
    }
}
