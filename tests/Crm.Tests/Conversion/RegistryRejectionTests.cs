using System.Net;
using System.Text;
using Crm.Contracts.Members;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A registry that won't have a customer: whoever asked hears why, and the lead is as it was.</summary>
public sealed class RegistryRejectionTests(StubbedHosts hosts) : IClassFixture<StubbedHosts>
{
    private const string Problem = "application/problem+json";
    private static readonly string Long = new('x', 499);

    private static readonly Dictionary<string, (int Status, string MediaType, byte[] Body, string Reason)> Refusals = new(StringComparer.Ordinal)
    {
        ["400 with a reason"] = (400, Problem, """{"status":400,"detail":"The name is too short."}"""u8.ToArray(), "The name is too short."),
        ["403 with a reason"] = (403, Problem, """{"title":"Forbidden","detail":"She is on the list of the sanctioned."}"""u8.ToArray(), "She is on the list of the sanctioned."),
        ["404 with a title"] = (404, Problem, """{"title":"No such tenant."}"""u8.ToArray(), "No such tenant."),
        ["422 with a reason"] = (422, Problem, """{"detail":"The address is no address."}"""u8.ToArray(), "The address is no address."),
        ["400 without a body"] = (400, Problem, [], "It gave no reason (HTTP 400)."),
        ["400 with a page"] = (400, "text/html", "<html><body>Bad request</body></html>"u8.ToArray(), "It gave no reason (HTTP 400)."),
        ["a reason that is no text"] = (422, Problem, """{"detail":{"of":"what"}}"""u8.ToArray(), "It gave no reason (HTTP 422)."),
        ["a long reason whose end would be half a character"] = (422, Problem, Encoding.UTF8.GetBytes($$"""{"detail":"{{Long}}😀 and more"}"""), Long),
        ["a reason with a NUL"] = (422, Problem, """{"detail":"The name\u0000 is too short."}"""u8.ToArray(), "The name is too short."),
        ["a reason with half a character"] = (422, Problem, """{"detail":"\ud83d"}"""u8.ToArray(), "It gave no reason (HTTP 422)."),
        ["a reason in another encoding"] = (422, Problem, Encoding.Latin1.GetBytes("""{"detail":"Zoë is too short."}"""), "Zo\uFFFD is too short."),
    };

    [Theory]
    [EachDatabase("400 with a reason"), EachDatabase("403 with a reason"), EachDatabase("404 with a title"), EachDatabase("422 with a reason")]
    [EachDatabase("400 without a body"), EachDatabase("400 with a page"), EachDatabase("a reason that is no text")]
    [EachDatabase("a long reason whose end would be half a character"), EachDatabase("a reason with a NUL"), EachDatabase("a reason with half a character"), EachDatabase("a reason in another encoding")]
    public async Task A_refusal_is_told_with_its_reason_and_leaves_nothing(Database database, string refusal)
    {
        var (registry, client) = await StartAsync(database);
        var (status, mediaType, body, reason) = Refusals[refusal];
        var lead = (await client.PostAsync("/api/leads", new { lastName = "Lovelace" })).ShouldBe(HttpStatusCode.Created);
        registry.AnswerPosts(context =>
        {
            context.Response.StatusCode = status;
            return Results.Bytes(body, mediaType);
        });

        var answer = (await client.PostAsync($"/api/leads/{lead.Id}/convert", new { deal = new { name = "Engine" } })).ShouldFail(HttpStatusCode.UnprocessableEntity, "registry-rejected");

        answer["detail"].GetString()!.ShouldContain(reason);
        var conversion = await client.ConversionAsync(answer["conversionId"].GetGuid());
        (conversion["state"].GetString(), conversion["problem"].GetString(), conversion["customerId"].GetString(), conversion["endedBy"].GetString()).ShouldBe(("REJECTED", reason, null, client.User));
        (await client.GetAsync($"/api/leads/{lead.Id}")).Text.ShouldBe(lead.Text);
        (await client.EventsAsync(lead.Id)).ShouldBe(["lead.created"]);
        (await client.GetAsync("/api/deals")).Items.ShouldBeEmpty();
        registry.MadeOf(lead.Id).ShouldBeEmpty();
        (await client.PatchAsync($"/api/leads/{lead.Id}", new { firstName = "Ada" }, ("If-Match", lead.ETag))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Once_the_registry_has_changed_its_mind_it_is_searched_and_then_makes_one_customer(Database database)
    {
        var (registry, client) = await StartAsync(database);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        registry.AnswerPosts(_ => Results.Problem("Not today.", statusCode: 422));
        var refused = (await client.ConvertAsync(lead)).ShouldFail(HttpStatusCode.UnprocessableEntity, "registry-rejected")["conversionId"].GetGuid();

        registry.GetWell();
        var converted = (await client.PostAsync($"/api/leads/{lead}/convert", new { deal = new { } })).ShouldBe(HttpStatusCode.OK);

        registry.MethodsFor(client.TenantId).ShouldBe(["POST", "GET", "POST"]);
        converted["conversionId"].GetGuid().ShouldNotBe(refused);
        converted["customerId"].GetString().ShouldBe(registry.MadeOf(lead).ShouldHaveSingleItem());
        (await client.EventsAsync(lead)).ShouldBe(["lead.created", "lead.converted"]);
        (await client.GetAsync("/api/deals")).Items.ShouldHaveSingleItem().GetProperty("customerId").GetString().ShouldBe(converted["customerId"].GetString());
        (await client.ConversionAsync(refused))["state"].GetString().ShouldBe("REJECTED");
    }

    [Theory, EachDatabase]
    public async Task A_refusal_under_a_key_is_replayed_byte_for_byte_and_asks_nobody(Database database)
    {
        var (registry, client) = await StartAsync(database);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        registry.AnswerPosts(_ => Results.Problem("Not today.", statusCode: 422));

        var first = (await client.ConvertAsync(lead, ("Idempotency-Key", "one"))).ShouldFail(HttpStatusCode.UnprocessableEntity, "registry-rejected");
        registry.GetWell();
        var second = (await client.ConvertAsync(lead, ("Idempotency-Key", "one"))).ShouldFail(HttpStatusCode.UnprocessableEntity, "registry-rejected");

        second.Bytes.ShouldBe(first.Bytes);
        registry.MethodsFor(client.TenantId).ShouldBe(["POST"]);
        registry.MadeOf(lead).ShouldBeEmpty();
    }

    private async Task<(StubRegistry Registry, Client Client)> StartAsync(Database database)
    {
        var crm = await hosts.For(database);
        return (crm.Registry, crm.Host.NewTenant(Role.Rep));
    }
}
