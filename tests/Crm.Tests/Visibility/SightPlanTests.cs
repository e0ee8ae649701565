using System.Globalization;
using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Scale;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Visibility;

/// <summary>What a rep with few records pays for a list doesn't grow with what the others have, and who sees all pays nothing.</summary>
public sealed class SightPlanTests
{
    private static readonly int Rows = int.Parse(Environment.GetEnvironmentVariable("CRM_SCALE_ROWS") ?? "60000", CultureInfo.InvariantCulture);

    [Theory, EachDatabase(0), EachDatabase(200)]
    public async Task A_rep_who_sees_little_of_a_large_tenant_reads_little_of_it(Database database, int nobodys)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var admin = host.NewTenant();
        var (rep, boss) = (admin.As(Role.Rep, "rep"), admin.As(Role.Manager, "boss"));
        foreach (var client in new[] { admin, rep, boss }) await client.GetAsync("/api/me");
        await ManyLeads.LoadAsync(database, connectionString, [(admin.TenantId, Rows), (Guid.CreateVersion7(), Rows)]);
        await using (var connection = await Sql.OpenAsync(database, database == Database.Postgres ? new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString : connectionString))
        {
            // The oldest leads are nobody's, the next ones the rep's, all others the boss's. In the other tenant all are nobody's.
            await connection.ExecuteAsync(
                $"UPDATE leads SET owner_id = CASE WHEN name_key <= 'name {nobodys:D9}' THEN NULL WHEN name_key <= 'name {nobodys + 30:D9}' THEN 'rep' ELSE 'boss' END WHERE tenant_id = @tenant", ("@tenant", admin.TenantId));
            await connection.ExecuteAsync(database == Database.Postgres ? "VACUUM ANALYZE leads" : "ANALYZE");
        }

        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);
        using var commands = CapturedCommands.Of(database, connectionString);

        foreach (var query in new[] { "?take=20", "?sort=createdAt&take=20", "?sort=lastName&take=20", "?sort=-estimatedValue&take=20", "?status=NEW&take=20" })
        {
            commands.Take();
            (await rep.GetAsync("/api/leads" + query)).ShouldBe(HttpStatusCode.OK)["total"].GetInt32().ShouldBeGreaterThan(0);
            var sent = commands.Take();
            sent.Count.ShouldBeGreaterThan(2, "what is seen is looked up first");
            foreach (var command in sent)
            {
                var cost = await QueryCost.OfAsync(database, connectionString, admin.TenantId, command);
                // A page of a lead each, or some steps of a machine that takes a dozen for each row that it only looks at.
                cost.Work.ShouldBeLessThan(database == Database.Postgres ? Rows / 20 : Rows, $"{query}\n{command.Sql}\n{cost.Plan}");
            }

            (await boss.GetAsync("/api/leads" + query)).ShouldBe(HttpStatusCode.OK)["total"].GetInt32().ShouldBeGreaterThan(9_000);
            foreach (var command in commands.Take()) command.Sql.ShouldNotContain(database == Database.Postgres ? "owner_id IS NULL" : "\"owner_id\" IS NULL", Case.Sensitive, "who sees all pays nothing for what others don't see");
        }
    }
}
