using StackExchange.Redis;

namespace Crm.Messaging.Caching;

/// <summary>The connection with Redis, which is made when it is first needed and mends itself.</summary>
public sealed class Redis(RedisSettings settings) : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile IConnectionMultiplexer? connection;

    /// <summary>Whether it answers.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            var opened = await ConnectAsync().WaitAsync(ct);
            await opened.GetDatabase().PingAsync().WaitAsync(ct);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is { } opened) await opened.DisposeAsync();
        turn.Dispose();
    }

    /// <summary>The connection; one that couldn't be made is tried again by whoever asks next.</summary>
    internal async Task<IConnectionMultiplexer> ConnectAsync()
    {
        if (connection is { } opened) return opened;
        await turn.WaitAsync();
        try
        {
            return connection ??= await ConnectionMultiplexer.ConnectAsync(settings.Options);
        }
        finally
        {
            turn.Release();
        }
    }
}
