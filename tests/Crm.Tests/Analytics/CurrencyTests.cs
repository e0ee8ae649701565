using System.Globalization;
using System.Net;
using Crm.Contracts.Analytics;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>Reports in one currency, computed by hand.</summary>
public sealed class CurrencyTests
{
    private static readonly string[] Reports = ["pipeline", "forecast", "funnel", "win-rate", "velocity", "movement", "stages", "deals"];

    [Theory, EachDatabase]
    public async Task Each_deal_is_converted_by_itself_and_rounded_half_to_even(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await TellAsync(client, ("USD", "EUR", "2025-01-01", 0.5m), ("EUR", "GBP", "2025-01-01", 0.8m), ("EUR", "JPY", "2025-01-01", 3m));
        foreach (var (value, currency) in new[] { (0.0001m, "USD"), (0.0003m, "USD"), (0.0005m, "USD"), (100m, "GBP"), (1m, "JPY"), (7m, "EUR") }) await DealAsync(client, value, currency);

        var report = (await client.FoundAsync("/api/analytics/pipeline?currency=EUR")).As<PipelineReport>();
        var deals = await ItemsAsync(client, report.Total.DrillDown);

        deals.ShouldBe([(0m, "EUR"), (0.0002m, "EUR"), (0.0002m, "EUR"), (125m, "EUR"), (0.3333m, "EUR"), (7m, "EUR")], ignoreOrder: true);
        (report.Currency, report.Total.Value, report.Total.Amounts).ShouldBe(("EUR", 132.3337m, null));
        report.Rates.ShouldNotBeNull().Select(rate => $"{rate.From}/{rate.To} {rate.Rate} {rate.Date:yyyy-MM-dd}").ShouldBe(["EUR/GBP 0.8 2025-01-01", "EUR/JPY 3 2025-01-01", "USD/EUR 0.5 2025-01-01"]);
        (await client.FoundAsync("/api/analytics/pipeline")).As<PipelineReport>().Rates.ShouldBeNull();
    }

    [Theory, EachDatabase]
    public async Task What_has_no_rate_or_would_be_more_than_an_amount_may_be_stays_in_its_own_currency(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await TellAsync(client, ("USD", "EUR", "2025-01-01", 2m), ("USD", "CHF", "2025-01-01", 5m), ("CHF", "EUR", "2199-01-01", 5m));
        foreach (var (value, currency) in new[] { (10m, "USD"), (20m, "CHF"), (30m, "EUR"), (499_999_999_999.9999m, "USD"), (500_000_000_000m, "USD") }) await DealAsync(client, value, currency);

        var report = (await client.FoundAsync("/api/analytics/pipeline?currency=EUR")).As<PipelineReport>();

        report.Currency.ShouldBeNull();
        report.Total.Amounts.ShouldNotBeNull().Select(amount => (amount.Currency, amount.Value)).ShouldBe([("CHF", 20m), ("EUR", 1_000_000_000_049.9998m), ("USD", 500_000_000_000m)]);
        (await ItemsAsync(client, report.Total.DrillDown)).ShouldContain((500_000_000_000m, "USD"));
        var none = (await client.FoundAsync("/api/analytics/velocity?currency=JPY&from=2024-01-01&to=2024-01-02")).As<VelocityReport>();
        (none.Currency, none.Rates!.Count).ShouldBe(("JPY", 0));
    }

    [Theory, EachDatabase]
    public async Task A_closed_deal_takes_the_newest_rate_of_its_closing_day_in_the_tenants_time_zone(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.PatchAsync("/api/settings", new { timeZone = "Europe/Berlin" });
        await TellAsync(client, ("USD", "EUR", "2025-03-29", 1m), ("USD", "EUR", "2025-03-30", 2m), ("USD", "EUR", "2025-03-31", 3m), ("USD", "EUR", "2025-10-26", 4m), ("USD", "EUR", "2025-10-27", 5m), ("EUR", "USD", "2025-10-28", 0.01m));
        // On 2025-03-30 there is no hour from 02:00 to 03:00 in Berlin, on 2025-10-26 it comes twice.
        (string ClosedAt, decimal Value)[] closings =
        [
            ("2025-03-28T22:59:59.999999Z", 100m), ("2025-03-28T23:00:00Z", 1m), ("2025-03-29T22:59:59.999999Z", 1m), ("2025-03-29T23:00:00Z", 2m), ("2025-03-30T21:59:59.999999Z", 2m), ("2025-03-30T22:00:00Z", 3m),
            ("2025-10-25T21:59:59.999999Z", 3m), ("2025-10-25T22:00:00Z", 4m), ("2025-10-26T22:59:59.999999Z", 4m), ("2025-10-26T23:00:00Z", 5m), ("2025-10-31T12:00:00Z", 100m), // what was told the other way round is newer
        ];
        foreach (var (closedAt, _) in closings) await client.MakeAsync("deals", new { name = "Engine", value = 1, currency = "USD", stage = "CLOSED_WON", closedAt });

        var report = (await client.FoundAsync("/api/analytics/win-rate?currency=EUR&from=2025-03-29&to=2025-10-31&groupBy=month")).As<WinRateReport>();
        var deals = (await client.FoundAsync($"{report.Total.Won.DrillDown}&take=200")).As<CountedDealPage>().Items;

        deals.OrderBy(deal => deal.ClosedAt).Select(deal => deal.Value).ShouldBe(closings.Skip(1).Select(closing => closing.Value), ignoreOrder: false);
        (report.Currency, report.Total.Won.Value).ShouldBe(("EUR", 125m));
        var before = (await client.FoundAsync("/api/analytics/win-rate?currency=EUR&from=2025-03-28&to=2025-03-28")).As<WinRateReport>();
        (before.Currency, before.Total.Won.Value).ShouldBe(("USD", 1m));
    }

    [Theory, EachDatabase]
    public async Task A_report_of_an_instant_keeps_the_rates_that_were_in_force_then(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await TellAsync(client, ("USD", "EUR", Text(today), 2m), ("USD", "EUR", Text(today.AddDays(2)), 3m));
        await DealAsync(client, 10m, "USD");
        await client.MakeAsync("deals", new { name = "Boiler", value = 1, currency = "USD", stage = "CLOSED_WON" });
        var told = await TakeAsync();
        clock.Advance(TimeSpan.FromDays(2));
        var later = await TakeAsync();
        await TellAsync(client, ("USD", "EUR", Text(today), 4m));
        var corrected = await TakeAsync();
        await TellAsync(client, ("USD", "EUR", Text(today.AddDays(2)), null));
        var withdrawn = await TakeAsync();
        await TellAsync(client, ("USD", "EUR", Text(today), null));
        var none = await TakeAsync();

        new[] { told, later, corrected, withdrawn, none }.Select(taken => $"{taken.Report.Undated.Value:0} {taken.Report.Total.WonValue:0} {taken.Report.Currency}").ShouldBe(["20 2 EUR", "30 2 EUR", "30 4 EUR", "40 4 EUR", "10 1 USD"], ignoreOrder: false);
        foreach (var taken in new[] { told, later, corrected, withdrawn, none }) (await client.FoundAsync(taken.Url)).Text.ShouldBe(taken.Text);

        async Task<(ForecastReport Report, string Url, string Text)> TakeAsync()
        {
            var url = $"/api/analytics/forecast?currency=EUR&from={Text(today.AddDays(-1))}&to={Text(today.AddDays(30))}";
            var report = (await client.FoundAsync(url)).As<ForecastReport>();
            url += $"&asOf={Uri.EscapeDataString(report.AsOf.ToString("O", CultureInfo.InvariantCulture))}";
            var text = (await client.FoundAsync(url)).Text;
            clock.Advance(TimeSpan.FromSeconds(1));
            return (report, url, text);
        }
    }

    [Theory, EachDatabase]
    public async Task The_movement_is_converted_by_the_rates_of_one_day_and_comes_out_even(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var start = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await TellAsync(client, ("USD", "EUR", Text(start), 9m), ("USD", "EUR", Text(start.AddDays(1)), 0.5m));
        var deal = await DealAsync(client, 0.0003m, "USD");
        clock.Advance(TimeSpan.FromDays(1));
        await client.PatchAsync($"/api/deals/{deal}", new { value = 0.0005m });
        await client.PatchAsync($"/api/deals/{deal}", new { value = 0.0006m, currency = "EUR" });
        await client.PatchAsync($"/api/deals/{deal}", new { value = 5, currency = "CHF" });

        var report = (await client.FoundAsync($"/api/analytics/movement?currency=EUR&groupBy=day&from={Text(start)}&to={Text(start.AddDays(1))}")).As<MovementReport>();

        report.Currency.ShouldBeNull();
        report.Periods.Select(period => string.Join(" ", period.Amounts!.Select(amount => $"{amount.Currency} {amount.Opening} {amount.Created} {amount.Increased} {amount.Decreased} {amount.Closing}"))).ShouldBe(
            ["EUR 0 0.0002 0 0 0.0002", "CHF 0 0 5 0 5 EUR 0.0002 0 0 0.0002 0"]);
        foreach (var (url, sum) in new[] { (report.Periods[1].DrillDown.Opening, 0.0002m), (report.Periods[1].DrillDown.Decreased, 0.0002m), (report.Periods[0].DrillDown.Created, 0.0002m) }) (await ItemsAsync(client, url)).ShouldBe([(sum, "EUR")]);
    }

    [Theory, EachDatabase]
    public async Task Every_report_takes_a_currency_that_is_one_and_tells_the_rates_as_lines_too(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await TellAsync(client, ("USD", "EUR", "2025-01-01", 0.9m));
        await DealAsync(client, 10m, "USD");

        foreach (var report in Reports)
        {
            (await client.GetAsync($"/api/analytics/{report}?currency=EURO")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["currency"]);
            (await client.FoundAsync($"/api/analytics/{report}?currency=EUR"))["rates"].GetArrayLength().ShouldBe(1, report);
            if (report == "deals") continue;
            var lines = (await client.FoundAsync($"/api/analytics/{report}?currency=EUR&format=csv")).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var header = lines[0].Split(',');
            var rate = lines[^1].Split(',');
            new[] { "part", "from", "to", "rate", "date" }.Select(name => rate[Array.IndexOf(header, name)]).ShouldBe(["rates", "USD", "EUR", "0.9", "2025-01-01"], report);
        }

        (await client.FoundAsync("/api/analytics/velocity?currency=EUR&format=csv")).Text.Split("\r\n")[1].ShouldStartWith("total,EUR,");
    }

    internal static async Task TellAsync(Client client, params (string From, string To, string Date, decimal? Rate)[] rates) =>
        (await client.PostAsync("/api/settings/rates", new { rates = rates.Select(rate => new Dictionary<string, object?>(StringComparer.Ordinal) { ["from"] = rate.From, ["to"] = rate.To, ["date"] = rate.Date, ["rate"] = rate.Rate }) })).ShouldBe(HttpStatusCode.OK);

    internal static async Task<List<(decimal Value, string Currency)>> ItemsAsync(Client client, string drillDown) =>
        [.. (await client.FoundAsync($"{drillDown}&take=200")).As<CountedDealPage>().Items.Select(deal => (deal.Value, deal.Currency))];

    private static Task<Guid> DealAsync(Client client, decimal value, string currency) => client.MakeAsync("deals", new { name = "Engine", value, currency });

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
