using System.Globalization;
using System.Net;
using System.Text.Json;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Deals;

public sealed class WeightedValueTests
{
    [Theory, EachDatabase("LEAD", "100", "null", "10"), EachDatabase("QUALIFIED", "100", "null", "25"), EachDatabase("PROPOSAL", "100", "null", "50"), EachDatabase("NEGOTIATION", "100", "null", "75"), EachDatabase("CLOSED_WON", "100", "null", "100")]
    [EachDatabase("PROPOSAL", "100", "0", "0"), EachDatabase("PROPOSAL", "100", "33", "33"), EachDatabase("LEAD", "0", "null", "0"), EachDatabase("LEAD", "null", "50", "null")]
    [EachDatabase("LEAD", "0.0050", "1", "0"), EachDatabase("LEAD", "0.0150", "1", "0.0002"), EachDatabase("LEAD", "0.0250", "1", "0.0002"), EachDatabase("LEAD", "0.0251", "1", "0.0003"), EachDatabase("LEAD", "999999999999.9999", "99", "989999999999.9999")]
    public async Task The_value_is_weighted_by_the_deals_own_probability_else_its_stages_and_rounded_half_to_even(Database database, string stage, string value, string probability, string weighted)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var made = await client.PostAsync("/api/deals", $$"""{ "name": "Engine", "stage": "{{stage}}", "value": {{value}}, "probability": {{probability}} }""");

        Weighted(made.ShouldBe(HttpStatusCode.Created).Json).ShouldBe(weighted is "null" ? null : decimal.Parse(weighted, CultureInfo.InvariantCulture));
        made["probability"].GetRawText().ShouldBe(probability);
        (await client.GetAsync($"/api/deals/{made.Id}")).Text.ShouldBe(made.Text);
        (await client.GetAsync("/api/deals")).Items.ShouldHaveSingleItem().GetRawText().ShouldBe(made.Text);
    }

    [Theory, EachDatabase]
    public async Task A_move_changes_the_stages_probability_but_never_the_deals_own(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var standard = await client.MakeAsync("deals", new { name = "Standard", value = 100 });
        var own = await client.MakeAsync("deals", new { name = "Own", value = 100, probability = 40 });

        var moved = await client.PutAsync($"/api/deals/{standard}/stage", new { stage = "NEGOTIATION" });
        var kept = await client.PutAsync($"/api/deals/{own}/stage", new { stage = "NEGOTIATION" });
        var removed = await client.PatchAsync($"/api/deals/{own}", """{ "probability": null }""");

        (moved["weightedValue"].GetDecimal(), moved["probability"].GetRawText()).ShouldBe((75m, "null"));
        (kept["weightedValue"].GetDecimal(), kept["probability"].GetRawText()).ShouldBe((40m, "40"));
        removed["weightedValue"].GetDecimal().ShouldBe(75m);
        (await client.RecordedAsync(own))[^1].ShouldTell("probability", "40", "null");
    }

    private static decimal? Weighted(JsonElement deal) => deal.GetProperty("weightedValue") is { ValueKind: not JsonValueKind.Null } weighted ? weighted.GetDecimal() : null;
}
