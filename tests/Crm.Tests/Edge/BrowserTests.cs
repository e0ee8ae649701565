using System.Net;
using System.Text.RegularExpressions;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Shouldly;
using Xunit;

namespace Crm.Tests.Edge;

/// <summary>What browsers are told.</summary>
public sealed partial class BrowserTests
{
    private const string Ours = "https://app.example.com";
    private static readonly (string, string)[] Preflight = [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization,x-tenant-id")];

    [Theory, EachDatabase]
    public async Task Every_answer_of_every_operation_has_the_headers_that_keep_browsers_in_check(Database database)
    {
        var host = await Hosts.For(database);
        var world = await World.MakeAsync(host.NewTenant(), $"user-{Guid.CreateVersion7():N}");
        foreach (var operation in Operation.All(host))
        {
            foreach (var headers in new (string, string)[][] { [world.Client.Bearer(), PlainRequests.Tenant(world.Client.TenantId)], [PlainRequests.Bearer("nonsense")], [world.Client.Bearer()] })
            {
                var path = operation.PathIds.Count == 0 ? operation.Path : operation.PathWith(Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), world)![0]);
                ShouldKeepInCheck(await host.SendPlainAsync(new HttpMethod(operation.Method), path, null, headers), operation.Name, operation.IsBelowApi);
            }
        }

        foreach (var path in new[] { "/docs/index.html", "/docs/swagger-ui-bundle.js", "/nothing", "/api/nothing" })
        {
            ShouldKeepInCheck(await host.SendPlainAsync(HttpMethod.Get, path), path, path.StartsWith("/api", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_docs_run_no_script_that_stands_in_the_page()
    {
        var host = await Hosts.For(Database.Sqlite);

        var page = await host.SendPlainAsync(HttpMethod.Get, "/docs/index.html");

        page.Headers["Content-Security-Policy"].ShouldContain("script-src 'self';");
        InlineScript().Matches(page.Text).ShouldBeEmpty();
        page.Text.ShouldNotContain("http:");
        page.Text.ShouldNotContain("https:");
    }

    [Fact]
    public async Task Only_over_https_are_browsers_told_to_stay_there()
    {
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, null, ("Proxy:Known", "127.0.0.1"));

        (await host.SendPlainAsync(HttpMethod.Get, "/api/me", null, ("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-Proto", "https"))).Headers["Strict-Transport-Security"].ShouldBe("max-age=31536000");
        (await host.SendPlainAsync(HttpMethod.Get, "/api/me")).Headers.Keys.ShouldNotContain("Strict-Transport-Security");
        (await (await Hosts.For(Database.Sqlite)).SendPlainAsync(HttpMethod.Get, "/api/me", null, ("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-Proto", "https"))).Headers.Keys.ShouldNotContain("Strict-Transport-Security");
    }

    [Fact]
    public async Task By_default_no_other_origin_is_let_in()
    {
        var client = (await Hosts.For(Database.Sqlite)).NewTenant();

        (await client.Host.SendPlainAsync(HttpMethod.Options, "/api/leads", null, [("Origin", Ours), .. Preflight])).ShouldBe(HttpStatusCode.Unauthorized);
        var answer = (await client.GetAsync("/api/leads", ("Origin", Ours))).ShouldBe(HttpStatusCode.OK);

        answer.Headers.Keys.ShouldAllBe(name => !name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory, EachDatabase]
    public async Task An_origin_that_is_set_may_call_every_operation_and_no_other_may(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, null, ("Cors:Origins", $"{Ours}, http://localhost:5173"));
        var client = host.NewTenant();
        foreach (var path in Operation.Api(host).Select(operation => operation.PathWith($"{Guid.CreateVersion7()}")).Distinct())
        {
            var allowed = (await host.SendPlainAsync(HttpMethod.Options, path, null, [("Origin", Ours), .. Preflight])).ShouldBe(HttpStatusCode.NoContent);
            allowed.Headers["Access-Control-Allow-Origin"].ShouldBe(Ours);
            allowed.Headers["Access-Control-Allow-Methods"].ShouldContain("PATCH");
            allowed.Headers["Access-Control-Allow-Headers"].ShouldContain("X-Tenant-Id");
            allowed.Headers["Vary"].ShouldContain("Origin");
            allowed.Headers.Keys.ShouldNotContain("Access-Control-Allow-Credentials");
            foreach (var origin in new[] { "https://evil.example.com", "https://app.example.com.evil.example", "http://app.example.com", "null", "https://app.example.com:444" })
            {
                var refused = (await host.SendPlainAsync(HttpMethod.Options, path, null, [("Origin", origin), .. Preflight])).ShouldBe(HttpStatusCode.Unauthorized);
                refused.Headers.Keys.ShouldNotContain("Access-Control-Allow-Origin");
                refused.Headers["Vary"].ShouldContain("Origin");
            }
        }

        (await host.SendPlainAsync(HttpMethod.Options, "/api/leads", null, ("Origin", Ours))).ShouldBe(HttpStatusCode.Unauthorized); // no preflight
        var answer = (await client.GetAsync("/api/leads", ("Origin", "http://localhost:5173"))).ShouldBe(HttpStatusCode.OK);
        answer.Headers["Access-Control-Allow-Origin"].ShouldBe("http://localhost:5173");
        answer.Headers["Access-Control-Expose-Headers"].ShouldContain("ETag");
        (await client.GetAsync("/api/leads", ("Origin", "https://evil.example.com"))).Headers.Keys.ShouldNotContain("Access-Control-Allow-Origin");
        (await client.GetAsync("/api/leads?take=0", ("Origin", Ours))).ShouldBe(HttpStatusCode.BadRequest).Headers["Access-Control-Allow-Origin"].ShouldBe(Ours);
    }

    private static void ShouldKeepInCheck(Answer answer, string what, bool isApi)
    {
        var headers = answer.Headers;
        headers.GetValueOrDefault("X-Content-Type-Options").ShouldBe("nosniff", what);
        headers.GetValueOrDefault("X-Frame-Options").ShouldBe("DENY", what);
        headers.GetValueOrDefault("Referrer-Policy").ShouldBe("no-referrer", what);
        headers.GetValueOrDefault("Cross-Origin-Opener-Policy").ShouldBe("same-origin", what);
        headers.GetValueOrDefault("Cross-Origin-Resource-Policy").ShouldBe("same-origin", what);
        headers.GetValueOrDefault("Permissions-Policy").ShouldNotBeNull(what).ShouldContain("camera=()");
        var policy = headers.GetValueOrDefault("Content-Security-Policy").ShouldNotBeNull(what);
        policy.ShouldStartWith("default-src 'none';", customMessage: what);
        policy.ShouldContain("frame-ancestors 'none'", customMessage: what);
        if (!isApi) return;
        policy.ShouldNotContain("'self'", customMessage: what);
        headers.GetValueOrDefault("Cache-Control").ShouldBeOneOf("no-store", "no-store, no-cache", "private, no-cache", "no-cache, private"); // the client writes them in its own order
    }

    [GeneratedRegex(@"<script(?![^>]*\ssrc=)|\son\w+=|javascript:", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex InlineScript();
}
