using Crm.Tests.Kit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>A connection remembers the statements that were prepared on it, so that nobody may get it who hasn't prepared them.</summary>
public sealed class PreparedStatementTests
{
    [Fact]
    public async Task Statements_are_prepared_on_a_direct_connection_and_never_through_a_pool_of_transactions()
    {
        var direct = await Hosts.NewDatabaseAsync(Database.Postgres);
        (await MostAsync(direct)).ShouldBe(100);
        (await MostAsync($"{direct};Max Auto Prepare=7")).ShouldBe(7);
        (await MostAsync(direct, setLocal: true)).ShouldBe(0);

        await using var pool = await PgBouncer.StartAsync(direct, size: 2);
        (await MostAsync(pool.ConnectionString)).ShouldBe(0);
    }

    private static async Task<int> MostAsync(string connectionString, bool setLocal = false)
    {
        await using var host = await CrmHost.StartAsync(
            Database.Postgres, connectionString, builder => builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Database:SetLocal", (string?)(setLocal ? "true" : "false"))]));
        var client = host.NewTenant();
        for (var i = 0; i < 8; i++) (await client.GetAsync("/api/leads")).ShouldBe(System.Net.HttpStatusCode.OK);
        return new NpgsqlConnectionStringBuilder(host.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString).MaxAutoPrepare;
    }
}
