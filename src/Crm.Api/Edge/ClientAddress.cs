using System.Net;
using System.Net.Sockets;

namespace Crm.Api.Edge;

/// <summary>Where a request comes from: the connection's other end, or whom a known proxy names.</summary>
internal static class ClientAddress
{
    private const int Buckets = 65_536;

    /// <summary>The address as text, one of IPv4 always as such; null where the connection has none.</summary>
    public static string? TextOf(HttpContext context) => Plain(context.Connection.RemoteIpAddress)?.ToString();

    /// <summary>
    /// By what an address is limited: itself, and of IPv6 the network of 64 bits, all of which one customer has. Addresses share so many
    /// buckets, however many there are: whoever owns a network of networks can't fill the memory.
    /// </summary>
    public static int BucketOf(HttpContext context)
    {
        if (Plain(context.Connection.RemoteIpAddress) is not { } address) return 0;
        var bytes = address.GetAddressBytes().AsSpan();
        var hash = default(HashCode); // seeded anew in each process: nobody outside knows who shares a bucket
        hash.AddBytes(address.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes);
        return (int)((uint)hash.ToHashCode() % Buckets);
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
