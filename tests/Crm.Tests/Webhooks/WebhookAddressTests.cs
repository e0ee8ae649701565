using System.Net;
using System.Net.Sockets;
using Crm.Services.Webhooks;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Webhooks;

/// <summary>Addresses that a stranger could write to have the service ask its own network: refused when they are written, and whatever a name means by the time that it is connected to.</summary>
public sealed class WebhookAddressTests
{
    /// <summary>The port of a listener on this machine stands for #.</summary>
    private static readonly string[] Refused =
    [
        // this machine
        "https://127.0.0.1:#/", "https://127.1:#/", "https://127.0.1:#/", "https://127.255.255.254:#/", "https://localhost:#/", "https://LOCALHOST:#/", "https://localhost.:#/", "https://a.localhost:#/", "https://[::1]:#/", "https://[0:0:0:0:0:0:0:1]:#/",
        "https://0.0.0.0:#/", "https://0:#/", "https://[::]:#/",
        // written otherwise
        "https://2130706433:#/", "https://0x7f000001:#/", "https://0x7f.0.0.1:#/", "https://0177.0.0.1:#/", "https://017700000001:#/", "https://0x7f.1:#/", "https://127.0.0.01:#/", "https://00000177.0.0.1:#/", "https://127.0x1:#/", "https://0x8.0x8.0x8.0x8/", "https://134744072/", "https://010.8.8.8/", "https://127.0.0.1.:#/",
        "https://１２７.０.０.１:#/", "https://127。0。0。1:#/", "https://①②⑦.0.0.1:#/", "https://ｌｏｃａｌｈｏｓｔ:#/", "https://%6cocalhost:#/", "https://127.0.0.1%2f@hooks.crm.example:#/",
        // IPv4 within IPv6
        "https://[::ffff:127.0.0.1]:#/", "https://[::ffff:7f00:1]:#/", "https://[::ffff:10.0.0.1]/", "https://[::127.0.0.1]:#/", "https://[64:ff9b::127.0.0.1]:#/", "https://[64:ff9b::a00:1]/", "https://[64:ff9b:1::1]/", "https://[2002:7f00:1::]/", "https://[2001:0:7f00:1::]/", "https://[::ffff:0:127.0.0.1]:#/",
        // private networks
        "https://10.0.0.1/", "https://10.255.255.255/", "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.0.1/", "https://100.64.0.1/", "https://100.127.255.255/", "https://[fc00::1]/", "https://[fd12:3456:789a::1]/", "https://[fec0::1]/",
        // link-local, and where clouds tell secrets
        "https://169.254.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fd00:ec2::254]/", "https://100.100.100.200/", "https://168.63.129.16/", "https://192.0.0.192/", "https://metadata.google.internal/", "https://instance-data/latest/",
        // for no host at all
        "https://224.0.0.1/", "https://239.255.255.250/", "https://[ff02::1]/", "https://255.255.255.255/", "https://240.0.0.1/", "https://0.1.2.3/", "https://192.0.2.1/", "https://198.51.100.7/", "https://203.0.113.9/", "https://198.18.0.1/", "https://198.19.255.255/", "https://192.88.99.1/", "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[2001:2::1]/", "https://[100::1]/", "https://[5f00::1]/", "https://[4000::1]/",
        // names within a network
        "https://printer/", "https://crm.local/", "https://registry.internal/", "https://db.localdomain/", "https://router.home.arpa/",
        // other ways in
        "http://hooks.crm.example/", "http://127.0.0.1:#/", "ftp://127.0.0.1:#/", "file:///etc/passwd", "gopher://127.0.0.1:#/", "https://crm:secret@127.0.0.1:#/", "https://hooks.crm.example@127.0.0.1:#/", "https://127.0.0.1:#\\@hooks.crm.example/", "https://hooks.crm.example#@127.0.0.1:#/", "https:///", "https://", "//127.0.0.1:#/", "javascript:alert(1)", "https://hooks.crm.example:99999/", "https://[::1/", "https://hooks .crm.example/",
    ];

    private static readonly string[] Taken = ["https://hooks.crm.example/", "https://HOOKS.crm.example:8443/in?key=1", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://[64:ff9b::808:808]/", "https://münchen.example/hooks", "https://127.0.0.1.hooks.example/", "https://1e100.example/"];

    [Theory, EachDatabase]
    public async Task A_URL_that_may_lead_into_our_own_network_is_refused_when_it_is_written(Database database)
    {
        using var listener = new Listener();
        var admin = (await Hosts.For(database)).NewTenant();
        var hook = (await admin.PostAsync("/api/webhooks", new { url = Taken[0] })).ShouldBe(HttpStatusCode.Created);
        var taken = new List<string>();
        foreach (var url in Refused.Select(url => url.Replace("#", $"{listener.Port}", StringComparison.Ordinal)))
        {
            foreach (var answer in new[] { await admin.PostAsync("/api/webhooks", new { url }), await admin.PatchAsync($"/api/webhooks/{hook.Id}", new { url }) })
            {
                if (answer.Status != HttpStatusCode.BadRequest || answer.Faults is not ["/url"]) taken.Add($"{url}: {(int)answer.Status} {answer.Text}");
            }
        }

        taken.ShouldBeEmpty();
        Refused.Distinct().Count().ShouldBeGreaterThan(60);
        listener.Connections.ShouldBe(0);
        foreach (var url in Taken) (await admin.PostAsync("/api/webhooks", new { url })).ShouldBe(HttpStatusCode.Created);
    }

    [Theory, EachDatabase]
    public async Task A_URL_that_was_written_past_the_service_is_not_connected_to(Database database)
    {
        using var listener = new Listener();
        var admin = (await Hosts.For(database)).NewTenant();
        var hook = (await admin.PostAsync("/api/webhooks", new { url = Taken[0] })).ShouldBe(HttpStatusCode.Created);
        foreach (var url in Refused.Where(url => url.StartsWith("http", StringComparison.Ordinal)).Select(url => url.Replace("#", $"{listener.Port}", StringComparison.Ordinal)).Where(url => Uri.TryCreate(url, UriKind.Absolute, out _)))
        {
            await admin.Host.QueryAsync(admin.TenantId, db => db.Webhooks.ExecuteUpdateAsync(set => set.SetProperty(w => w.Url, url)));
            var test = (await admin.PostAsync($"/api/webhooks/{hook.Id}/test")).ShouldBe(HttpStatusCode.OK);
            (test["outcome"].GetString(), test["status"].ValueKind).ShouldBe(("FAILED", System.Text.Json.JsonValueKind.Null), url);
        }

        listener.Connections.ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_name_that_means_another_address_by_then_is_not_connected_to(Database database)
    {
        using var listener = new Listener();
        var asked = 0;
        IPAddress[][] meanings = [[IPAddress.Loopback], [IPAddress.IPv6Loopback], [IPAddress.Parse("::ffff:127.0.0.1")], [IPAddress.Parse("10.0.0.1"), IPAddress.Loopback], [IPAddress.Parse("169.254.169.254")], []];
        HostLookup lookup = (_, _) => Task.FromResult(meanings[Interlocked.Increment(ref asked) - 1]);
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton(lookup));
        var admin = host.NewTenant();
        var hook = (await admin.PostAsync("/api/webhooks", new { url = $"https://rebinding.crm-hooks.example:{listener.Port}/" })).ShouldBe(HttpStatusCode.Created);

        foreach (var meaning in meanings)
        {
            var test = (await admin.PostAsync($"/api/webhooks/{hook.Id}/test")).ShouldBe(HttpStatusCode.OK);
            (test["outcome"].GetString(), test["status"].ValueKind).ShouldBe(("FAILED", System.Text.Json.JsonValueKind.Null));
            test["problem"].GetString()!.ShouldContain(meaning.Length == 0 ? "isn't known" : "isn't one of the internet");
        }

        asked.ShouldBe(meanings.Length);
        listener.Connections.ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task Only_where_it_is_allowed_does_a_URL_lead_into_our_own_network(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());

        (await hook.Admin.PostAsync($"{hook.Path}/test"))["outcome"].GetString().ShouldBe("SUCCEEDED");
        (await hook.Admin.PostAsync("/api/webhooks", new { url = "https://10.0.0.1/" })).ShouldBe(HttpStatusCode.Created);
        foreach (var url in new[] { "ftp://127.0.0.1/", "http://crm:secret@127.0.0.1/" }) (await hook.Admin.PostAsync("/api/webhooks", new { url })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        crm.Endpoint.Connections.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("8.8.8.8", true), InlineData("1.1.1.1", true), InlineData("172.15.255.255", true), InlineData("172.32.0.1", true), InlineData("100.63.255.255", true), InlineData("100.128.0.1", true), InlineData("198.17.255.255", true), InlineData("198.20.0.1", true), InlineData("223.255.255.255", true)]
    [InlineData("2a00:1450::1", true), InlineData("2001:4860::8888", true), InlineData("64:ff9b::8.8.8.8", true), InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::ffff:192.168.1.1", false), InlineData("64:ff9b::192.168.1.1", false), InlineData("2001:10::1", false), InlineData("2002:808:808::1", false), InlineData("::8.8.8.8", false), InlineData("fe80::1%3", false), InlineData("2606:4700::1%3", false)]
    public void An_address_is_one_of_the_internet_or_not(string address, bool isPublic) => PublicAddresses.Include(IPAddress.Parse(address)).ShouldBe(isPublic);

    /// <summary>Counts who connects to this machine, by IPv4 or IPv6.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly TcpListener listener = TcpListener.Create(0);

        public Listener()
        {
            listener.Start();
            _ = CountAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public int Connections { get; private set; }

        public void Dispose() => listener.Dispose();

        private async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    using var connection = await listener.AcceptTcpClientAsync();
                    Connections++;
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
