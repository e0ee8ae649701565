using System.Globalization;
using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Health;
using Crm.Tests.Kit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Tests.Logging;

public sealed class RequestLogTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Theory, EachDatabase]
    public async Task A_request_is_one_line_with_all_that_one_looks_for(Database database)
    {
        using var logs = new CapturedLogs();
        Client client;
        await using (var host = await logs.StartHostAsync(database, Environments.Development))
        {
            client = host.NewTenant();
            var (path, _) = await client.MakeOneAsync("leads");
            await client.GetAsync($"{path}?", ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"));
        }

        logs.Requests.Count.ShouldBe(2);
        var line = logs.Requests[1];
        line.Level.ShouldBe(LogLevel.Information);
        line.Values["Method"].ShouldBe("GET");
        line.Values["Route"].ShouldBe("/api/leads/{id:guid}");
        line.Values["Status"].ShouldBe("200");
        double.Parse(line.Values["Milliseconds"], CultureInfo.CurrentCulture).ShouldBeGreaterThan(0);
        line.Values["Tenant"].ShouldBe($"{client.TenantId}");
        line.Values["User"].ShouldBe("ada");
        line.Values["TraceId"].ShouldBe(Trace);
        line.Message.ShouldMatch($@"^GET /api/leads/{{id:guid}} 200 \d+[.,]\d ms tenant={client.TenantId} user=ada trace={Trace}$");
    }

    [Theory, EachDatabase]
    public async Task A_request_that_was_refused_is_one_line_too(Database database)
    {
        using var logs = new CapturedLogs();
        await using (var host = await logs.StartHostAsync(database, Environments.Development))
        {
            var client = host.NewTenant(Role.Viewer);
            (await client.GetAsync($"/api/leads/{Guid.CreateVersion7()}")).ShouldBe(HttpStatusCode.NotFound);
            (await client.PostAsync("/api/leads", new { lastName = "Lovelace" })).ShouldBe(HttpStatusCode.Forbidden);
            (await client.GetAsync("/api/leads?take=0")).ShouldBe(HttpStatusCode.BadRequest);
            (await client.PutAsync("/api/leads", new { })).ShouldBe(HttpStatusCode.MethodNotAllowed);
            (await client.GetAsync("/api/nothing")).ShouldBe(HttpStatusCode.NotFound);
            (await host.SendPlainAsync(HttpMethod.Get, "/api/deals")).ShouldBe(HttpStatusCode.Unauthorized);
        }

        logs.Requests.Select(line => (line.Values["Method"], line.Values["Status"], line.Level)).ShouldBe(
        [
            ("GET", "404", LogLevel.Information), ("POST", "403", LogLevel.Information), ("GET", "400", LogLevel.Information),
            ("PUT", "405", LogLevel.Information), ("GET", "404", LogLevel.Information), ("GET", "401", LogLevel.Information),
        ], ignoreOrder: true);
        logs.Requests.Select(line => line.Values["Route"]).Take(3).ShouldBe(["/api/leads/{id:guid}", "/api/leads/", "/api/leads/"], ignoreOrder: true);
        logs.Lines.ShouldAllBe(line => line.Level < LogLevel.Warning);
    }

    [Theory, EachDatabase]
    public async Task In_production_only_failures_of_ours_are_logged_as_warnings(Database database)
    {
        using var logs = new CapturedLogs();
        await using var losable = await LosableDatabase.StartAsync(database);
        await using (var host = await logs.StartHostAsync(database, Environments.Production, losable.ConnectionString))
        {
            var client = host.NewTenant();
            await client.MakeOneAsync("leads");
            await client.GetAsync("/api/leads/nothing");
            await client.PostAsync("/api/leads", new { });
            logs.Requests.ShouldBeEmpty();
            await losable.LoseAsync();
            (await client.GetAsync("/api/leads")).ShouldBe(HttpStatusCode.ServiceUnavailable);
            await losable.ReturnAsync();
        }

        var line = logs.Requests.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Warning);
        (line.Values["Method"], line.Values["Route"], line.Values["Status"]).ShouldBe(("GET", "/api/leads/", "503"));
        logs.Lines.ShouldContain(other => other.Message == "The database can't be reached" && other.Level == LogLevel.Warning);
    }

    [Theory, EachDatabase]
    public async Task What_nobody_foresaw_is_logged_under_the_trace_that_the_caller_is_told_and_tells_the_caller_nothing_else(Database database)
    {
        using var logs = new CapturedLogs();
        var clock = new BreakableClock();
        Answer answer;
        await using (var host = await logs.StartHostAsync(database, Environments.Production, clock: clock))
        {
            var client = host.NewTenant();
            await client.GetAsync("/api/me");
            clock.IsBroken = true;
            answer = await client.PostAsync("/api/leads", new { lastName = "Lovelace" });
            clock.IsBroken = false;
        }

        answer.ShouldFail(HttpStatusCode.InternalServerError, "internal-error");
        answer.Text.ShouldNotContain(nameof(BreakableClock));
        answer.Text.ShouldNotContain("spring");
        logs.Requests.ShouldHaveSingleItem().Values["TraceId"].ShouldBe(answer["traceId"].GetString());
        logs.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Exception.Contains("spring", StringComparison.Ordinal));
    }

    private sealed class BreakableClock : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException("A spring broke.") : Contracts.Json.InstantConverter.ToMicroseconds(System.GetUtcNow());
    }
}
