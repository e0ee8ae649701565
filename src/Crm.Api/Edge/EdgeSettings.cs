using System.Globalization;
using System.Net;
using Crm.Api.Hosting;

namespace Crm.Api.Edge;

/// <summary>What is set from outside about who is listened to, how much and how long; read and checked once.</summary>
internal sealed record EdgeSettings
{
    /// <summary>How many requests a minute a tenant may make; 0 for any number.</summary>
    public required int TenantPerMinute { get; init; }

    /// <summary>How many requests a minute a user may make for a tenant; 0 for any number.</summary>
    public required int UserPerMinute { get; init; }

    /// <summary>How many requests a minute an address may make that say nobody's name; 0 for any number.</summary>
    public required int FailuresPerMinute { get; init; }

    /// <summary>How many requests of a tenant are worked on at once; 0 for any number.</summary>
    public required int TenantAtOnce { get; init; }

    /// <summary>How many more may wait for their turn.</summary>
    public required int TenantQueue { get; init; }

    /// <summary>How many live streams and waiting feeds a tenant may have at once; 0 for any number.</summary>
    public required int TenantWatching { get; init; }

    /// <summary>How many of them may be one user's; 0 for any number.</summary>
    public required int UserWatching { get; init; }

    /// <summary>How long a live stream lasts until its client connects again; 0 until it has sent what is there.</summary>
    public required int StreamSeconds { get; init; }

    /// <summary>How long a request may take; 0 for ever.</summary>
    public required int RequestSeconds { get; init; }

    /// <summary>How long the head of a request may take to arrive.</summary>
    public required int HeaderSeconds { get; init; }

    /// <summary>How long a connection with nothing to do is kept.</summary>
    public required int KeepAliveSeconds { get; init; }

    /// <summary>How fast a body must arrive at least, after its first seconds.</summary>
    public required int BodyBytesPerSecond { get; init; }

    /// <summary>How many connections there may be; 0 for any number.</summary>
    public required int Connections { get; init; }

    /// <summary>The proxies whose word on a request's origin is taken.</summary>
    public required IReadOnlyList<IPNetwork> KnownProxies { get; init; }

    /// <summary>The origins whose pages may call the API.</summary>
    public required IReadOnlyList<string> Origins { get; init; }

    /// <exception cref="SettingException">A setting is wrong.</exception>
    public static EdgeSettings Read(IConfiguration configuration) => bool.TryParse(configuration["FORWARDEDHEADERS_ENABLED"], out var believesAnybody) && believesAnybody
        ? throw new SettingException("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "is set, by which anybody could say where a request comes from; unset it, and name your proxies in Proxy__Known.")
        : new()
        {
            TenantPerMinute = Number(configuration, "RateLimit:TenantPerMinute", 6000, 0, 10_000_000),
            UserPerMinute = Number(configuration, "RateLimit:UserPerMinute", 1200, 0, 10_000_000),
            FailuresPerMinute = Number(configuration, "RateLimit:FailuresPerMinute", 60, 0, 10_000_000),
            TenantAtOnce = Number(configuration, "RateLimit:TenantAtOnce", Math.Max(4, 2 * Environment.ProcessorCount), 0, 10_000),
            TenantQueue = Number(configuration, "RateLimit:TenantQueue", 64, 0, 100_000),
            TenantWatching = Number(configuration, "RateLimit:TenantWatching", 1000, 0, 1_000_000),
            UserWatching = Number(configuration, "RateLimit:UserWatching", 20, 0, 1_000_000),
            StreamSeconds = Number(configuration, "Limits:StreamSeconds", 3600, 0, 86_400),
            RequestSeconds = Number(configuration, "Limits:RequestSeconds", 30, 0, 3600),
            HeaderSeconds = Number(configuration, "Limits:HeaderSeconds", 15, 1, 3600),
            KeepAliveSeconds = Number(configuration, "Limits:KeepAliveSeconds", 120, 1, 86_400),
            BodyBytesPerSecond = Number(configuration, "Limits:BodyBytesPerSecond", 240, 1, 1_000_000),
            Connections = Number(configuration, "Limits:Connections", 10_000, 0, 1_000_000),
            KnownProxies = [.. Words(configuration, "Proxy:Known").Select(Proxy)],
            Origins = [.. Words(configuration, "Cors:Origins").Select(Origin)],
        };

    private static int Number(IConfiguration configuration, string key, int byDefault, int least, int most)
    {
        var text = configuration[key];
        if (string.IsNullOrWhiteSpace(text)) return byDefault;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        throw new SettingException(Name(key), $"is \"{text}\"; set it to a whole number from {least} to {most}{(least == 0 ? ", 0 for no limit" : "")}.");
    }

    private static string[] Words(IConfiguration configuration, string key) =>
        (configuration[key] ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IPNetwork Proxy(string text)
    {
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        if (IPNetwork.TryParse(text, out var network)) return network;
        throw new SettingException("Proxy__Known", $"names \"{text}\", which is neither an address nor a network; write such as 10.0.0.7 or 10.0.0.0/24, several with commas.");
    }

    private static string Origin(string text)
    {
        var isOrigin = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);
        if (isOrigin && (uri!.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))) return text.ToLowerInvariant();
        throw new SettingException("Cors__Origins", $"names \"{text}\"; it must name each origin as a browser sends it, such as https://app.example.com, without a path and without *, several with commas.");
    }

    private static string Name(string key) => key.Replace(":", "__", StringComparison.Ordinal);
}
