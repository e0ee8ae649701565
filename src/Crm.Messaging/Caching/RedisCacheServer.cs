using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crm.Messaging.Caching;

/// <summary>
/// What the processes keep for each other in Redis. It never fails and never delays much: while Redis is away or slow nothing is found in it,
/// and it is left alone for some seconds.
/// </summary>
internal sealed partial class RedisCacheServer : IDistributedCache, IDisposable
{
    private readonly RedisCache cache;
    private readonly TimeProvider clock;
    private readonly ILogger<RedisCacheServer> log;
    private long pausedUntil;

    public RedisCacheServer(Redis redis, TimeProvider clock, ILogger<RedisCacheServer> log)
    {
        cache = new RedisCache(Options.Create(new RedisCacheOptions { ConnectionMultiplexerFactory = redis.ConnectAsync, InstanceName = "crm:" }));
        (this.clock, this.log) = (clock, log);
    }

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        byte[]? found = null;
        await TryAsync(async () => found = await cache.GetAsync(key, token), token);
        return found;
    }

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) => TryAsync(() => cache.SetAsync(key, value, options, token), token);

    public Task RefreshAsync(string key, CancellationToken token = default) => TryAsync(() => cache.RefreshAsync(key, token), token);

    public Task RemoveAsync(string key, CancellationToken token = default) => TryAsync(() => cache.RemoveAsync(key, token), token);

    public byte[]? Get(string key) => throw Blocking();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw Blocking();

    public void Refresh(string key) => throw Blocking();

    public void Remove(string key) => throw Blocking();

    public void Dispose() => cache.Dispose();

    private static NotSupportedException Blocking() => new("Redis is waited for without a thread: ask for it asynchronously.");

    private async Task TryAsync(Func<Task> ask, CancellationToken token)
    {
        if (clock.GetTimestamp() < Interlocked.Read(ref pausedUntil)) return;
        try
        {
            await ask().WaitAsync(RedisSettings.Patience, clock, token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Interlocked.Exchange(ref pausedUntil, clock.GetTimestamp() + (long)(RedisSettings.Pause.TotalSeconds * clock.TimestampFrequency));
            Away(e.Message, RedisSettings.Pause.TotalSeconds);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis didn't answer, and is left alone for {Seconds} s: {Fault}")]
    private partial void Away(string fault, double seconds);
}
