using StackExchange.Redis;

namespace Crm.Messaging.Caching;

/// <summary>The connection with Redis, which is made when it is first needed and mends itself.</summary>
public sealed class Redis(RedisSettings settings) : IAsyncDisposable
{
    private readonly Lazy<Task<IConnectionMultiplexer>> connection = new(async () => await ConnectionMultiplexer.ConnectAsync(settings.Options));

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
        if (connection is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await connection.Value).DisposeAsync();
    }

    internal Task<IConnectionMultiplexer> ConnectAsync() => connection.Value;
}
