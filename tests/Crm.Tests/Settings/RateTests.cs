using System.Net;
using System.Text.Json;
using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Contracts.Settings;
using Crm.Tests.Clients;
using Crm.Tests.Concurrency;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Settings;

public sealed class RateTests
{
    [Theory, EachDatabase]
    public async Task Rates_are_told_corrected_and_withdrawn_and_the_past_keeps_those_of_then(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();

        (await TellAsync(client, ("USD", "EUR", "2026-11-01", 0.9m), ("USD", "EUR", "2026-11-08", 0.91m), ("GBP", "EUR", "2026-11-01", 1.15m))).ShouldBe(3);
        var told = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
        (await TellAsync(client, ("USD", "EUR", "2026-11-01", 0.95m), ("USD", "EUR", "2026-11-08", null), ("GBP", "EUR", "2026-11-01", 1.15m))).ShouldBe(2);
        var corrected = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
        (await TellAsync(client, ("USD", "EUR", "2026-11-08", 0.92m), ("CHF", "EUR", "2026-11-08", null))).ShouldBe(1);

        (await RatesAsync(client, "")).ShouldBe(["USD/EUR 2026-11-08 0.92", "GBP/EUR 2026-11-01 1.15", "USD/EUR 2026-11-01 0.95"], ignoreOrder: true);
        (await RatesAsync(client, $"?asOf={Text(told)}")).ShouldBe(["USD/EUR 2026-11-08 0.91", "GBP/EUR 2026-11-01 1.15", "USD/EUR 2026-11-01 0.9"], ignoreOrder: true);
        (await RatesAsync(client, $"?asOf={Text(corrected)}")).ShouldBe(["GBP/EUR 2026-11-01 1.15", "USD/EUR 2026-11-01 0.95"], ignoreOrder: true);
        (await RatesAsync(client, $"?asOf={Text(told.AddMicroseconds(-1))}")).ShouldBeEmpty();
        (await client.GetAsync("/api/settings/rates?from=USD&sort=date")).Items.Select(rate => rate.GetProperty("toldAt").GetDateTimeOffset()).ShouldBe([corrected, clock.GetUtcNow()]);
    }

    [Theory, EachDatabase]
    public async Task Rates_are_listed_by_pair_and_page_the_newest_date_first(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await TellAsync(client, [.. Enumerable.Range(1, 9).SelectMany(day => new[] { ("USD", "EUR", $"2026-11-0{day}", (decimal?)day), ("EUR", "USD", $"2026-11-0{day}", day) })]);

        (await RatesAsync(client, "?from=USD&to=EUR&take=2")).ShouldBe(["USD/EUR 2026-11-09 9", "USD/EUR 2026-11-08 8"]);
        (await RatesAsync(client, "?to=USD&sort=date&take=1")).ShouldBe(["EUR/USD 2026-11-01 1"]);
        (await RatesAsync(client, "?from=GBP")).ShouldBeEmpty();
        var (pages, path) = (new List<string>(), "/api/settings/rates?take=4");
        for (var cursor = ""; cursor is not null;)
        {
            var page = await client.GetAsync($"{path}{cursor}");
            page["total"].GetInt32().ShouldBe(18);
            pages.AddRange(page.Items.Select(Line));
            cursor = page["nextCursor"].GetString() is { } next ? $"&cursor={next}" : null;
        }

        pages.Distinct().Count().ShouldBe(18);
        pages.Select(line => line[8..18]).ShouldBe(pages.Select(line => line[8..18]).OrderDescending(), ignoreOrder: false);
    }

    [Theory, EachDatabase]
    public async Task What_is_no_rate_is_refused_at_its_pointer_and_nothing_is_told(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var manager = client.As(Role.Manager, "bob");
        foreach (var user in new[] { client, manager }) await user.GetAsync("/api/me");
        var before = await client.DataHashAsync();

        await FaultsAsync(client, "/rates/0/rate", """{"from":"USD","to":"EUR","date":"2026-11-01"}""");
        foreach (var rate in (string[])["0", "-1", "100000000", "0.00000000001", "1.00000000001", "99999999.99999999991"]) await FaultsAsync(client, "/rates/0/rate", $$"""{"from":"USD","to":"EUR","date":"2026-11-01","rate":{{rate}}}""");
        foreach (var date in (string[])["1969-12-31", "2200-01-01", "2026-02-29"]) await FaultsAsync(client, "/rates/0/date", $$"""{"from":"USD","to":"EUR","date":"{{date}}","rate":1}""");
        await FaultsAsync(client, "/rates/0/to", """{"from":"USD","to":"USD","date":"2026-11-01","rate":1}""");
        await FaultsAsync(client, "/rates/1/from", """{"from":"USD","to":"EUR","date":"2026-11-01","rate":1},{"from":"usd","to":"EUR","date":"2026-11-02","rate":1}""");
        await FaultsAsync(client, "/rates/2", """{"from":"USD","to":"EUR","date":"2026-11-01","rate":1},{"from":"EUR","to":"USD","date":"2026-11-01","rate":1},{"from":"USD","to":"EUR","date":"2026-11-01","rate":null}""");
        await FaultsAsync(client, "/rates", "");
        await FaultsAsync(client, "/rates", string.Join(',', Enumerable.Repeat("""{"from":"USD","to":"EUR","date":"2026-11-01","rate":1}""", 1001)));
        (await client.GetAsync("/api/settings/rates?from=EURO")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["from"]);
        (await client.GetAsync("/api/settings/rates?asOf=2999-01-01T00:00:00Z")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["asOf"]);
        (await manager.PostAsync("/api/settings/rates", new { rates = Array.Empty<object>() })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");

        (await client.DataHashAsync()).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task The_widest_rates_are_kept_as_they_are(Database database)
    {
        var crm = (await Hosts.For(database)).NewTenant().Typed();
        decimal[] rates = [0.0000000001m, 99_999_999.9999999999m, 1.0000000001m];

        await crm.Rates.TellAsync([.. rates.Select((rate, i) => new RateFields { From = "USD", To = "EUR", Date = new DateOnly(2026, 11, 1 + i), Rate = rate })], TestContext.Current.CancellationToken);

        var kept = new List<decimal>();
        await foreach (var rate in crm.Rates.ListAllAsync(new RateQuery { Sort = "date", Take = 2 }, TestContext.Current.CancellationToken)) kept.Add(rate.Rate);
        kept.ShouldBe(rates, ignoreOrder: false);
        (await Should.ThrowAsync<CrmException>(() => crm.Rates.TellAsync([], TestContext.Current.CancellationToken))).Errors.Keys.ShouldBe(["/rates"]);
    }

    [Theory, EachDatabase]
    public async Task Telling_rates_is_audited_with_what_was_and_what_is(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await TellAsync(client, ("USD", "EUR", "2026-11-01", 0.9m));
        await TellAsync(client, ("USD", "EUR", "2026-11-01", 0.95m), ("GBP", "EUR", "2026-11-01", 1.15m));
        await TellAsync(client, ("GBP", "EUR", "2026-11-01", null));
        await TellAsync(client, ("USD", "EUR", "2026-11-01", 0.95m));

        var events = (await client.GetAsync("/api/audit?type=rates.changed")).Items;

        events.Select(e => e.GetProperty("subject").GetString()).Distinct().ShouldBe(["settings/rates"]);
        events.Select(e => string.Join("; ", e.GetProperty("changes").EnumerateObject().OrderBy(change => change.Name, StringComparer.Ordinal).Select(change => $"{change.Name}: {change.Value.GetProperty("from")} to {change.Value.GetProperty("to")}")))
            .ShouldBe(["GBP/EUR 2026-11-01: 1.15 to ", "GBP/EUR 2026-11-01:  to 1.15; USD/EUR 2026-11-01: 0.9 to 0.95", "USD/EUR 2026-11-01:  to 0.9"]);
    }

    [Theory, EachDatabase]
    public async Task Of_many_who_tell_the_same_rate_at_once_the_last_is_in_force(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answers = await Race.OfAsync(12, i => client.PostAsync("/api/settings/rates", Body(("USD", "EUR", "2026-11-01", 1 + i))));

        foreach (var answer in answers) answer.ShouldBe(HttpStatusCode.OK);
        var changes = (await client.GetAsync("/api/audit?type=rates.changed")).Items.Select(e => e.GetProperty("changes").GetProperty("USD/EUR 2026-11-01")).ToList();
        var (from, to) = (changes.ConvertAll(change => $"{change.GetProperty("from")}"), changes.ConvertAll(change => $"{change.GetProperty("to")}"));
        to.Distinct().Count().ShouldBe(12);
        from.Distinct().Count().ShouldBe(12, "Each followed upon another.");
        (await client.GetAsync("/api/settings/rates")).Items.Select(rate => $"{rate.GetProperty("rate")}").ShouldBe(to.Except(from));
    }

    private static async Task FaultsAsync(Client client, string pointer, string rates) =>
        (await client.PostAsync("/api/settings/rates", $$"""{"rates":[{{rates}}]}""")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([pointer], rates);

    private static async Task<int> TellAsync(Client client, params (string From, string To, string Date, decimal? Rate)[] rates) =>
        (await client.PostAsync("/api/settings/rates", Body(rates))).ShouldBe(HttpStatusCode.OK)["changed"].GetInt32();

    private static object Body(params (string From, string To, string Date, decimal? Rate)[] rates) =>
        new { rates = rates.Select(rate => new Dictionary<string, object?>(StringComparer.Ordinal) { ["from"] = rate.From, ["to"] = rate.To, ["date"] = rate.Date, ["rate"] = rate.Rate }) };

    private static async Task<List<string>> RatesAsync(Client client, string query) => [.. (await client.GetAsync($"/api/settings/rates{query}")).ShouldBe(HttpStatusCode.OK).Items.Select(Line)];

    private static string Line(JsonElement rate) => $"{rate.GetProperty("from")}/{rate.GetProperty("to")} {rate.GetProperty("date")} {rate.GetProperty("rate")}";

    private static string Text(DateTimeOffset at) => Uri.EscapeDataString(at.ToString("O"));
}
