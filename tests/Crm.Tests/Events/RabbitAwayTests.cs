using System.Diagnostics;
using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

[Collection(RabbitTests.Name)]
public sealed class RabbitAwayTests(RabbitServer server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Both databases in one test, since the broker takes its time.</summary>
    [Fact]
    public async Task While_the_broker_is_away_writes_go_on_and_they_are_published_on_its_return()
    {
        await using var queue = await RabbitQueue.OpenAsync(server, "#");
        await using var sqlite = await RabbitHost.StartAsync(Database.Sqlite, server.Uri);
        await using var postgres = await RabbitHost.StartAsync(Database.Postgres, server.Uri);
        var all = new[] { sqlite, postgres }.Select(crm => (Crm: crm, User: crm.Host.NewTenant())).ToList();
        foreach (var (crm, user) in all)
        {
            await user.MakeAsync("leads", new { lastName = "Before" });
            await crm.PublishAsync();
            await queue.OfAsync(user.TenantId, 1);
            (await HealthAsync(crm)).ShouldBe(("healthy", "healthy"));
        }

        await server.StopAsync();
        try
        {
            foreach (var (crm, user) in all) await ShouldKeepAsync(crm, user);
        }
        finally
        {
            await server.StartAsync();
        }

        await queue.ReconnectAsync(server);
        foreach (var (crm, user) in all)
        {
            var since = Stopwatch.StartNew();
            while (await BehindAsync(crm, user) > 0)
            {
                since.Elapsed.ShouldBeLessThan(Patience);
                await crm.PublishLaterAsync(user.TenantId);
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            (await queue.OfAsync(user.TenantId, 3)).Select(m => m.Version).ShouldBe([1, 1, 2]);
            (await HealthAsync(crm)).ShouldBe(("healthy", "healthy"));
        }
    }

    private static async Task ShouldKeepAsync(RabbitHost crm, Client user)
    {
        var lead = await user.MakeAsync("leads", new { lastName = "During" });
        (await user.PatchAsync($"/api/leads/{lead}", new { lastName = "Changed" })).ShouldBe(HttpStatusCode.OK);
        await crm.PublishAsync();

        (await BehindAsync(crm, user)).ShouldBe(2);
        (await crm.Host.QueryAsync(user.TenantId, db => db.HeldDeliveries.CountAsync())).ShouldBe(0); // it counts as no try
        (await HealthAsync(crm)).ShouldBe(("degraded", "degraded"));
        (await crm.Host.SendPlainAsync(HttpMethod.Get, "/health/ready")).ShouldBe(HttpStatusCode.OK);
        crm.Logs.Lines.ShouldContain(line => line.Level == LogLevel.Warning && line.Message.StartsWith("RabbitMQ can't be reached", StringComparison.Ordinal));
    }

    private static Task<long> BehindAsync(RabbitHost crm, Client user) =>
        crm.Host.QueryAsync(user.TenantId, db => db.LogConsumers.Where(c => c.Name == RabbitHost.Consumer).Select(c => c.Target - c.Position).SingleAsync());

    private static async Task<(string? Whole, string? Rabbit)> HealthAsync(RabbitHost crm)
    {
        var answer = (await crm.Host.SendPlainAsync(HttpMethod.Get, "/health")).ShouldBe(HttpStatusCode.OK);
        return (answer["status"].GetString(), answer["checks"].GetProperty("rabbitmq").GetProperty("status").GetString());
    }
}
