using StackExchange.Redis;

namespace Crm.Messaging.Caching;

/// <summary>Which Redis, and how long it is waited for. What is in it can be made again, so that it is better done without than waited for.</summary>
public sealed class RedisSettings
{
    /// <summary>How long an answer is waited for.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it is left alone after it failed.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private RedisSettings(ConfigurationOptions options) => Options = options;

    internal ConfigurationOptions Options { get; }

    /// <param name="text">As StackExchange.Redis reads it: <c>host:port,password=…,ssl=true</c>.</param>
    /// <exception cref="FormatException">It is no address of a Redis; the message doesn't repeat it.</exception>
    public static RedisSettings Parse(string text)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(text);
        }
        catch (ArgumentException)
        {
            throw Malformed();
        }

        if (options.EndPoints.Count == 0) throw Malformed();
        options.AbortOnConnectFail = false; // it may come later
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ClientName ??= "crm";
        (options.ConnectTimeout, options.AsyncTimeout, options.SyncTimeout) = (1000, (int)Patience.TotalMilliseconds, (int)Patience.TotalMilliseconds);
        return new RedisSettings(options);
    }

    /// <summary>Where it is, without the password.</summary>
    public override string ToString() => Options.ToString(includePassword: false);

    private static FormatException Malformed() => new("isn't the address of a Redis; set it to host:port and, where it needs them, ,user=…,password=…,ssl=true, or leave it out to keep reports in each process alone.");
}
