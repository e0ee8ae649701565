using System.Globalization;
using Crm.Tests.Alarms;
using Crm.Tests.Kit;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scale;

/// <summary>What it costs to find the alarms that are due is what is due, however many are set: counted in pages or machine steps, not in time.</summary>
public sealed class AlarmPlanTests
{
    private const int Few = 2_000;
    private const int Many = 40_000;

    [Theory, EachDatabase]
    public async Task Finding_what_is_due_costs_the_same_however_many_tasks_wait(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var client = host.NewTenant();
        await client.GetAsync("/api/me");
        using var commands = CapturedCommands.Of(database, connectionString);

        await WaitAsync(database, connectionString, client.TenantId, Few);
        var few = await CostAsync(client, commands);
        await WaitAsync(database, connectionString, client.TenantId, Many);
        var many = await CostAsync(client, commands);

        many.Count.ShouldBe(few.Count);
        foreach (var (one, other) in few.Zip(many))
        {
            ((double)other.Work).ShouldBeLessThan((one.Work * 1.3) + 20, $"{one.Work} and {other.Work}\n{one.Plan}\n{other.Plan}");
            other.Plan.ShouldNotContain("Seq Scan");
            other.Plan.ShouldNotContain("SCAN tasks");
        }

        many.ShouldContain(cost => cost.Plan.Contains("tasks_by_alarm"));
        if (database == Database.Postgres) await ShouldLookIntoIndexesAsync(connectionString);
    }

    /// <summary>The cost of each question by which five tasks that are due are found.</summary>
    private static async Task<List<QueryCost>> CostAsync(Client client, CapturedCommands commands)
    {
        for (var i = 0; i < 5; i++) await client.MakeTaskAsync(due: -TimeSpan.FromHours(1));
        commands.Take();
        (await client.Host.RingAsync()).ShouldBe(5);
        var costs = new List<QueryCost>();
        foreach (var command in commands.Take().Where(command => command.Sql.Contains("alarm", StringComparison.Ordinal) && IsQuestion(command.Sql)))
        {
            costs.Add(await QueryCost.OfAsync(client.Host.Database, client.Host.ConnectionString, client.TenantId, command));
        }

        costs.Count.ShouldBeGreaterThanOrEqualTo(4, "which tenants, which tasks and which deals, and in the end which tenants again");
        return costs;
    }

    /// <summary>Not that of a single record by its id, which costs the same anyway.</summary>
    private static bool IsQuestion(string sql) => !sql.Contains("UPDATE", StringComparison.Ordinal) && !sql.Contains("INSERT", StringComparison.Ordinal) && !sql.Contains("title", StringComparison.Ordinal) && !sql.Contains("stage_entered_at", StringComparison.Ordinal);

    /// <summary>The function asks by a plan of its own, which its caller's doesn't show.</summary>
    private static async Task ShouldLookIntoIndexesAsync(string connectionString)
    {
        await using var connection = await Sql.OpenAsync(Database.Postgres, connectionString);
        var body = (string)(await connection.RowsAsync("SELECT prosrc FROM pg_proc WHERE proname = 'tenants_with_alarms'"))[0][0]!;
        var plan = string.Join('\n', (await connection.RowsAsync($"EXPLAIN {body}")).Select(row => row[0]));
        foreach (var index in new[] { "tasks_by_alarm", "deals_by_alarm" }) plan.ShouldContain(index);
        plan.ShouldNotContain("Seq Scan on");
    }

    /// <summary>Gives a tenant so many tasks and deals that wait for their time, and as many that wait for nothing; and twenty other tenants some.</summary>
    private static async Task WaitAsync(Database database, string connectionString, Guid tenantId, int count)
    {
        await using var connection = await Sql.OpenAsync(database, database == Database.Postgres ? new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString : connectionString);
        foreach (var sql in database == Database.Postgres ? OnPostgres(tenantId, count) : OnSqlite(tenantId, count)) await connection.ExecuteAsync(sql);
        foreach (var table in new[] { "tasks", "deals" }) await connection.ExecuteAsync(database == Database.Postgres ? $"VACUUM ANALYZE {table}" : $"ANALYZE {table}");
    }

    private const string TaskColumns = "tenant_id, id, title, type, priority, due_at, alarm_at, title_key, priority_order, due_order, search_text, created_at, created_by, updated_at, updated_by, version";
    private const string DealColumns = "tenant_id, id, name, pipeline_id, stage, stage_entered_at, currency, tags, alarm_at, name_key, value_order, expected_close_order, closed_order, search_text, created_at, created_by, updated_at, updated_by, version";

    /// <summary>Rising with time, as the service's are; other ones for another count.</summary>
    private static string IdOnPostgres(int count) => string.Create(CultureInfo.InvariantCulture, $"('00000000-0000-7' || lpad(to_hex({count / 100}), 3, '0') || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid");

    private static string[] OnPostgres(Guid tenantId, int count) =>
    [
        """
        INSERT INTO tenants (tenant_id, time_zone, currency, created_at, updated_at, version)
        SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'UTC', 'EUR', now(), now(), 1 FROM generate_series(1, 20) n ON CONFLICT DO NOTHING
        """,
        $"""
         INSERT INTO tasks ({TaskColumns})
         SELECT tenant_id, {IdOnPostgres(count)}, 'Call', 'CALL', 'LOW', at, CASE WHEN n % 2 = 0 THEN at END, 'call', 0, at, ' call ', now(), 'x', now(), 'x', 1
         FROM (SELECT tenant_id, n, now() + n * interval '1 minute' + interval '1 hour' AS at FROM tenants CROSS JOIN generate_series(1, CASE WHEN tenant_id = '{tenantId}' THEN {2 * count} ELSE 20 END) n) rows
         """,
        $$"""
          INSERT INTO deals ({{DealColumns}})
          SELECT '{{tenantId}}', {{IdOnPostgres(count)}}, 'Engine', p.id, 'LEAD', now(), 'EUR', '{}', CASE WHEN n % 2 = 0 THEN now() + n * interval '1 minute' + interval '1 hour' END, 'engine', -1, '9999-12-31', '9999-12-31Z', ' engine ', now(), 'x', now(), 'x', 1
          FROM generate_series(1, {{2 * count}}) n, pipelines p WHERE p.tenant_id = '{{tenantId}}'
          """,
    ];

    private static string[] OnSqlite(Guid tenantId, int count)
    {
        var tenant = tenantId.ToString().ToUpperInvariant();
        var id = string.Create(CultureInfo.InvariantCulture, $"printf('00000000-0000-7%03X-8000-%012X', {count / 100}, n)");
        const string now = "CAST(unixepoch('subsec') * 1000000 AS INTEGER)";
        return
        [
            $"""
             WITH RECURSIVE rows (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows WHERE n < 20)
             INSERT OR IGNORE INTO tenants (tenant_id, time_zone, currency, created_at, updated_at, version)
             SELECT '00000000-0000-7000-8000-' || printf('%012d', n), 'UTC', 'EUR', 0, 0, 1 FROM rows
             """,
            string.Create(CultureInfo.InvariantCulture, $"""
             WITH RECURSIVE rows (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows WHERE n < {2 * count})
             INSERT INTO tasks ({TaskColumns})
             SELECT tenant_id, {id}, 'Call', 'CALL', 'LOW', at, CASE WHEN n % 2 = 0 THEN at END, 'call', 0, at, ' call ', 0, 'x', 0, 'x', 1
             FROM (SELECT tenant_id, n, {now} + n * 60000000 + 3600000000 AS at FROM tenants, rows WHERE tenant_id = '{tenant}' OR n <= 20)
             """),
            string.Create(CultureInfo.InvariantCulture, $"""
             WITH RECURSIVE rows (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows WHERE n < {2 * count})
             INSERT INTO deals ({DealColumns})
             SELECT '{tenant}', {id}, 'Engine', p.id, 'LEAD', {now}, 'EUR', '[]', CASE WHEN n % 2 = 0 THEN {now} + n * 60000000 + 3600000000 END, 'engine', -1, '9999-12-31', 0, ' engine ', 0, 'x', 0, 'x', 1
             FROM rows, pipelines p WHERE p.tenant_id = '{tenant}'
             """),
        ];
    }
}
