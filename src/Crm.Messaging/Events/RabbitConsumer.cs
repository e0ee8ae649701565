using System.Globalization;
using System.Security.Cryptography;
using Crm.Services.Events;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Crm.Messaging.Events;

/// <summary>
/// Publishes every tenant's events to RabbitMQ. One is published when the broker has confirmed that a queue has it; where no queue wants it, or one
/// is full, it is refused.
/// </summary>
public sealed class RabbitConsumer(Broker broker, RabbitSettings settings) : IEventConsumer
{
    private const int MostTries = 10;

    /// <summary>How many may be unconfirmed on one channel, which belongs to one wave at a time.</summary>
    private const int Outstanding = 64;

    private const string ContentType = "application/cloudevents+json";

    private static readonly TimeSpan ConfirmTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public string Kind => "rabbitmq";

    public bool IsStanding => true;

    /// <summary>Each works by a channel of its own.</summary>
    public int AtOnce => 8;

    public int AtOnceOfTenant => 1;

    /// <summary>Connecting, waiting for the confirms, and closing what got none.</summary>
    public TimeSpan TurnTime { get; } = Broker.ConnectTime + ConfirmTime + Broker.ConnectTime + TimeSpan.FromSeconds(1);

    /// <summary>Twice as long each time, up to five minutes, and by chance down to half of that; ten times in all.</summary>
    public TimeSpan? NextTry(int tries)
    {
        if (tries >= MostTries) return null;
        var longest = Math.Min(LongestWait.TotalMilliseconds, FirstWait.TotalMilliseconds * Math.Pow(2, tries - 1));
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)(longest / 2), (int)longest + 1));
    }

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        if (!entries.Any(IsWanted)) return [.. entries.Select(_ => Delivery.Told)];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            return await broker.UseAsync(
                channel =>
                {
                    patience.CancelAfter(ConfirmTime);
                    return PublishAsync(channel, entries, patience.Token);
                },
                ct);
        }
        catch (Exception e) when (e is not ConsumerAwayException && patience.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new ConsumerAwayException($"The broker didn't confirm within {ConfirmTime.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or TimeoutException or ObjectDisposedException)
        {
            throw new ConsumerAwayException($"The broker went away, or closed the channel: {ReasonOf(e)}");
        }
    }

    /// <summary>What is of no record is for the audit, and nobody else's.</summary>
    private bool IsWanted(LogEntry entry) => entry.RecordId is not null && settings.Types.Include(entry.Type);

    /// <summary>All are sent one after the other; then their confirms are waited for.</summary>
    private async Task<IReadOnlyList<Delivery>> PublishAsync(IChannel channel, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        using var places = new SemaphoreSlim(Outstanding);
        var sent = new List<Task<Delivery>>(entries.Count);
        foreach (var entry in entries) sent.Add(IsWanted(entry) ? PublishAsync(channel, entry, places, ct) : Task.FromResult(Delivery.Told));
        return await Task.WhenAll(sent);
    }

    private static async Task<Delivery> PublishAsync(IChannel channel, LogEntry entry, SemaphoreSlim places, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        try
        {
            await channel.BasicPublishAsync(BrokerConnection.Exchange, entry.Type, mandatory: true, PropertiesOf(entry), entry.CloudEvent, ct);
            return Delivery.Told;
        }
        catch (PublishException e)
        {
            return new Delivery.Refused(e.IsReturn ? $"No queue is bound to {BrokerConnection.Exchange} for {entry.Type}." : "A queue didn't take it; it may be full.");
        }
        finally
        {
            places.Release();
        }
    }

    private static BasicProperties PropertiesOf(LogEntry entry)
    {
        var properties = new BasicProperties
        {
            MessageId = entry.Id.ToString(),
            ContentType = ContentType,
            Persistent = true,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["tenant-id"] = entry.TenantId.ToString() },
        };
        if (entry.TraceId is { } traceId) properties.Headers["trace-id"] = traceId;
        return properties;
    }

    /// <summary>The broker's own words, such as that the user may not write; or what became of the connection.</summary>
    private static string ReasonOf(Exception e) => e is OperationInterruptedException { ShutdownReason: { } reason }
        ? string.Create(CultureInfo.InvariantCulture, $"{reason.ReplyCode} {reason.ReplyText}")
        : e.GetBaseException().Message;
}
