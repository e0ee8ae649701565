using System.Globalization;
using System.Net;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scale;

/// <summary>A condition on what an index has is read by that index, as the filter is that means the same.</summary>
public sealed class ConditionPlanTests
{
    private static readonly int Rows = int.Parse(Environment.GetEnvironmentVariable("CRM_SCALE_ROWS") ?? "50000", CultureInfo.InvariantCulture);

    [Theory, EachDatabase]
    public async Task A_list_by_a_condition_costs_what_the_filter_does_that_means_the_same(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var admin = host.NewTenant();
        foreach (var client in new[] { admin, admin.As(Role.Rep, "rep") }) await client.GetAsync("/api/me");
        await ManyLeads.LoadAsync(database, connectionString, [(admin.TenantId, Rows), (Guid.CreateVersion7(), Rows)]);
        await using (var connection = await Sql.OpenAsync(database, database == Database.Postgres ? new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString : connectionString))
        {
            await connection.ExecuteAsync("UPDATE leads SET owner_id = 'rep' WHERE tenant_id = @tenant AND name_key <= 'name 000000050'", ("@tenant", admin.TenantId));
            await connection.ExecuteAsync("UPDATE leads SET status = 'CONVERTED' WHERE tenant_id = @tenant AND name_key <= 'name 000000040'", ("@tenant", admin.TenantId));
            await connection.ExecuteAsync(database == Database.Postgres ? "VACUUM ANALYZE leads" : "ANALYZE");
        }

        var made = new DateTimeOffset(ManyLeads.CreatedAt(Rows - 30));
        var (late, justBefore) = (InstantConverter.Format(made), InstantConverter.Format(made.AddMicroseconds(-1)));
        using var commands = CapturedCommands.Of(database, connectionString);
        foreach (var (filter, condition) in new[]
        {
            ("status=CONVERTED", """{"field":"status","is":"CONVERTED"}"""),
            ("status=NEW,CONVERTED&sort=createdAt", """{"field":"status","in":["NEW","CONVERTED"]}"""),
            ("ownerId=rep", """{"field":"ownerId","is":"rep"}"""),
            ($"createdFrom={late}", $$"""{"field":"createdAt","greaterThan":"{{justBefore}}"}"""),
            ($"createdFrom={late}&ownerId=none", $$"""{"all":[{"field":"createdAt","greaterThan":"{{justBefore}}"},{"not":{"field":"ownerId","isEmpty":false} }]}"""),
        })
        {
            var sort = filter.Contains("sort", StringComparison.Ordinal) ? "sort=createdAt&" : "";
            var byFilter = await CostAsync(admin, filter, commands);
            var byCondition = await CostAsync(admin, $"{sort}condition={Uri.EscapeDataString(condition)}", commands);
            for (var i = 0; i < 2; i++)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{filter} costs {byFilter[i].Work}:\n{byFilter[i].Plan}\n{condition} costs {byCondition[i].Work}:\n{byCondition[i].Plan}");
                byCondition[i].Plan.ShouldNotContain("Seq Scan", customMessage: condition);
                ((double)byCondition[i].Work).ShouldBeLessThan((byFilter[i].Work * 1.3) + 20, $"{condition}\n{byFilter[i].Plan}\n{byCondition[i].Plan}");
            }
        }
    }

    /// <summary>What the page costs, and what its total.</summary>
    private static async Task<QueryCost[]> CostAsync(Client client, string query, CapturedCommands commands)
    {
        commands.Take();
        var answer = (await client.GetAsync($"/api/leads?take=20&{query}")).ShouldBe(HttpStatusCode.OK);
        answer["total"].GetInt32().ShouldBeGreaterThan(20);
        var sent = commands.Take();
        sent.Count.ShouldBe(2, "a page and its total are one query each");
        return [await QueryCost.OfAsync(client.Host.Database, client.Host.ConnectionString, client.TenantId, sent[0]), await QueryCost.OfAsync(client.Host.Database, client.Host.ConnectionString, client.TenantId, sent[1])];
    }
}
