using System.Net;
using System.Net.Sockets;

namespace Crm.Api.Edge;

/// <summary>Where a request comes from: the connection's other end, or whom a known proxy names.</summary>
internal static class ClientAddress
{
    /// <summary>The address as text, one of IPv4 always as such; null where the connection has none.</summary>
    public static string? TextOf(HttpContext context) => Plain(context.Connection.RemoteIpAddress)?.ToString();

    /// <summary>By what an address is limited: itself, and of IPv6 the network of 64 bits, all of which one customer has.</summary>
    public static IPAddress NetworkOf(HttpContext context)
    {
        if (Plain(context.Connection.RemoteIpAddress) is not { } address) return IPAddress.None;
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
