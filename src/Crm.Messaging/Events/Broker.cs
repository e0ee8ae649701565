using System.Security.Cryptography;
using Crm.Services.Events;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Crm.Messaging.Events;

/// <summary>
/// The one connection that this process has with the broker: opened when it is first needed, and anew when it was lost. A broker that can't be
/// reached is left alone for a while, however many have something for it.
/// </summary>
public sealed partial class Broker : IAsyncDisposable
{
    private const string Unreachable = "The broker can't be reached.";

    /// <summary>How long connecting may take.</summary>
    internal static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>A broker that says nothing for twice as long is gone.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private readonly ConnectionFactory factory;
    private readonly TimeProvider clock;
    private readonly ILogger<Broker> logger;
    private readonly SemaphoreSlim opening = new(1);
    private BrokerConnection? current;
    private int failures;
    private long leftAloneUntil = long.MinValue;

    public Broker(RabbitSettings settings, TimeProvider clock, ILogger<Broker> logger)
    {
        (this.clock, this.logger) = (clock, logger);
        factory = new ConnectionFactory
        {
            Uri = settings.Uri,
            ClientProvidedName = "crm",
            RequestedConnectionTimeout = ConnectTime,
            HandshakeContinuationTimeout = ConnectTime,
            ContinuationTimeout = ConnectTime,
            RequestedHeartbeat = Heartbeat,
            AutomaticRecoveryEnabled = false, // what was sent on a lost connection is published again from the log, on a new one
        };
    }

    /// <summary>Whether it can be reached, and takes what is published.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            return (await OpenAsync(ct)).BlockedBy is null;
        }
        catch (ConsumerAwayException)
        {
            return false;
        }
    }

    /// <summary>Does something by a channel of one's own, which others use afterwards.</summary>
    /// <exception cref="ConsumerAwayException">The broker can't be reached, or takes nothing.</exception>
    internal async Task<T> UseAsync<T>(Func<IChannel, Task<T>> use, CancellationToken ct)
    {
        var connection = await OpenAsync(ct);
        if (connection.BlockedBy is { } reason) throw new ConsumerAwayException($"The broker takes nothing at the moment ({reason}).");
        var channel = await connection.TakeAsync(ct);
        try
        {
            var result = await use(channel);
            connection.GiveBack(channel);
            return result;
        }
        catch
        {
            await BrokerConnection.DropAsync(channel);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (current is not null) await current.DisposeAsync();
        opening.Dispose();
    }

    private async Task<BrokerConnection> OpenAsync(CancellationToken ct)
    {
        await opening.WaitAsync(ct);
        try
        {
            if (current is { IsOpen: true }) return current;
            var now = clock.GetTimestamp();
            if (now < leftAloneUntil) throw new ConsumerAwayException(Unreachable, clock.GetElapsedTime(now, leftAloneUntil));
            if (current is not null) await current.DisposeAsync();
            current = null;
            current = await ConnectAsync(ct);
            if (failures > 0) LogBack(logger);
            failures = 0;
            return current;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Operators are told why in the log; where the broker is isn't for tenants to see.</summary>
    private async Task<BrokerConnection> ConnectAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(ConnectTime);
        try
        {
            return await BrokerConnection.OpenAsync(factory, patience.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            var wait = Wait(++failures);
            leftAloneUntil = clock.GetTimestamp() + (long)(wait.TotalSeconds * clock.TimestampFrequency);
            LogUnreachable(logger, e is OperationCanceledException ? $"nothing within {ConnectTime.TotalSeconds:0} s" : e.GetBaseException().Message);
            throw new ConsumerAwayException(Unreachable, wait);
        }
    }

    /// <summary>Twice as long each time, and by chance down to half of that, so that those who lost it together don't come back together.</summary>
    private static TimeSpan Wait(int failures)
    {
        var longest = Math.Min(LongestWait.TotalMilliseconds, FirstWait.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 20) - 1));
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)(longest / 2), (int)longest + 1));
    }

    [LoggerMessage(LogLevel.Warning, "RabbitMQ can't be reached: {Cause}. Events wait in the log")]
    private static partial void LogUnreachable(ILogger logger, string cause);

    [LoggerMessage(LogLevel.Information, "RabbitMQ is back")]
    private static partial void LogBack(ILogger logger);
}
