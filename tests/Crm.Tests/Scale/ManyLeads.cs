using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Crm.Tests.Scale;

/// <summary>Leads by the hundred thousand, written in SQL: a large tenant with 30 % of them, the others alike.</summary>
internal static class ManyLeads
{
    private static readonly DateTime First = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The instant of the n-th lead of a tenant, a second after the one before.</summary>
    public static DateTime CreatedAt(int n) => First.AddSeconds(n);

    public static async Task LoadAsync(Database database, string connectionString, IReadOnlyList<(Guid TenantId, int Count)> tenants)
    {
        await using DbConnection connection = database == Database.Postgres ? new NpgsqlConnection(connectionString) : new SqliteConnection(connectionString);
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            foreach (var (tenantId, count) in tenants)
            {
                await ExecuteAsync(connection, transaction, database == Database.Postgres ? OnPostgres(tenantId, count) : OnSqlite(tenantId, count));
            }

            await transaction.CommitAsync();
        }

        await ExecuteAsync(connection, null, database == Database.Postgres ? "VACUUM ANALYZE leads" : "ANALYZE");
    }

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private const string Columns = """
        tenant_id, id, last_name, company_name, status, source, estimated_value, currency, tags,
        name_key, company_key, value_order, score_order, search_text, created_at, created_by, updated_at, updated_by, version
        """;

    private static string OnPostgres(Guid tenantId, int count) => $$"""
        INSERT INTO tenants (tenant_id, time_zone, currency, created_at, updated_at, version)
        VALUES ('{{tenantId}}', 'UTC', 'EUR', now(), now(), 1) ON CONFLICT DO NOTHING;
        INSERT INTO leads ({{Columns}})
        SELECT '{{tenantId}}', gen_random_uuid(), 'Name ' || n, 'Company ' || n % 5000,
               (array['NEW', 'CONTACTED', 'QUALIFIED', 'NURTURING', 'UNQUALIFIED'])[1 + n % 5], 'WEBSITE', n % 1000 * 10000, 'EUR', '{}',
               'name ' || lpad(n::text, 9, '0'), 'company ' || n % 5000, n % 1000 * 10000, -1, ' name ' || n || ' company ' || n % 5000 || ' ',
               at, 'x', at, 'x', 1
        FROM (SELECT n, timestamptz '{{First:yyyy-MM-dd}}Z' + n * interval '1 second' AS at FROM generate_series(1, {{count}}) AS n) AS rows
        """;

    private static string OnSqlite(Guid tenantId, int count) => string.Create(CultureInfo.InvariantCulture, $"""
        INSERT OR IGNORE INTO tenants (tenant_id, time_zone, currency, created_at, updated_at, version)
        VALUES ('{tenantId.ToString().ToUpperInvariant()}', 'UTC', 'EUR', 0, 0, 1);
        WITH RECURSIVE rows (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows WHERE n < {count})
        INSERT INTO leads ({Columns})
        SELECT '{tenantId.ToString().ToUpperInvariant()}',
               printf('%s-%s-4%s-8%s-%s', hex(randomblob(4)), hex(randomblob(2)), substr(hex(randomblob(2)), 2), substr(hex(randomblob(2)), 2), hex(randomblob(6))),
               'Name ' || n, 'Company ' || n % 5000,
               CASE n % 5 WHEN 0 THEN 'NEW' WHEN 1 THEN 'CONTACTED' WHEN 2 THEN 'QUALIFIED' WHEN 3 THEN 'NURTURING' ELSE 'UNQUALIFIED' END,
               'WEBSITE', n % 1000 * 10000, 'EUR', '[]', 'name ' || printf('%09d', n), 'company ' || n % 5000, n % 1000 * 10000, -1, ' name ' || n || ' company ' || n % 5000 || ' ',
               at, 'x', at, 'x', 1
        FROM (SELECT n, {(First - DateTime.UnixEpoch).Ticks / 10} + n * 1000000 AS at FROM rows)
        """);
}
