using System.Net;
using Crm.Contracts.Analytics;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>How the open value came to change, worked out by hand.</summary>
public sealed class MovementTests
{
    [Theory, EachDatabase]
    public async Task A_deal_that_changes_several_times_counts_with_the_difference_in_each_period_and_currency(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = await host.NewBerlinerAsync();
        clock.GoToNoonOf("2028-01-20");
        var engine = await MakeAsync("Engine", 1000);
        var wheel = await MakeAsync("Wheel", 500);
        var boat = await MakeAsync("Boat", 300);
        var raft = await MakeAsync("Raft", 50);
        clock.GoToNoonOf("2028-02-10");
        await ChangeAsync(engine, new { value = 1500 });
        await ChangeAsync(engine, new { value = 1200 });
        await ChangeAsync(wheel, new { value = 700 });
        await ChangeAsync(wheel, new { value = 500 });
        clock.GoToNoonOf("2028-03-10");
        await ChangeAsync(engine, new { value = 1000 });
        await ChangeAsync(raft, new { value = 150 }); // the one change that it has
        clock.GoToNoonOf("2028-04-10");
        await ChangeAsync(boat, new { value = 400, currency = "USD" });
        await ChangeAsync(boat, new { value = 450, currency = "EUR" }); // no dollars come of it
        clock.GoToNoonOf("2028-05-10");
        await ChangeAsync(boat, new { value = 400, currency = "USD" });

        var pipeline = (await client.GetAsync("/api/pipelines")).Items.Single().GetProperty("id");
        foreach (var filter in new[] { "", $"&ownerId={client.User}", $"&pipelineId={pipeline}", "&currency=CHF" })
        {
            var report = (await client.FoundAsync($"/api/analytics/movement?groupBy=month&from=2028-02-01&to=2028-05-31{filter}")).As<MovementReport>();
            var changes = report.Periods.Select(period => string.Join(", ", period.Amounts!.Select(amount => $"{amount.Currency} {amount.Opening} + {amount.Increased} - {amount.Decreased} = {amount.Closing}")));
            changes.ShouldBe(["EUR 1850 + 200 - 0 = 2050", "EUR 2050 + 100 - 200 = 1950", "EUR 1950 + 150 - 0 = 2100", "EUR 2100 + 0 - 450 = 1650, USD 0 + 400 - 0 = 400"]);
            (await client.NamesAsync(report.Periods[0].DrillDown.Increased)).ShouldBe(["Engine"]);
            (await client.NamesAsync(report.Periods[0].DrillDown.Decreased)).ShouldBeEmpty();
            (await client.NamesAsync(report.Periods[2].DrillDown.Increased)).ShouldBe(["Boat"]);
        }

        (await client.FoundAsync("/api/analytics/movement?groupBy=month&from=2028-02-01&to=2028-03-31&asOf=2028-04-01T00:00:00Z")).As<MovementReport>().Currency.ShouldBe("EUR");
        (await client.FoundAsync("/api/analytics/movement?groupBy=month&from=2028-02-01&to=2028-04-30&asOf=2028-05-01T00:00:00Z")).As<MovementReport>().Currency.ShouldBe("EUR"); // there and back again

        Task<Guid> MakeAsync(string name, decimal value) => client.MakeAsync("deals", new { name, value });

        async Task ChangeAsync(Guid deal, object change) => (await client.PatchAsync($"/api/deals/{deal}", change)).ShouldBe(HttpStatusCode.OK);
    }
}
