using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scale;

/// <summary>What a timeline costs is what its record has, however much the tenant has: counted in pages or machine steps, not in time.</summary>
public sealed class TimelinePlanTests
{
    private const int Rows = 20_000;

    [Theory, EachDatabase("ALL"), EachDatabase("OWN")]
    public async Task A_timeline_reads_nothing_of_other_records(Database database, string visibility)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var admin = host.NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        foreach (var client in new[] { admin, rep }) await client.GetAsync("/api/me");
        await ManyLeads.LoadAsync(database, connectionString, [(admin.TenantId, Rows)]);
        await BusyAsync(database, connectionString, rep);
        (await admin.PatchAsync("/api/settings", new { visibility })).ShouldBe(HttpStatusCode.OK);
        var lead = (await admin.GetAsync("/api/leads?take=1&sort=createdAt")).Items[0].GetProperty("id").GetGuid();
        var deal = await rep.MakeAsync("deals", new { name = "Engine", leadId = lead });
        var task = await rep.MakeAsync("tasks", new { title = "Offer", dealId = deal });
        await rep.MakeAsync("activities", new { type = "CALL", subject = "Called", taskId = task });
        using var commands = CapturedCommands.Of(database, connectionString);

        foreach (var (path, entries) in new[] { ($"/api/leads/{lead}/timeline", 2), ($"/api/deals/{deal}/timeline", 5) })
        {
            commands.Take();
            (await rep.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Items.Count.ShouldBe(entries, path);
            var sent = commands.Take();
            sent.Count.ShouldBeInRange(4, 5, "whether the record is there, and a query a kind");
            foreach (var command in sent)
            {
                var cost = await QueryCost.OfAsync(database, connectionString, admin.TenantId, command);
                cost.Work.ShouldBeLessThan(database == Database.Postgres ? 100 : 3_000, $"{path}\n{command.Sql}\n{cost.Plan}");
            }
        }
    }

    /// <summary>Gives each lead a task, and each task an activity.</summary>
    private static async Task BusyAsync(Database database, string connectionString, Client client)
    {
        await using var connection = await Sql.OpenAsync(database, connectionString);
        await connection.ExecuteAsync(
            """
            INSERT INTO tasks (tenant_id, id, title, type, priority, lead_id, title_key, priority_order, due_order, search_text, created_at, created_by, updated_at, updated_by, version)
            SELECT tenant_id, id, 'Call', 'CALL', 'LOW', id, 'call', 0, created_at, ' call ', created_at, 'x', created_at, 'x', 1 FROM leads WHERE tenant_id = @tenant
            """,
            ("@tenant", client.TenantId));
        await connection.ExecuteAsync(
            """
            INSERT INTO activities (tenant_id, id, type, subject, occurred_at, task_id, user_id, search_text, created_at, created_by, updated_at, updated_by, version)
            SELECT tenant_id, id, 'CALL', 'Called', created_at, id, @user, ' called ', created_at, 'x', created_at, 'x', 1 FROM leads WHERE tenant_id = @tenant
            """,
            ("@tenant", client.TenantId), ("@user", client.User));
        foreach (var table in new[] { "tasks", "activities" }) await connection.ExecuteAsync(database == Database.Postgres ? $"VACUUM ANALYZE {table}" : $"ANALYZE {table}");
    }
}
