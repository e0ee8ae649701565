using System.Net;

namespace Crm.Services.Webhooks;

/// <summary>Finds the addresses of a host.</summary>
public delegate Task<IPAddress[]> HostLookup(string host, CancellationToken ct);

/// <summary>
/// Where events may be sent. What a URL says is looked at when it is written; what counts is the address that is connected to, as a name may
/// mean another one by then.
/// </summary>
public sealed class WebhookAddresses(WebhookSettings settings)
{
    /// <summary>Names by which machines are known in their own network only.</summary>
    private static readonly string[] LocalNames = ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain", "home.arpa"];

    /// <summary>Names that no host has (RFC 2606, 6761).</summary>
    private static readonly string[] NobodysNames = ["example", "invalid", "test"];

    /// <summary>Whether a connection may be made to an address.</summary>
    public bool Allow(IPAddress address) => settings.AllowPrivateNetworks || PublicAddresses.Include(address);

    /// <summary>What is wrong with a URL to send events to; null for nothing.</summary>
    public string? FaultOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0 || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)) return "must be an address such as https://example.com/hooks";
        if (url.Scheme != Uri.UriSchemeHttps && !settings.AllowPrivateNetworks) return "must begin with https://";
        if (url.UserInfo.Length > 0 || Authority(text).Contains('@', StringComparison.Ordinal)) return "must not hold a name or a password; what is sent is signed instead";
        if (url.Fragment.Length > 0) return "must not have a part behind a #, which nobody would be sent";
        if (text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\')) return "must not hold spaces, control characters or backslashes";
        if (settings.AllowPrivateNetworks) return null;
        return FaultOfHost(url, text);
    }

    /// <summary>Asks the system's resolver, but for names that no host of the internet has.</summary>
    public static async Task<IPAddress[]> LookUpAsync(string host, CancellationToken ct) =>
        NobodysNames.Any(name => IsBelow(host, name)) ? [] : await Dns.GetHostAddressesAsync(host, ct).WaitAsync(ct);

    private static string? FaultOfHost(Uri url, string text)
    {
        const string notPublic = "must lead to a host of the internet: not to this machine, a private network or an address that is reserved";
        var host = url.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
        {
            if (!PublicAddresses.Include(address)) return notPublic;
            return url.HostNameType == UriHostNameType.IPv4 && HostIn(text) != url.Host ? "must write an address in the usual way, as four decimal numbers" : null;
        }

        if (LocalNames.Any(name => IsBelow(host, name)) || !host.Contains('.', StringComparison.Ordinal)) return notPublic;
        return EndsInNumber(host) ? "must write an address in the usual way, as four decimal numbers" : null;
    }

    private static bool IsBelow(string host, string name) =>
        host.TrimEnd('.') is var bare && (bare.Equals(name, StringComparison.OrdinalIgnoreCase) || bare.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase));

    /// <summary>What some resolvers take for an address in octal or hexadecimal numbers, and no name of a host.</summary>
    private static bool EndsInNumber(string host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        return last.All(char.IsAsciiDigit) || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit));
    }

    private static string HostIn(string text) => Authority(text).Split(':')[0];

    private static string Authority(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.IndexOfAny(['/', '?', '#'], start);
        return end < 0 ? text[start..] : text[start..end];
    }
}
