using System.Net;
using System.Text.Json;
using Crm.Tests.Kit;

namespace Crm.Tests.Analytics;

/// <summary>How examples in Berlin come about, and how their reports are read.</summary>
internal static class ExampleCalls
{
    /// <summary>An admin there, in a tenant of its own.</summary>
    public static async Task<Client> NewBerlinerAsync(this CrmHost host)
    {
        var client = host.NewTenant();
        (await client.PatchAsync("/api/settings", new { timeZone = "Europe/Berlin", currency = "EUR" })).ShouldBe(HttpStatusCode.OK);
        return client;
    }

    /// <summary>Lets it become noon of a day in winter.</summary>
    public static void GoToNoonOf(this SettableClock clock, string day) => clock.Advance(DateTimeOffset.Parse($"{day}T12:00+01:00", null) - clock.GetUtcNow());

    public static async Task MoveAsync(this Client client, Guid deal, string stage) =>
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage })).ShouldBe(HttpStatusCode.OK);

    public static async Task LoseAsync(this Client client, Guid deal) =>
        (await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_LOST", lostReason = "Price" })).ShouldBe(HttpStatusCode.OK);

    public static async Task<Answer> ReportAsync(this Client client, string query) => (await client.GetAsync($"/api/analytics/{query}")).ShouldBe(HttpStatusCode.OK);

    /// <summary>For each stage of a report some of its members.</summary>
    public static List<string> Rows(this Answer report, params string[] names) => [.. report["stages"].EnumerateArray().Select(row => row.Told(names))];

    /// <summary>Some members, with spaces between.</summary>
    public static string Told(this JsonElement row, params string[] names) => string.Join(' ', names.Select(name => Text(row.GetProperty(name))));

    /// <summary>The names of the deals that a figure counts, in the order of the alphabet.</summary>
    public static Task<List<string>> NamesAsync(this Client client, JsonElement drillDown) => client.NamesAsync(drillDown.GetString()!);

    /// <inheritdoc cref="NamesAsync(Client, JsonElement)"/>
    public static async Task<List<string>> NamesAsync(this Client client, string drillDown)
    {
        var deals = (await client.GetAsync(drillDown)).ShouldBe(HttpStatusCode.OK);
        return [.. deals.Items.Select(deal => deal.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)];
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "none",
        JsonValueKind.Number => Sums.Text(value.GetDecimal()),
        _ => value.ToString(),
    };
}
