using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Edge;

public sealed class FairShareTests
{
    private const string Me = "/api/me";

    [Theory, EachDatabase]
    public async Task A_tenant_whose_turns_are_taken_waits_and_too_many_who_wait_are_refused_while_others_are_served(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, null, ("RateLimit:TenantAtOnce", "1"), ("RateLimit:TenantQueue", "1"));
        var client = host.NewTenant();
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        var slow = await SlowRequest.BeginAsync(client);
        var begun = Stopwatch.StartNew();
        var waiting = new List<Task<Answer>>();
        Answer? refused = null;
        while (refused is null)
        {
            if (begun.Elapsed > TimeSpan.FromSeconds(3))
            {
                // It was refused itself, or is about to be for its slowness.
                slow.Dispose();
                slow = await SlowRequest.BeginAsync(client);
                begun.Restart();
            }

            // One waits for the turn that the slow one has; as long as that hasn't got it, requests are answered.
            waiting = [client.GetAsync(Me), client.GetAsync(Me)];
            var first = await Task.WhenAny(waiting);
            waiting.Remove(first);
            if ((await first).Status != HttpStatusCode.TooManyRequests)
            {
                await Task.WhenAll(waiting);
                continue;
            }

            // Refused, but perhaps because the slow one waited behind the other: then the other is answered.
            for (var i = 0; i < 5; i++) (await host.NewTenant().GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
            if (!waiting[0].IsCompleted) refused = await first;
        }

        refused.ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited");
        refused.Headers["Retry-After"].ShouldBe("1");
        waiting.ShouldHaveSingleItem().IsCompleted.ShouldBeFalse();

        (await slow.EndAsync()).ShouldStartWith("HTTP/1.1 201");
        slow.Dispose();
        (await waiting[0]).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_user_with_slow_requests_keeps_no_colleague_waiting(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, null, ("RateLimit:TenantAtOnce", "2"), ("RateLimit:TenantQueue", "0"));
        var slow = host.NewTenant();
        (await slow.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        var colleague = slow.As(Role.Rep, "colleague");
        (await colleague.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        var begun = new List<SlowRequest>();
        try
        {
            // One of them has the user's turn once request after request is refused; a single one may have met the end of the one before it.
            for (var refused = 0; refused < 20;)
            {
                begun.Add(await SlowRequest.BeginAsync(slow));
                for (refused = 0; refused < 20 && (await slow.GetAsync(Me)).Status == HttpStatusCode.TooManyRequests;) refused++;
            }

            for (var i = 0; i < 20; i++) (await ServedAsync()).ShouldBeTrue();
        }
        finally
        {
            begun.ForEach(request => request.Dispose());
        }

        async Task<bool> ServedAsync()
        {
            for (var tries = 0; tries < 100; tries++)
            {
                if ((await colleague.GetAsync(Me)).Status == HttpStatusCode.OK) return true;
            }

            return false;
        }
    }

    [Theory, EachDatabase]
    public async Task A_client_that_goes_away_gives_its_turn_back(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, null, ("RateLimit:TenantAtOnce", "1"), ("RateLimit:TenantQueue", "0"));
        var client = host.NewTenant();
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        for (var hasTurn = false; !hasTurn;)
        {
            using var slow = await SlowRequest.BeginAsync(client);
            // It was refused itself where a request of this loop had the turn: then another begins.
            for (var tries = 0; tries < 50 && !hasTurn; tries++) hasTurn = (await client.GetAsync(Me)).Status == HttpStatusCode.TooManyRequests;
        }

        while ((await client.GetAsync(Me)).Status == HttpStatusCode.TooManyRequests) await Task.Delay(10, TestContext.Current.CancellationToken);
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_flood_of_one_tenant_costs_the_others_no_request(Database database)
    {
        await using var host = await LimitedHost.StartAsync(
            database, null, ("RateLimit:TenantPerMinute", "3000"), ("RateLimit:UserPerMinute", "3000"), ("RateLimit:TenantAtOnce", "4"), ("RateLimit:TenantQueue", "8"));
        var flooding = host.NewTenant();
        Client[] others = [host.NewTenant(), host.NewTenant(), host.NewTenant()];
        foreach (var client in (Client[])[flooding, .. others]) (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        using var stop = new CancellationTokenSource();
        var flood = Task.WhenAll(Enumerable.Range(0, 48).Select(worker => Task.Run(async () =>
        {
            var seen = new List<HttpStatusCode>();
            while (!stop.IsCancellationRequested) seen.Add((await (worker % 2 == 0 ? flooding.GetAsync("/api/leads") : flooding.PostAsync("/api/leads", new { lastName = "Flood" }))).Status);
            return seen;
        })));

        var served = await Task.WhenAll(others.Select(client => Task.Run(async () =>
        {
            var seen = new List<HttpStatusCode>();
            for (var i = 0; i < 60; i++) seen.Add((await (i % 2 == 0 ? client.GetAsync("/api/leads") : client.PostAsync("/api/leads", new { lastName = "Quiet" }))).Status);
            return seen;
        })));
        await stop.CancelAsync();
        var flooded = (await flood).SelectMany(seen => seen).ToList();

        served.SelectMany(seen => seen).ShouldAllBe(status => status == HttpStatusCode.OK || status == HttpStatusCode.Created);
        flooded.Distinct().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.TooManyRequests], ignoreOrder: true);
    }

    /// <summary>A request whose body is still to come: it is being worked on for as long as a test likes.</summary>
    private sealed class SlowRequest(TcpClient connection) : IDisposable
    {
        private const string Body = """{"lastName":"Lovelace"}""";

        public static async Task<SlowRequest> BeginAsync(Client client)
        {
            var connection = new TcpClient();
            await connection.ConnectAsync(client.Host.Address.Host, client.Host.Address.Port);
            var (name, value) = client.Bearer();
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/leads HTTP/1.1\r\nHost: {client.Host.Address.Authority}\r\nConnection: close\r\n{name}: {value}\r\nX-Tenant-Id: {client.TenantId}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n"));
            return new SlowRequest(connection);
        }

        public async Task<string> EndAsync()
        {
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Body));
            using var reader = new StreamReader(connection.GetStream());
            return await reader.ReadToEndAsync();
        }

        public void Dispose() => connection.Dispose();
    }
}
