using System.Net;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>An instance whose call comes back after its lease has ended, and another has done the work.</summary>
public sealed class FrozenInstanceTests
{
    [Theory, EachDatabase(true), EachDatabase(false)]
    public async Task Whatever_it_hears_at_last_it_writes_nothing(Database database, bool isRefused)
    {
        await using var both = await InstancePair.StartAsync(database);
        var lead = await both.Ada.MakeAsync("leads", new { lastName = "Lovelace" });
        var (reached, letGo) = both.Hold("POST", isRefused ? Results.Problem("Never.", statusCode: 422) : Results.Json(new { id = "another" }, statusCode: 201));
        var frozen = both.Ada.ConvertAsync(lead);
        await reached;

        var (id, customer) = await both.OvertakeAsync(lead);
        var before = await both.Ada.ConversionAsync(id);
        letGo();

        (await frozen)["conversionId"].GetGuid().ShouldBe(id);
        await ShouldHaveLostAsync(both, id, lead, customer);
        (await both.Ada.ConversionAsync(id)).Text.ShouldBe(before.Text);
    }

    [Theory, EachDatabase]
    public async Task Having_searched_for_too_long_it_makes_no_customer(Database database)
    {
        await using var both = await InstancePair.StartAsync(database);
        var lead = await both.Ada.MakeAsync("leads", new { lastName = "Lovelace" });
        both.Registry.AnswerPosts(_ => Results.StatusCode(503));
        var id = await both.Ada.PendAsync(lead);
        var (reached, letGo) = both.Hold("GET", Results.Json(new { items = Array.Empty<object>() }));
        var frozen = both.Ada.PostAsync($"/api/conversions/{id}/retry");
        await reached;

        var (_, customer) = await both.OvertakeAsync(lead);
        letGo();

        (await frozen)["conversionId"].GetGuid().ShouldBe(id);
        await ShouldHaveLostAsync(both, id, lead, customer);
        both.Registry.MethodsFor(both.Ada.TenantId).ShouldBe(["POST", "GET", "GET", "POST"]);
    }

    [Theory, EachDatabase]
    public async Task Having_searched_for_too_long_it_cancels_nothing(Database database)
    {
        await using var both = await InstancePair.StartAsync(database);
        var lead = await both.Ada.MakeAsync("leads", new { lastName = "Lovelace" });
        both.Registry.AnswerPosts(_ => Results.StatusCode(503));
        var id = await both.Ada.PendAsync(lead);
        var (reached, letGo) = both.Hold("GET", Results.Json(new { items = Array.Empty<object>() }));
        var frozen = both.Ada.PostAsync($"/api/conversions/{id}/cancel");
        await reached;

        var (_, customer) = await both.OvertakeAsync(lead);
        letGo();

        (await frozen).ShouldFail(HttpStatusCode.Conflict, "contended");
        await ShouldHaveLostAsync(both, id, lead, customer);
    }

    /// <summary>The event that there is tells of the other's customer, and the first noticed what happened; which it may do after its caller has gone.</summary>
    private static async Task ShouldHaveLostAsync(InstancePair both, Guid id, Guid lead, string customer)
    {
        await both.First.RestAsync();
        both.ShouldHaveLost(id);
        (await both.Ada.EventsAsync(lead)).Count(type => type == "lead.converted").ShouldBe(1);
        (await both.Ada.GetAsync($"/api/leads/{lead}"))["customerId"].GetString().ShouldBe(customer);
        both.Registry.MadeOf(lead).ShouldBe([customer]);
    }
}
