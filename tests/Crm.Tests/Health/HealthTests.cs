using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Health;

public sealed class HealthTests
{
    [Theory, EachDatabase("/health", true), EachDatabase("/health/ready", true), EachDatabase("/health/live", false)]
    public async Task Anybody_may_ask_whether_the_service_is_well(Database database, string path, bool asksTheDatabase)
    {
        var host = await Hosts.For(database);

        var answer = await host.SendPlainAsync(HttpMethod.Get, path);

        answer.ShouldBe(HttpStatusCode.OK).Headers["Content-Type"].ShouldStartWith("application/json");
        answer.Headers["Cache-Control"].ShouldContain("no-store");
        answer.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["status", "version", "checks"]);
        answer["status"].GetString().ShouldBe("healthy");
        answer["version"].GetString()!.ShouldMatch(@"^\d+\.\d+\.\d+");
        answer["checks"].EnumerateObject().Select(check => check.Name).ShouldBe(asksTheDatabase ? ["database"] : []);
        if (!asksTheDatabase) return;
        var check = answer["checks"].GetProperty("database");
        check.EnumerateObject().Select(member => member.Name).ShouldBe(["status", "durationMs"]);
        check.GetProperty("status").GetString().ShouldBe("healthy");
        check.GetProperty("durationMs").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Theory, EachDatabase("/health/database"), EachDatabase("/healthz")]
    public async Task There_is_no_other_health(Database database, string path)
    {
        var host = await Hosts.For(database);

        (await host.SendPlainAsync(HttpMethod.Get, path)).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }
}
