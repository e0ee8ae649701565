using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Services.Conversion;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>What the registry is sent, and what of it nobody else hears.</summary>
public sealed class RegistryCallTests
{
    private const string Key = "canary-4c1f7d2e9b";

    [Theory, EachDatabase]
    public async Task Each_attempt_sends_the_same_under_the_same_key_and_trace(Database database)
    {
        await using var crm = await StubbedHost.StartAsync(database, ("Registry:ApiKey", Key));
        var client = crm.Host.NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new
        {
            firstName = "Zoë",
            lastName = "Brückner 😀 <&\">",
            email = "zoe@example.com",
            phone = "+49 30 1234567",
            jobTitle = "Analyst",
            companyName = "Example",
            companyWebsite = "https://example.com",
            companyIndustry = "Engines",
            companySize = "51-200",
            description = "Nobody's business",
            estimatedValue = 12.5m,
        });
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        crm.Registry.AnswerPosts(_ => Results.StatusCode(503));
        var id = (await client.ConvertAsync(lead, ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"))).ShouldBe(HttpStatusCode.Accepted)["conversionId"].GetGuid();
        await client.LetPassAsync(id);
        await crm.GoOnAsync();
        await client.LetPassAsync(id);
        crm.Registry.GetWell();
        await crm.GoOnAsync();
        await client.ShouldBeCompletedAsync(id, lead, crm.Registry.MadeOf(lead).ShouldHaveSingleItem());

        var asked = crm.Registry.Asked.ToList();
        asked.Select(ask => ask.Method).ShouldBe(["POST", "GET", "POST", "GET", "POST"]);
        foreach (var (method, path, headers, body) in asked)
        {
            path.ShouldBe("/api/customers");
            headers["X-Tenant-Id"].ToString().ShouldBe($"{client.TenantId}");
            headers.Authorization.ToString().ShouldBe($"Bearer {Key}");
            headers.TraceParent.ToString().ShouldStartWith($"00-{trace}-");
            if (method == "GET") continue;
            headers["Idempotency-Key"].ToString().ShouldBe($"{id}");
            MediaTypeHeaderValue.Parse(headers.ContentType.ToString()).MediaType.ShouldBe("application/json");
            body.ShouldBe(asked[0].Body);
        }

        Members(asked[0].Body).ShouldBe([
            ("externalReference", $"lead:{lead}"), ("firstName", "Zoë"), ("lastName", "Brückner 😀 <&\">"), ("email", "zoe@example.com"), ("phone", "+49 30 1234567"), ("jobTitle", "Analyst"),
            ("company.name", "Example"), ("company.website", "https://example.com"), ("company.industry", "Engines"), ("company.size", "51-200"),
        ]);
    }

    [Theory, EachDatabase]
    public async Task What_the_lead_does_not_say_is_left_out(Database database)
    {
        await using var crm = await StubbedHost.StartAsync(database);
        var client = crm.Host.NewTenant(Role.Rep);
        var (bare, employed) = (await client.MakeAsync("leads", new { lastName = "Lovelace" }), await client.MakeAsync("leads", new { lastName = "Byron", companySize = "12" }));

        (await client.ConvertAsync(bare)).ShouldBe(HttpStatusCode.OK);
        (await client.ConvertAsync(employed)).ShouldBe(HttpStatusCode.OK);

        crm.Registry.Asked.Select(ask => ask.Body).ShouldBe([
            $$"""{"externalReference":"lead:{{bare}}","lastName":"Lovelace"}""",
            $$$"""{"externalReference":"lead:{{{employed}}}","lastName":"Byron","company":{"size":"12"}}""",
        ]);
        crm.Registry.Asked.ShouldAllBe(ask => !ask.Headers.ContainsKey("Authorization"));
    }

    [Theory, EachDatabase]
    public async Task The_secret_is_told_to_the_registry_alone_even_if_that_repeats_it(Database database)
    {
        await using var crm = await StubbedHost.StartAsync(database, ("Registry:ApiKey", Key), ("Logging:LogLevel:Default", "Trace"));
        var client = crm.Host.NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var answers = new List<Answer>();
        foreach (var instead in (Func<HttpContext, IResult>[])[
            context => Results.Problem($"{context.Request.Headers.Authorization} is no key of ours.", statusCode: 401),
            context => Results.Problem($"{context.Request.Headers.Authorization} is broken.", statusCode: 503),
            context => Results.Json(new { context.Request.Headers.Authorization }, statusCode: 201),
            context =>
            {
                context.Abort();
                return Results.Empty;
            },
        ])
        {
            crm.Registry.AnswerPosts(instead);
            answers.Add(await client.ConvertAsync(lead));
            var id = answers[^1]["conversionId"].GetGuid();
            answers.Add(await client.PostAsync($"/api/conversions/{id}/retry"));
            answers.Add(await client.ConversionAsync(id));
        }

        crm.Registry.Asked.ShouldAllBe(ask => ask.Headers.Authorization.ToString().Contains(Key));
        answers.Select(answer => answer.Status).Distinct().ShouldBe([HttpStatusCode.UnprocessableEntity, HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.Accepted]);
        answers.ShouldAllBe(answer => !answer.Text.Contains(Key));
        crm.Logs.Lines.ShouldNotBeEmpty();
        crm.Logs.Lines.ShouldAllBe(line => !line.Whole.Contains(Key));
    }

    [Theory, EachDatabase]
    public async Task What_the_registry_says_of_a_person_is_not_logged(Database database)
    {
        await using var crm = await StubbedHost.StartAsync(database);
        var client = crm.Host.NewTenant(Role.Manager);
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        crm.Registry.Before = _ => Task.FromResult<IResult?>(Results.Problem("Ada Lovelace <canary@example.com> is being merged.", statusCode: 429));
        var id = await client.PendAsync(lead);
        for (var attempt = 2; attempt <= 5; attempt++)
        {
            await client.LetPassAsync(id);
            await crm.GoOnAsync();
        }

        (await client.ConversionAsync(id))["problem"].GetString()!.ShouldContain("canary@example.com");
        crm.ErrorsOf(id).Count.ShouldBe(1);
        crm.Logs.Lines.ShouldAllBe(line => !line.Whole.Contains("canary"));
    }

    [Theory]
    [InlineData("", ""), InlineData("", "/"), InlineData("/registry/v2", ""), InlineData("/registry/v2", "/")]
    public async Task The_address_may_have_a_path_and_may_end_in_a_slash(string path, string end)
    {
        await using var stub = await StubRegistry.StartAsync(path);
        using var registry = new RemoteRegistry(new RegistrySettings { BaseUrl = new Uri($"{stub.Address.GetLeftPart(UriPartial.Authority)}{path}{end}") }, TimeProvider.System, NullLogger<RemoteRegistry>.Instance);
        var id = Guid.CreateVersion7();
        var request = new RegistryRequest(id, $"{id}", $"lead:{id}", $$"""{"externalReference":"lead:{{id}}"}""");

        var made = (await registry.RegisterAsync(request, TestContext.Current.CancellationToken)).ShouldBeOfType<RegistryAnswer.Customer>();

        (await registry.FindAsync(request, TestContext.Current.CancellationToken)).ShouldBe(made);
        stub.Asked.ShouldAllBe(ask => ask.Path == $"{stub.Path}/api/customers");
    }

    private static List<(string Name, string Value)> Members(string body) =>
        [.. JsonSerializer.Deserialize<JsonElement>(body).EnumerateObject().SelectMany(member => member.Value.ValueKind == JsonValueKind.Object
            ? member.Value.EnumerateObject().Select(inner => ($"{member.Name}.{inner.Name}", inner.Value.GetString()!))
            : [(member.Name, member.Value.GetString()!)])];
}
