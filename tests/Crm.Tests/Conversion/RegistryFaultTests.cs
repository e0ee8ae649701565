using System.Globalization;
using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A registry that is slow, away or at its end: the conversion waits, nobody changes the lead meanwhile, and it completes once.</summary>
public sealed class RegistryFaultTests(StubbedHosts hosts) : IClassFixture<StubbedHosts>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>What it does instead of answering, and how many seconds it is left alone then at the least.</summary>
    private static readonly Dictionary<string, (Func<HttpContext, Task<IResult?>> Instead, int Least)> Faults = new(StringComparer.Ordinal)
    {
        ["500"] = (context => AnswerAsync(context, 500, null), 0),
        ["503 for half a minute"] = (context => AnswerAsync(context, 503, "30"), 30),
        ["503 for a day"] = (context => AnswerAsync(context, 503, "86400"), 299),
        ["429"] = (context => AnswerAsync(context, 429, null), 0),
        ["429 for half a minute"] = (context => AnswerAsync(context, 429, "30"), 30),
        ["429 until an instant"] = (context => AnswerAsync(context, 429, Now.AddSeconds(60).ToString("R", CultureInfo.InvariantCulture)), 50),
        ["429 until an instant that has passed"] = (context => AnswerAsync(context, 429, Now.AddDays(-1).ToString("R", CultureInfo.InvariantCulture)), 0),
        ["a dropped connection"] = (context => { context.Abort(); return Task.FromResult<IResult?>(Results.Empty); }, 0),
        ["no answer"] = (StubRegistry.HangAsync, 0),
    };

    [Theory]
    [EachDatabase("500"), EachDatabase("503 for half a minute"), EachDatabase("503 for a day"), EachDatabase("429"), EachDatabase("429 for half a minute")]
    [EachDatabase("429 until an instant"), EachDatabase("429 until an instant that has passed"), EachDatabase("a dropped connection"), EachDatabase("no answer")]
    public async Task What_the_registry_cannot_do_now_is_done_later(Database database, string fault)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.Before = Faults[fault].Instead;
        var before = Now;

        var answer = (await client.ConvertAsync(lead)).ShouldBe(HttpStatusCode.Accepted);

        var id = answer["conversionId"].GetGuid();
        answer.Headers["Location"].ShouldBe($"/api/conversions/{id}");
        answer["state"].GetString().ShouldBe("PENDING");
        answer["problem"].GetString().ShouldNotBeNullOrEmpty();
        answer["lead"].GetProperty("status").GetString().ShouldBe("NEW");
        answer["nextAttemptAt"].GetDateTimeOffset().ShouldBeInRange(before.AddSeconds(Faults[fault].Least), Now + LongestWait);
        await CannotBeTouchedAsync(client, lead, id);

        crm.Registry.GetWell();
        await client.LetPassAsync(id);
        await crm.GoOnAsync();

        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST", "GET", "POST"]);
    }

    [Theory, EachDatabase(false), EachDatabase(true)]
    public async Task What_was_made_though_the_answer_never_came_is_found_and_not_made_again(Database database, bool ignoresKeys)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.IgnoresKeys = ignoresKeys;
        crm.Registry.AfterMaking = StubRegistry.HangAsync;
        var id = await client.PendAsync(lead);
        var made = crm.Registry.MadeOf(lead).ShouldHaveSingleItem();

        crm.Registry.AfterMaking = _ => Task.CompletedTask;
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.OK);

        await client.ShouldBeCompletedAsync(id, lead, made);
        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST", "GET"]);
        crm.Registry.MadeOf(lead).ShouldBe([made]);
    }

    [Theory, EachDatabase]
    public async Task A_registry_that_cannot_be_searched_makes_one_by_the_key(Database database)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.AfterMaking = StubRegistry.HangAsync;
        var id = await client.PendAsync(lead);

        crm.Registry.GetWell();
        crm.Registry.Before = context => Task.FromResult(HttpMethods.IsGet(context.Request.Method) ? Results.StatusCode(405) : null);
        (await client.PostAsync($"/api/conversions/{id}/retry")).ShouldBe(HttpStatusCode.OK);

        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());
        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST", "GET", "POST"]);
    }

    [Theory, EachDatabase]
    public async Task Who_asks_again_before_it_is_due_gets_the_same_conversion_and_asks_nobody(Database database)
    {
        var (crm, client, lead) = await StartAsync(database);
        crm.Registry.Before = Faults["429 for half a minute"].Instead;
        var id = await client.PendAsync(lead);

        (await client.PendAsync(lead)).ShouldBe(id);
        await crm.GoOnAsync();

        crm.Registry.MethodsFor(client.TenantId).ShouldBe(["POST"]);
        (await client.As(Role.Rep, "rep").PostAsync($"/api/conversions/{id}/retry")).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
    }

    private static async Task CannotBeTouchedAsync(Client client, Guid lead, Guid conversionId)
    {
        foreach (var refused in (Answer[])[
            await client.PatchAsync($"/api/leads/{lead}", new { firstName = "Ada" }),
            await client.PutAsync($"/api/leads/{lead}", new { lastName = "Byron" }),
            await client.DeleteAsync($"/api/leads/{lead}"),
        ])
        {
            refused.ShouldFail(HttpStatusCode.Conflict, "conversion-pending")["conversionId"].GetGuid().ShouldBe(conversionId);
        }
    }

    private static Task<IResult?> AnswerAsync(HttpContext context, int status, string? retryAfter)
    {
        context.Response.Headers.RetryAfter = retryAfter;
        return Task.FromResult<IResult?>(Results.Problem("Not now.", statusCode: status));
    }

    /// <summary>Begins with a call that succeeds, so that in no order of the tests enough fail for the registry to be left alone.</summary>
    private async Task<(StubbedHost Crm, Client Client, Guid Lead)> StartAsync(Database database)
    {
        var crm = await hosts.For(database);
        var other = crm.Host.NewTenant();
        (await other.ConvertAsync(await other.MakeAsync("leads", new { lastName = "Byron" }))).ShouldBe(HttpStatusCode.OK);
        var client = crm.Host.NewTenant(Role.Manager);
        return (crm, client, await client.MakeAsync("leads", new { lastName = "Lovelace" }));
    }
}
