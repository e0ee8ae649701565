using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;
using static Crm.Tests.Kit.PlainRequests;

namespace Crm.Tests.Http;

public sealed class ProblemTests
{
    [Theory, EachDatabase]
    public async Task A_problem_has_every_member_that_a_client_may_rely_on(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var problem = await client.PostAsync("/api/deals", new { name = "Engine", value = -1 });

        problem.ShouldBe(HttpStatusCode.BadRequest);
        problem.Headers["Content-Type"].ShouldStartWith("application/problem+json");
        problem["type"].GetString().ShouldBe("/problems/validation-failed");
        problem["title"].GetString().ShouldBe("Validation failed");
        problem["status"].GetInt32().ShouldBe(400);
        problem["detail"].GetString().ShouldBe("/value must be at least 0. Nothing was changed.");
        problem["instance"].GetString().ShouldBe("/api/deals");
        problem["code"].GetString().ShouldBe("validation-failed");
        problem["traceId"].GetString()!.ShouldMatch("^[0-9a-f]{32}$");
        problem["errors"].GetProperty("/value")[0].GetString().ShouldBe("must be at least 0");
        problem.Headers["Cache-Control"].ShouldContain("no-store");
    }

    [Theory, EachDatabase]
    public async Task A_problem_bears_the_trace_that_the_caller_began_and_else_one_of_its_own(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var path = $"/api/leads/{Guid.CreateVersion7()}";

        var given = await client.GetAsync(path, ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        var malformed = await client.GetAsync(path, ("traceparent", "00-xyz"));
        var own = await client.GetAsync(path);

        given["traceId"].GetString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        malformed["traceId"].GetString()!.ShouldMatch("^[0-9a-f]{32}$");
        own["traceId"].GetString().ShouldNotBe(malformed["traceId"].GetString());
    }

    [Theory, EachDatabase("/api/contacts"), EachDatabase("/api/leads/not-an-id"), EachDatabase("/api"), EachDatabase("/api/leads/019aa000-0000-7000-8000-000000000000/secrets")]
    public async Task A_path_where_nothing_is_is_a_404_problem(Database database, string path)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.GetAsync(path);

        answer.ShouldFail(HttpStatusCode.NotFound, "not-found")["instance"].GetString().ShouldBe(path);
    }

    [Theory, EachDatabase("PUT", "/api/leads", "GET, POST"), EachDatabase("POST", "/api/leads/019aa000-0000-7000-8000-000000000000", "DELETE, GET, PATCH, PUT"), EachDatabase("GET", "/api/tasks/019aa000-0000-7000-8000-000000000000/complete", "DELETE, PUT")]
    public async Task A_method_that_a_path_does_not_have_is_405_and_told_which_it_has(Database database, string method, string path, string allowed)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.SendAsync(HttpMethod.Parse(method), path, null);

        answer.ShouldFail(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        answer.Headers["Allow"].Split(", ").Order(StringComparer.Ordinal).ShouldBe(allowed.Split(", "));
    }

    [Theory, EachDatabase]
    public async Task A_request_without_a_token_is_a_401_problem_that_asks_for_one(Database database)
    {
        var host = await Hosts.For(database);

        var answer = await host.SendPlainAsync(HttpMethod.Get, "/api/leads");

        answer.ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated")["status"].GetInt32().ShouldBe(401);
        answer.Headers["WWW-Authenticate"].ShouldBe("Bearer");
        answer["detail"].GetString().ShouldBe("This takes a token: send it as Authorization: Bearer <token>.");
    }

    [Theory, EachDatabase]
    public async Task A_token_that_is_none_is_a_401_problem_that_says_so(Database database)
    {
        var host = await Hosts.For(database);

        var answer = await host.SendPlainAsync(HttpMethod.Get, "/api/leads", null, Bearer("nonsense"));

        answer.ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        answer.Headers["WWW-Authenticate"].ShouldBe("Bearer error=\"invalid_token\"");
    }

    [Theory, EachDatabase]
    public async Task A_tenant_that_the_token_may_not_act_for_is_a_403_problem(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.Host.SendPlainAsync(HttpMethod.Get, "/api/leads", null, client.Bearer(), Tenant(Guid.CreateVersion7()));

        answer.ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden")["detail"].GetString().ShouldBe("The token may not act for this tenant. Send one of its own in X-Tenant-Id.");
    }

    [Theory, EachDatabase(null, "is missing"), EachDatabase("acme", "is no UUID")]
    public async Task A_tenant_that_is_not_named_is_a_400_problem_that_says_how(Database database, string? tenant, string fault)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.Host.SendPlainAsync(HttpMethod.Get, "/api/leads", null, tenant is null ? [client.Bearer()] : [client.Bearer(), ("X-Tenant-Id", tenant)]);

        answer.ShouldFail(HttpStatusCode.BadRequest, "tenant-required")["detail"].GetString()!.ShouldStartWith($"X-Tenant-Id {fault}.");
    }

    [Theory, EachDatabase]
    public async Task A_viewer_who_writes_is_told_which_role_it_takes(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Viewer);

        var answer = await client.PostAsync("/api/leads", new { lastName = "Lovelace" });

        answer.ShouldFail(HttpStatusCode.Forbidden, "role-forbidden")["detail"].GetString().ShouldBe("This takes the role REP; yours is VIEWER.");
        (await client.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_body_that_is_no_JSON_is_told_where_it_breaks(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PostAsync("/api/leads", "{ \"lastName\": Lovelace }");

        answer.ShouldFail(HttpStatusCode.BadRequest, "malformed-json");
        answer["detail"].GetString()!.ShouldContain("at line 1, byte 15");
    }

    [Theory, EachDatabase]
    public async Task A_body_that_is_not_called_JSON_is_415(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.Host.SendPlainAsync(HttpMethod.Post, "/api/leads", ("lastName=Lovelace", "application/x-www-form-urlencoded"), client.Bearer(), Tenant(client.TenantId));

        answer.ShouldFail(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }
}
