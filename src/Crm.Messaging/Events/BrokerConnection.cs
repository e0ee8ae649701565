using System.Collections.Concurrent;
using RabbitMQ.Client;

namespace Crm.Messaging.Events;

/// <summary>An open connection with the broker, and its channels that nobody uses at the moment.</summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    public const string Exchange = "crm.events";

    /// <summary>Closing waits for the broker's word no longer than this.</summary>
    private static readonly TimeSpan ForClosing = TimeSpan.FromSeconds(1);

    private readonly IConnection connection;
    private readonly ConcurrentBag<IChannel> idle = [];
    private volatile string? blockedBy;

    private BrokerConnection(IConnection connection)
    {
        this.connection = connection;
        connection.ConnectionBlockedAsync += (_, blocked) =>
        {
            blockedBy = blocked.Reason;
            return Task.CompletedTask;
        };
        connection.ConnectionUnblockedAsync += (_, _) =>
        {
            blockedBy = null;
            return Task.CompletedTask;
        };
    }

    public bool IsOpen => connection.IsOpen;

    /// <summary>Why the broker reads nothing that is published, such as <c>low on memory</c>; null while it does.</summary>
    public string? BlockedBy => blockedBy;

    /// <summary>Connects, and makes sure that it can be published by.</summary>
    public static async Task<BrokerConnection> OpenAsync(ConnectionFactory factory, CancellationToken ct)
    {
        var opened = new BrokerConnection(await factory.CreateConnectionAsync(ct));
        try
        {
            opened.GiveBack(await opened.TakeAsync(ct));
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>A channel, where the exchange was there when it was opened: one that is deleted closes it, and so is made again.</summary>
    public async Task<IChannel> TakeAsync(CancellationToken ct)
    {
        while (idle.TryTake(out var used))
        {
            if (used.IsOpen) return used;
            await used.DisposeAsync();
        }

        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
        await channel.ExchangeDeclareAsync(Exchange, ExchangeType.Topic, durable: true, cancellationToken: ct);
        return channel;
    }

    public void GiveBack(IChannel channel) => idle.Add(channel);

    /// <summary>
    /// Closes a channel of which nobody knows what was sent by it: confirms that come late would be taken for others'. One that the broker doesn't
    /// close in time, since it reads nothing, ends with the connection.
    /// </summary>
    public static async Task DropAsync(IChannel channel)
    {
        await channel.AbortAsync();
        await channel.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await connection.AbortAsync(ForClosing);
        await connection.DisposeAsync();
    }
}
