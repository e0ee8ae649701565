using System.Net;
using System.Net.Sockets;
using System.Text;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Edge;

/// <summary>Clients that dawdle, hoard or babble, as they come over the wire.</summary>
public sealed class ServerLimitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_line_or_headers_that_are_too_long_or_too_many_are_refused()
    {
        var host = await Hosts.For(Database.Sqlite);

        RawHttp.StatusOf(await RawHttp.SendAsync(host.Address, "GET", $"/api/leads?search={new string('x', 9000)}")).ShouldBe(414);
        RawHttp.StatusOf(await RawHttp.SendAsync(host.Address, "GET", "/api/leads", [.. Enumerable.Range(0, 5).Select(i => ($"X-Long-{i}", new string('x', 7000)))])).ShouldBe(431);
        RawHttp.StatusOf(await RawHttp.SendAsync(host.Address, "GET", "/api/leads", [.. Enumerable.Range(0, 101).Select(i => ($"X-Many-{i}", "x"))])).ShouldBe(431);
        RawHttp.StatusOf(await RawHttp.SendAsync(host.Address, "GET", "/health/live", [.. Enumerable.Range(0, 90).Select(i => ($"X-Many-{i}", "x"))])).ShouldBe(200);
    }

    [Fact]
    public async Task A_head_that_does_not_come_to_its_end_is_given_up()
    {
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, null, ("Limits:HeaderSeconds", "1"));
        using var connection = await ConnectAsync(host);
        await connection.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: "u8.ToArray(), Stop);

        (await ReadAsync(connection)).ShouldStartWith("HTTP/1.1 408");
    }

    [Fact]
    public async Task A_connection_with_nothing_to_do_is_closed()
    {
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, null, ("Limits:KeepAliveSeconds", "1"));
        using var connection = await ConnectAsync(host);
        await connection.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Stop);

        (await ReadAsync(connection)).ShouldStartWith("HTTP/1.1 200"); // and then its end, which nobody asked for
    }

    [Fact]
    public async Task A_body_that_dawdles_is_given_up_and_changes_nothing()
    {
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, null, ("Limits:BodyBytesPerSecond", "1000"));
        var client = host.NewTenant();
        (await client.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        using var connection = await ConnectAsync(host);
        var (name, value) = client.Bearer();
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/leads HTTP/1.1\r\nHost: x\r\n{name}: {value}\r\nX-Tenant-Id: {client.TenantId}\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n{{"), Stop);

        var answer = await ReadAsync(connection);

        answer.ShouldStartWith("HTTP/1.1 408");
        answer.ShouldContain("\"code\":\"too-slow\"");
        (await client.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task There_are_no_more_connections_than_are_allowed()
    {
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, null, ("Limits:Connections", "2"));
        using var first = await ConnectAsync(host);
        using var second = await ConnectAsync(host);
        await AskAsync(first);
        await AskAsync(second);

        using (var third = await ConnectAsync(host)) (await ReadAsync(third)).ShouldBeEmpty();
        second.Close();
        while (true)
        {
            using var again = await ConnectAsync(host);
            if (await TryAskAsync(again)) break;
        }

        static async Task AskAsync(TcpClient connection) => (await TryAskAsync(connection)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_stopped_with_what_it_asked_of_the_database()
    {
        await using var host = await LimitedHost.StartAsync(Database.Postgres, null, ("Limits:RequestSeconds", "1"));
        var client = host.NewTenant();
        var (path, id) = await client.MakeOneAsync("leads");
        await using var other = await Sql.OpenAsync(Database.Postgres, host.ConnectionString);
        await using (var lasting = await other.BeginTransactionAsync(Stop))
        {
            await other.ExecuteAsync("UPDATE leads SET last_name = 'Locked' WHERE id = @id", ("@id", id));

            var answer = (await client.PatchAsync(path, new { lastName = "Later" })).ShouldFail(HttpStatusCode.ServiceUnavailable, "request-timeout");

            answer.Headers["Retry-After"].ShouldBe("5");
            while ((await other.RowsAsync("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'")).Count > 0) await Task.Delay(20, Stop);
            await lasting.RollbackAsync(Stop);
        }

        (await client.PatchAsync(path, new { lastName = "Now" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("RateLimit__TenantPerMinute", "many", "from 0 to 10000000")]
    [InlineData("RateLimit__UserPerMinute", "-1", "0 for no limit")]
    [InlineData("Limits__HeaderSeconds", "0", "from 1 to 3600")]
    [InlineData("Proxy__Known", "proxy.local", "neither an address nor a network")]
    [InlineData("Cors__Origins", "*", "without *")]
    [InlineData("Cors__Origins", "https://app.example.com/", "without a path")]
    [InlineData("Cors__Origins", "http://app.example.com", "https://")]
    public async Task A_wrong_limit_stops_the_start_with_one_line(string setting, string value, string says)
    {
        var (code, _, errors) = await CrmProcess.RunAsync([], Hosting.SettingTests.With((setting, value)));

        errors.ShouldHaveSingleItem().ShouldStartWith($"{setting} ");
        errors[0].ShouldContain(says);
        errors[0].ShouldContain($"\"{value}\"");
        code.ShouldBe(1);
    }

    private static async Task<TcpClient> ConnectAsync(CrmHost host)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(host.Address.Host, host.Address.Port);
        return connection;
    }

    /// <summary>All that comes until the server closes the connection.</summary>
    private static async Task<string> ReadAsync(TcpClient connection)
    {
        using var reader = new StreamReader(connection.GetStream());
        try
        {
            return await reader.ReadToEndAsync(Stop).WaitAsync(TimeSpan.FromMinutes(1), Stop);
        }
        catch (IOException)
        {
            return ""; // reset, which is an end too
        }
    }

    private static async Task<bool> TryAskAsync(TcpClient connection)
    {
        try
        {
            await connection.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Stop);
            return await connection.GetStream().ReadAsync(new byte[1], Stop) == 1;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
