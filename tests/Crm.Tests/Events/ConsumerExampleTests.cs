using System.Collections.Concurrent;
using System.Text.Json;
using Crm.Database.Tenancy;
using Crm.Examples;
using Crm.Services.Events;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

/// <summary>The consumer that the documentation shows.</summary>
[Collection(RabbitTests.Name)]
public sealed class ConsumerExampleTests(RabbitServer server)
{
    [Theory, EachDatabase]
    public async Task It_handles_each_won_deal_once_though_it_is_told_twice(Database database)
    {
        await using var crm = await RabbitHost.StartAsync(database, server.Uri, ("RabbitMq:Types", "deal.won"));
        await using var connection = await server.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var all = await RabbitQueue.OpenAsync(server, "deal.won");
        var (done, handled) = (new HashSet<string>(StringComparer.Ordinal), new ConcurrentQueue<string>());
        await Consumer.ListenAsync(channel, done, body =>
        {
            handled.Enqueue(JsonSerializer.Deserialize<JsonElement>(body.Span).GetProperty("subject").GetString()!);
            return Task.CompletedTask;
        });
        var ada = crm.Host.NewTenant();
        var deals = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var deal = await ada.MakeAsync("deals", new { name = $"Engine {i}" });
            (await ada.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_WON" })).ShouldBe(System.Net.HttpStatusCode.OK);
            deals.Add($"deals/{deal}");
        }

        await crm.PublishAsync();
        await ReplayAsync(crm, ada);
        await crm.PublishAsync();

        await all.OfAsync(ada.TenantId, 2);
        while (all.Messages.Count(m => m.TenantId == $"{ada.TenantId}") < 4) await Task.Delay(20, TestContext.Current.CancellationToken);
        while (await channel.MessageCountAsync("won-deals", TestContext.Current.CancellationToken) > 0 || handled.Count < 2) await Task.Delay(20, TestContext.Current.CancellationToken);
        handled.ShouldBe(deals, ignoreOrder: true);
        await channel.QueueDeleteAsync("won-deals", cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_page_shows_the_very_code_that_is_tested()
    {
        var code = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "examples", "Consumer.cs"), TestContext.Current.CancellationToken);
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "events.md"), TestContext.Current.CancellationToken);

        page.ShouldContain($"```csharp\n{code}```");
    }

    private static async Task ReplayAsync(RabbitHost crm, Client ada)
    {
        await using var scope = crm.Host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(ada.TenantId, "test");
        await scope.ServiceProvider.GetRequiredService<LogConsumers>().ReplayAsync(RabbitHost.Consumer, DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
    }
}
