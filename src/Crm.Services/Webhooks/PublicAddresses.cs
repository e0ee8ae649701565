using System.Net;
using System.Net.Sockets;

namespace Crm.Services.Webhooks;

/// <summary>
/// Which addresses are those of the open internet, by the registries of special-purpose addresses of IANA (RFC 6890 and what came after it). All
/// others may lead into a network that the service stands in, where an address that a stranger wrote has no business.
/// </summary>
public static class PublicAddresses
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", // this network
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // private
            "100.64.0.0/10", // behind a carrier's NAT
            "127.0.0.0/8", // loopback
            "169.254.0.0/16", // link-local, where clouds tell machines their secrets
            "168.63.129.16/32", // the same, of one cloud, though the address looks public
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation
            "192.88.99.0/24", // relays of 6to4
            "198.18.0.0/15", // benchmarking
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, broadcast
            "2001::/23", // protocol assignments, Teredo and benchmarking among them
            "2001:db8::/32", "3fff::/20", // documentation
            "2002::/16", // 6to4, which leads to any IPv4 address
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>All that is assigned to hosts of the internet so far.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>IPv4 addresses as networks of IPv6 alone reach them.</summary>
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool Include(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return Include(address.MapToIPv4());
        if (address.AddressFamily == AddressFamily.InterNetwork) return !NotPublic.Any(network => network.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0) return false;
        if (Translated.Contains(address)) return Include(new IPAddress(address.GetAddressBytes()[12..]));
        return GlobalUnicast.Contains(address) && !NotPublic.Any(network => network.Contains(address));
    }
}
