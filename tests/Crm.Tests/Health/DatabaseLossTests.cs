using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Health;

public sealed class DatabaseLossTests
{
    [Theory, EachDatabase]
    public async Task Without_its_database_the_service_lives_says_that_it_is_not_ready_and_serves_again_when_it_returns(Database database)
    {
        await using var losable = await LosableDatabase.StartAsync(database);
        await using var host = await CrmHost.StartAsync(database, losable.ConnectionString);
        var client = host.NewTenant();
        var (lead, _) = await client.MakeOneAsync("leads");

        await losable.LoseAsync();

        (await host.SendPlainAsync(HttpMethod.Get, "/health/live")).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "/health/ready", "/health" })
        {
            var health = await host.SendPlainAsync(HttpMethod.Get, path);
            health.ShouldBe(HttpStatusCode.ServiceUnavailable)["status"].GetString().ShouldBe("unhealthy");
            health["checks"].GetProperty("database").GetProperty("status").GetString().ShouldBe("unhealthy");
        }

        foreach (var answer in new[]
                 {
                     await client.GetAsync(lead),
                     await client.GetAsync("/api/leads"),
                     await client.PostAsync("/api/leads", new { lastName = "Lovelace" }),
                     await client.PostAsync("/api/deals", new { name = "Engine" }, ("Idempotency-Key", "once")),
                     await client.PatchAsync(lead, new { lastName = "King" }),
                     await client.DeleteAsync(lead),
                     await client.As(Role.Rep, "never seen").GetAsync("/api/me"),
                     await host.NewTenant().GetAsync("/api/settings"),
                 })
        {
            answer.ShouldFail(HttpStatusCode.ServiceUnavailable, "database-unavailable");
            int.Parse(answer.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture).ShouldBePositive();
            answer["detail"].GetString()!.ShouldContain("try again in a moment");
        }

        await losable.ReturnAsync();

        // A connection that broke while nobody used it shows at its next use.
        await EventuallyAsync(async () => (await host.SendPlainAsync(HttpMethod.Get, "/health/ready")).Status, HttpStatusCode.OK);
        await EventuallyAsync(async () => (await client.GetAsync(lead)).Status, HttpStatusCode.OK);
        (await client.PatchAsync(lead, new { lastName = "King" })).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/api/leads")).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_file_that_is_spoilt_is_503_and_never_500()
    {
        await using var losable = await LosableDatabase.StartAsync(Database.Sqlite);
        await using var host = await CrmHost.StartAsync(Database.Sqlite, losable.ConnectionString);
        var client = host.NewTenant();
        await client.MakeOneAsync("leads");
        var file = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(losable.ConnectionString).DataSource;
        await File.WriteAllTextAsync(file, new string('x', 10_000), TestContext.Current.CancellationToken);

        (await host.SendPlainAsync(HttpMethod.Get, "/health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await client.GetAsync("/api/leads")).ShouldFail(HttpStatusCode.ServiceUnavailable, "database-unavailable");
        (await client.PostAsync("/api/leads", new { lastName = "Lovelace" })).ShouldFail(HttpStatusCode.ServiceUnavailable, "database-unavailable");
    }

    /// <summary>Asks until the answer is as expected; meanwhile nothing but 503 may come.</summary>
    private static async Task EventuallyAsync(Func<Task<HttpStatusCode>> ask, HttpStatusCode expected)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (await ask() is var status && status != expected)
        {
            status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            await Task.Delay(50, patience.Token);
        }
    }
}
