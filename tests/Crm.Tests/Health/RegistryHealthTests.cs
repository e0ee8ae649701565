using System.Net;
using System.Net.Sockets;
using Crm.Tests.Conversion;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Health;

public sealed class RegistryHealthTests
{
    [Fact]
    public async Task A_registry_that_answers_is_healthy_whatever_it_answers()
    {
        await using var crm = await StubbedHost.StartAsync(Database.Sqlite);

        var answer = (await crm.Host.SendPlainAsync(HttpMethod.Get, "/health")).ShouldBe(HttpStatusCode.OK);

        (answer["status"].GetString(), StatusOf(answer)).ShouldBe(("healthy", "healthy"));
    }

    [Fact]
    public async Task One_that_is_away_degrades_the_service_and_does_not_make_it_unready()
    {
        // Bound but not listening, so that who calls is refused and nobody else gets the port.
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var crm = await StubbedHost.StartAsync(Database.Sqlite, ("Registry:BaseUrl", $"http://127.0.0.1:{((IPEndPoint)closed.LocalEndPoint!).Port}"));

        var answer = (await crm.Host.SendPlainAsync(HttpMethod.Get, "/health")).ShouldBe(HttpStatusCode.OK);

        (answer["status"].GetString(), StatusOf(answer)).ShouldBe(("degraded", "degraded"));
        (await crm.Host.SendPlainAsync(HttpMethod.Get, "/health/ready")).ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("healthy");
    }

    private static string? StatusOf(Answer answer) => answer["checks"].GetProperty("registry").GetProperty("status").GetString();
}
