using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Auth;
using Crm.Contracts.Failures;
using Crm.Contracts.Members;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

/// <summary>No body at the door gives anybody more than was meant, and none that is wrong changes anything.</summary>
public sealed class EscalationTests
{
    private static readonly (HttpMethod Method, string Path, string Body)[] Bodies =
    [
        (HttpMethod.Post, "/auth/setup", """{"email":"a@crm.example","password":"nine brass umbrellas"}"""),
        (HttpMethod.Post, "/auth/sign-in", """{"email":"a@crm.example","password":"nine brass umbrellas"}"""),
        (HttpMethod.Post, "/auth/token", """{"grant_type":"password","username":"a@crm.example","password":"nine brass umbrellas"}"""),
        (HttpMethod.Post, "/auth/revoke", """{"token":"x"}"""),
        (HttpMethod.Post, "/auth/invitations/accept", """{"token":"x","password":"nine brass umbrellas"}"""),
        (HttpMethod.Put, "/auth/password", """{"currentPassword":"seven quiet bicycles","newPassword":"nine brass umbrellas"}"""),
    ];

    [Theory, EachDatabase]
    public async Task No_body_takes_a_role_a_tenant_or_a_right(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database), Role.Rep);
        using var browser = await Visitor.SignedInAsync(person);
        foreach (var (method, path, body) in Bodies)
        {
            foreach (var (member, value) in new (string, JsonNode)[] { ("role", "ADMIN"), ("roles", new JsonArray("ADMIN")), ("tenants", new JsonArray(Guid.CreateVersion7().ToString())), ("tenantId", Guid.CreateVersion7().ToString()), ("isAdmin", true), ("id", person.Id), ("Email", "b@crm.example"), ("failedCount", 0) })
            {
                var forged = JsonNode.Parse(body)!.AsObject();
                forged[member] = value;
                Findings.Fault(await browser.ChangeAsync(method, path, forged.ToJsonString()), 400, FailureCodes.Validation, $"/{member}").ShouldBeNull($"{path} {member}");
            }
        }

        (await browser.MeAsync(person.TenantId))["role"].GetString().ShouldBe("REP");
    }

    [Theory, EachDatabase]
    public async Task Bodies_that_can_not_be_read_are_told_where_they_are_wrong(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);
        foreach (var (method, path, body) in Bodies)
        {
            foreach (var text in new[] { "", "{", body[..^1], body + body, "nonsense" }) Findings.Fault(await browser.ChangeAsync(method, path, Json(text)), 400, FailureCodes.MalformedJson, "").ShouldBeNull($"{path} {text}");
            foreach (var text in new[] { "null", "[]", "1" }) Findings.Fault(await browser.ChangeAsync(method, path, Json(text)), 400, FailureCodes.Validation, "").ShouldBeNull($"{path} {text}");
            foreach (var name in JsonNode.Parse(body)!.AsObject().Select(pair => pair.Key))
            {
                foreach (var value in new[] { "null", "{}", "[]", "1", "\"\\ud800\"", "\"a\\u0000b\"", "\"\"", $"\"{new string('x', 300)}\"" })
                {
                    var spoilt = JsonNode.Parse(body)!.AsObject();
                    spoilt[name] = "(value)";
                    Findings.Fault(await browser.ChangeAsync(method, path, Json(spoilt.ToJsonString().Replace("\"(value)\"", value, StringComparison.Ordinal))), 400, FailureCodes.Validation, $"/{name}").ShouldBeNull($"{path} {name} {value}");
                }
            }
        }

        (await browser.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);

        static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
    }

    [Theory, EachDatabase]
    public async Task Every_endpoint_outside_the_API_is_at_the_door_or_shows_nothing_of_anybody_and_sessions_are_asked_for_before_bodies(Database database)
    {
        var host = await Hosts.For(database);
        var stranger = host.NewTenant();
        using var visitor = new Visitor(host);
        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>().Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal)).ToList();
        endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Door>() is null).Select(endpoint => endpoint.RoutePattern.RawText!.TrimEnd('/')).Order(StringComparer.Ordinal)
            .ShouldBe(["", "/health", "/health/live", "/health/ready", "/openapi/v1.json"]);

        var sessions = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<Door>() is { TakesSession: true }).ToList();

        sessions.Count.ShouldBe(5);
        foreach (var endpoint in sessions)
        {
            var (method, path) = (HttpMethod.Parse(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0]), endpoint.RoutePattern.RawText!);
            (await visitor.SendAsync(method, path, method == HttpMethod.Get ? null : "nonsense")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated").Headers["WWW-Authenticate"].ShouldBe("Bearer");
            (await visitor.SendAsync(method, path, method == HttpMethod.Get ? null : "nonsense", stranger.Bearer())).ShouldFail(HttpStatusCode.Forbidden, "session-required");
        }
    }

    [Theory, EachDatabase]
    public async Task The_sessions_of_one_account_say_nothing_of_another(Database database)
    {
        var host = await Hosts.For(database);
        var (one, other) = (await Person.MakeAsync(host), await Person.MakeAsync(host));
        using var mine = await Visitor.SignedInAsync(one);
        using var theirs = await Visitor.SignedInAsync(other);

        (await mine.ChangeAsync(HttpMethod.Post, "/auth/sign-out-everywhere", null)).ShouldBe(HttpStatusCode.NoContent);

        (await theirs.SendAsync(HttpMethod.Get, "/auth/me"))["id"].GetString().ShouldBe(other.Id);
        (await mine.SendAsync(HttpMethod.Get, "/auth/me")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }
}
