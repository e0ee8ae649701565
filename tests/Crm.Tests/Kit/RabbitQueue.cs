using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Shouldly;

namespace Crm.Tests.Kit;

/// <summary>What came to a queue.</summary>
public sealed record RabbitMessage(Guid Id, string RoutingKey, string? ContentType, bool IsPersistent, string? TenantId, string? TraceId, JsonElement Body)
{
    public string Subject => Body.GetProperty("subject").GetString()!;

    public int Version => Body.GetProperty("data").GetProperty("version").GetInt32();
}

/// <summary>A queue of a test's own, and all that has come to it, in its order. It is deleted with the test.</summary>
public sealed class RabbitQueue : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string name = $"test-{Guid.CreateVersion7()}";
    private readonly ConcurrentQueue<RabbitMessage> messages = new();
    private IConnection connection = null!;
    private IChannel channel = null!;

    /// <summary>All that has come so far.</summary>
    public IReadOnlyList<RabbitMessage> Messages => [.. messages];

    /// <param name="server">Where.</param>
    /// <param name="bindings">Which types it takes; it is durable, so that it outlives a restart of the broker.</param>
    public static Task<RabbitQueue> OpenAsync(RabbitServer server, params string[] bindings) => OpenAsync(server, bindings, arguments: null, consumes: true);

    /// <summary>A queue that keeps all until the test reads it, also while the broker is away.</summary>
    public static Task<RabbitQueue> OpenKeepingAsync(RabbitServer server, params string[] bindings) => OpenAsync(server, bindings, arguments: null, consumes: false);

    /// <summary>A queue that nobody takes anything from, and that refuses what is more than one.</summary>
    public static Task<RabbitQueue> OpenFullAtOneAsync(RabbitServer server, string binding) =>
        OpenAsync(server, [binding], new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" }, consumes: false);

    /// <summary>Connects again, after the broker was away; what came before is still here.</summary>
    public async Task ReconnectAsync(RabbitServer server, bool consumes = true)
    {
        await connection.DisposeAsync();
        await ConnectAsync(server);
        if (consumes) await ConsumeAsync();
    }

    /// <summary>Reads all that waits in it.</summary>
    public async Task ReadAsync()
    {
        var waiting = await channel.MessageCountAsync(name);
        await ConsumeAsync();
        while (messages.Count < waiting) await Task.Delay(20);
    }

    /// <summary>Waits until enough of a tenant have come, each counted once.</summary>
    public async Task<List<RabbitMessage>> OfAsync(Guid tenantId, int count)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var own = Messages.Where(m => m.TenantId == $"{tenantId}").DistinctBy(m => m.Id).ToList();
            if (own.Count >= count) return own;
            since.Elapsed.ShouldBeLessThan(Patience, $"{own.Count} of {count} messages have come: {string.Join(", ", own.Select(m => m.RoutingKey))}");
            await Task.Delay(20);
        }
    }

    /// <summary>Throws away what waits in it.</summary>
    public Task PurgeAsync() => channel.QueuePurgeAsync(name);

    public async ValueTask DisposeAsync()
    {
        if (channel.IsOpen) await channel.QueueDeleteAsync(name); // not so where a test failed while the broker was away
        await connection.DisposeAsync();
    }

    private static async Task<RabbitQueue> OpenAsync(RabbitServer server, string[] bindings, Dictionary<string, object?>? arguments, bool consumes)
    {
        var queue = new RabbitQueue();
        await queue.ConnectAsync(server);
        await queue.channel.ExchangeDeclareAsync("crm.events", ExchangeType.Topic, durable: true);
        await queue.channel.QueueDeclareAsync(queue.name, durable: true, exclusive: false, autoDelete: false, arguments);
        foreach (var binding in bindings) await queue.channel.QueueBindAsync(queue.name, "crm.events", binding);
        if (consumes) await queue.ConsumeAsync();
        return queue;
    }

    private async Task ConnectAsync(RabbitServer server)
    {
        connection = await server.ConnectAsync();
        channel = await connection.CreateChannelAsync();
    }

    private async Task ConsumeAsync()
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            messages.Enqueue(Read(delivery));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(name, autoAck: true, consumer);
    }

    private static RabbitMessage Read(BasicDeliverEventArgs delivery)
    {
        var properties = delivery.BasicProperties;
        return new RabbitMessage(
            Guid.Parse(properties.MessageId!), delivery.RoutingKey, properties.ContentType, properties.Persistent, Header("tenant-id"), Header("trace-id"), JsonSerializer.Deserialize<JsonElement>(delivery.Body.Span));

        string? Header(string header) => properties.Headers?.TryGetValue(header, out var value) is true && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;
    }
}
