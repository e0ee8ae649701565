using System.Net;
using System.Text;
using Crm.Contracts.Members;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A registry that answers what no registry should: somebody is told, and no customer is made up.</summary>
public sealed class RegistryNonsenseTests(StubbedHosts hosts) : IClassFixture<StubbedHosts>
{
    private static readonly Dictionary<string, (int Status, string Body)> Answers = new(StringComparer.Ordinal)
    {
        ["200 with a page"] = (200, "<html><body>Welcome</body></html>"),
        ["201 with a page"] = (201, "<html><body>Welcome</body></html>"),
        ["nothing"] = (201, ""),
        ["204"] = (204, ""),
        ["no id"] = (201, """{"name":"Lovelace"}"""),
        ["a list"] = (201, """[{"id":"customer-1"}]"""),
        ["null for an id"] = (201, """{"id":null}"""),
        ["an object for an id"] = (201, """{"id":{"value":"customer-1"}}"""),
        ["an empty id"] = (201, """{"id":""}"""),
        ["a blank id"] = (201, """{"id":"  "}"""),
        ["an id of 2 000 characters"] = (201, $$"""{"id":"{{new string('x', 2000)}}"}"""),
        ["an id with a NUL"] = (201, """{"id":"customer\u0000"}"""),
        ["an id with half a character"] = (201, """{"id":"customer\ud83d"}"""),
        ["a redirect"] = (302, ""),
        ["a megabyte"] = (201, $$"""{"id":"customer-1","more":"{{new string('x', 1 << 20)}}"}"""),
        ["409 without an id"] = (409, """{"detail":"It exists."}"""),
    };

    private static readonly Dictionary<string, (int Status, string Body)> Findings = new(StringComparer.Ordinal)
    {
        ["a page"] = (200, "<html><body>Welcome</body></html>"),
        ["no list"] = (200, """{"id":"customer-1"}"""),
        ["a customer without an id"] = (200, """{"items":[{"name":"Lovelace"}]}"""),
        ["a customer of somebody else"] = (200, """{"items":[{"id":"customer-1","externalReference":"lead:somebody-else"}]}"""),
        ["a refusal"] = (403, """{"detail":"You may not search."}"""),
    };

    [Theory]
    [EachDatabase("200 with a page"), EachDatabase("201 with a page"), EachDatabase("nothing"), EachDatabase("204"), EachDatabase("no id"), EachDatabase("a list")]
    [EachDatabase("null for an id"), EachDatabase("an object for an id"), EachDatabase("an empty id"), EachDatabase("a blank id"), EachDatabase("an id of 2 000 characters")]
    [EachDatabase("an id with a NUL"), EachDatabase("an id with half a character"), EachDatabase("a redirect"), EachDatabase("a megabyte"), EachDatabase("409 without an id")]
    public async Task Who_converts_waits_somebody_is_told_and_there_is_no_customer(Database database, string answer)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.AnswerPosts(context => Answer(context, Answers[answer]));

        var id = await client.PendAsync(lead);

        await IsToldAsync(crm, client, id);
        (await client.GetAsync($"/api/leads/{lead}"))["status"].GetString().ShouldBe("NEW");
        crm.Registry.GetWell();
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.OK);
        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    [Theory]
    [EachDatabase("a page"), EachDatabase("no list"), EachDatabase("a customer without an id"), EachDatabase("a customer of somebody else"), EachDatabase("a refusal")]
    public async Task Where_a_search_tells_nothing_no_customer_is_made_until_it_does(Database database, string finding)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.AnswerPosts(_ => Results.StatusCode(503));
        var id = await client.PendAsync(lead);

        crm.Registry.Before = context => Task.FromResult(HttpMethods.IsGet(context.Request.Method) ? Answer(context, Findings[finding]) : null);
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.Accepted);

        await IsToldAsync(crm, client, id);
        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST", "GET"]);
        crm.Registry.GetWell();
        await client.LetPassAsync(id);
        await crm.GoOnAsync();
        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    [Theory, EachDatabase(401), EachDatabase(403), EachDatabase(404), EachDatabase(405)]
    public async Task Where_nobody_can_search_a_refusal_at_the_door_does_not_say_that_there_is_no_customer(Database database, int status)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.AfterMaking = StubRegistry.HangAsync;
        var id = await client.PendAsync(lead);

        crm.Registry.Before = context => Task.FromResult<IResult?>(Results.StatusCode(HttpMethods.IsGet(context.Request.Method) ? 405 : status));
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.Accepted);

        await IsToldAsync(crm, client, id);
        (await client.PatchAsync($"/api/leads/{lead}", new { firstName = "Ada" })).ShouldFail(HttpStatusCode.Conflict, "conversion-pending");
        crm.Registry.GetWell();
        await client.LetPassAsync(id);
        await crm.GoOnAsync();
        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
    }

    [Theory, EachDatabase("\"customer-1\"", "customer-1"), EachDatabase("4711", "4711")]
    public async Task A_customer_who_exists_is_adopted(Database database, string told, string customer)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.AnswerPosts(context => Answer(context, (409, $$"""{"detail":"It exists.","id":{{told}}}""")));

        var id = (await client.ConvertAsync(lead)).ShouldBe(HttpStatusCode.OK)["conversionId"].GetGuid();

        await client.ShouldBeCompletedAsync(id, lead, customer);
        (await client.ConversionAsync(id))["alertedAt"].GetString().ShouldBeNull();
        crm.ErrorsOf(id).ShouldBeEmpty();
    }

    private static async Task IsToldAsync(StubbedHost crm, Client client, Guid id)
    {
        var conversion = await client.ConversionAsync(id);
        conversion["customerId"].GetString().ShouldBeNull();
        conversion["problem"].GetString().ShouldNotBeNullOrEmpty();
        conversion["alertedAt"].GetString().ShouldNotBeNull();
        crm.ErrorsOf(id).ShouldHaveSingleItem().Message.ShouldContain("isn't getting on");
    }

    private static IResult Answer(HttpContext context, (int Status, string Body) answer)
    {
        context.Response.StatusCode = answer.Status;
        if (answer.Status == 302) context.Response.Headers.Location = "/elsewhere";
        return answer.Body.Length == 0 ? Results.Empty : Results.Bytes(Encoding.UTF8.GetBytes(answer.Body), answer.Body[0] == '<' ? "text/html" : "application/json");
    }

    private async Task<(StubbedHost Crm, Client Client, Guid Lead)> StartAsync(Database database)
    {
        var crm = await hosts.For(database);
        var client = crm.Host.NewTenant(Role.Manager);
        return (crm, client, await client.MakeAsync("leads", new { lastName = "Lovelace" }));
    }
}
