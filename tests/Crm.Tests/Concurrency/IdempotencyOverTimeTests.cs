using System.Net;
using System.Net.Sockets;
using System.Text;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Concurrency;

/// <summary>Keys across a restart, a day, a crash and a client that hangs up.</summary>
public sealed class IdempotencyOverTimeTests
{
    private const string Header = "Idempotency-Key";
    private static readonly object Body = new { lastName = "Lovelace" };

    [Theory, EachDatabase]
    public async Task An_answer_is_replayed_byte_for_byte_after_a_restart(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        Guid tenant;
        Answer first;
        await using (var host = await CrmHost.StartAsync(database, connection))
        {
            var client = host.NewTenant();
            tenant = client.TenantId;
            first = (await client.PostAsync("/api/leads", Body, (Header, "one"))).ShouldBe(HttpStatusCode.Created);
        }

        await using var again = await CrmHost.StartAsync(database, connection);
        var replayed = await new Client(again, tenant, "ada", Role.Admin).PostAsync("/api/leads", Body, (Header, "one"));

        replayed.ShouldBe(HttpStatusCode.Created).Bytes.ShouldBe(first.Bytes);
        foreach (var header in new[] { "Location", "ETag", "Content-Type", "Cache-Control" }) replayed.Headers[header].ShouldBe(first.Headers[header]);
        (await new Client(again, tenant, "ada", Role.Admin).GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_key_is_free_again_after_a_day_and_forgotten_keys_go(Database database)
    {
        var clock = new MovableClock();
        await using var host = await StartAsync(database, clock);
        var client = host.NewTenant();
        var first = (await client.PostAsync("/api/leads", Body, (Header, "one"))).ShouldBe(HttpStatusCode.Created);

        clock.Advance(TimeSpan.FromHours(23.9));
        (await client.PostAsync("/api/leads", Body, (Header, "one"))).ShouldBe(HttpStatusCode.Created).Id.ShouldBe(first.Id);

        clock.Advance(TimeSpan.FromHours(0.2));
        var second = (await client.PostAsync("/api/leads", new { lastName = "Babbage" }, (Header, "one"))).ShouldBe(HttpStatusCode.Created);
        second.Id.ShouldNotBe(first.Id);
        (await client.PostAsync("/api/leads", new { lastName = "Babbage" }, (Header, "one"))).ShouldBe(HttpStatusCode.Created).Id.ShouldBe(second.Id);

        clock.Advance(TimeSpan.FromHours(25));
        (await client.PostAsync("/api/leads", Body, (Header, "two"))).ShouldBe(HttpStatusCode.Created);
        (await host.QueryAsync(client.TenantId, db => db.IdempotencyKeys.CountAsync())).ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Forgetting_old_keys_disturbs_no_request_with_a_new_one(Database database)
    {
        var clock = new MovableClock();
        await using var host = await StartAsync(database, clock);
        var client = host.NewTenant();
        for (var i = 0; i < 50; i++) (await client.PostAsync("/api/leads", Body, (Header, $"old {i}"))).ShouldBe(HttpStatusCode.Created);
        clock.Advance(TimeSpan.FromHours(25));

        var answers = await Race.OfAsync(50, i => client.PostAsync("/api/leads", Body, (Header, $"new {i}")));

        foreach (var answer in answers) answer.ShouldBe(HttpStatusCode.Created);
        (await host.QueryAsync(client.TenantId, db => db.IdempotencyKeys.CountAsync())).ShouldBe(50);
    }

    [Theory, EachDatabase]
    public async Task A_claim_whose_process_died_is_taken_over_by_one_once_it_has_run_out(Database database)
    {
        var clock = new MovableClock();
        await using var host = await StartAsync(database, clock);
        var client = host.NewTenant();
        (await client.PostAsync("/api/leads", Body, (Header, "one"))).ShouldBe(HttpStatusCode.Created);
        // What a process leaves that died between the claim and the answer: the claim alone.
        await host.QueryAsync(client.TenantId, db => db.IdempotencyKeys.ExecuteUpdateAsync(set => set
            .SetProperty(k => k.Status, (int?)null).SetProperty(k => k.Headers, (string?)null).SetProperty(k => k.Body, (byte[]?)null)));

        (await client.PostAsync("/api/leads", Body, (Header, "one"))).ShouldFail(HttpStatusCode.Conflict, "request-in-progress").Headers["Retry-After"].ShouldBe("1");
        clock.Advance(TimeSpan.FromSeconds(61));
        var answers = await Race.OfAsync(20, _ => Race.UntilAnsweredAsync(() => client.PostAsync("/api/leads", Body, (Header, "one"))));

        foreach (var answer in answers) answer.ShouldBe(HttpStatusCode.Created).Bytes.ShouldBe(answers[0].Bytes);
        (await client.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task A_client_that_hangs_up_and_asks_again_has_made_one_record(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.GetAsync("/api/me");
        for (var round = 0; round < 60; round++)
        {
            var (key, body) = ($"round {round}", $$"""{"lastName":"Round {{round}}"}""");
            await HangUpAsync(client, key, body, TimeSpan.FromMilliseconds(round % 20));

            var answer = await Race.UntilAnsweredAsync(() => client.PostAsync("/api/leads", body, (Header, key)));

            answer.ShouldBe(HttpStatusCode.Created);
            (await client.GetAsync($"/api/leads/{answer.Id}")).ShouldBe(HttpStatusCode.OK);
        }

        var made = (await client.GetAsync("/api/leads?take=200")).Items.Select(item => item.GetProperty("lastName").GetString()).ToList();
        made.ShouldBe(Enumerable.Range(0, 60).Select(round => $"Round {round}"), ignoreOrder: true);
    }

    /// <summary>Sends a whole request and goes away, sooner or later, without hearing the answer.</summary>
    private static async Task HangUpAsync(Client client, string key, string body, TimeSpan patience)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(client.Host.Address.Host, client.Host.Address.Port);
        var request = $"POST /api/leads HTTP/1.1\r\nHost: crm\r\nAuthorization: Bearer {client.Host.Token(client.TenantId, client.User, Role.Admin)}\r\nX-Tenant-Id: {client.TenantId}\r\n"
            + $"{Header}: {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        await Task.Delay(patience);
        socket.Client.LingerState = new LingerOption(enable: true, seconds: 0); // a reset, so that the service notices at once
    }

    private static async Task<CrmHost> StartAsync(Database database, MovableClock clock) =>
        await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton<TimeProvider>(clock));
}
