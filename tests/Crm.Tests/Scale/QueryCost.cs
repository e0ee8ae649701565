using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Crm.Tests.Scale;

/// <summary>What a query costs in a measure that doesn't depend on the machine, and the plan that it goes by.</summary>
/// <param name="Work">PostgreSQL: pages touched. SQLite: steps of its virtual machine.</param>
/// <param name="Plan">The plan, a step a line.</param>
internal sealed partial record QueryCost(long Work, string Plan)
{
    private const int TimesAsked = 12;

    public static async Task<QueryCost> OfAsync(Database database, string connectionString, Guid tenantId, CapturedCommand command) =>
        database == Database.Postgres ? await OnPostgresAsync(connectionString, tenantId, command) : OnSqlite(connectionString, command);

    /// <summary>
    /// As the role of the application, since row-level security decides which indexes can serve; and prepared, asked so often that the
    /// server has decided whether it plans the statement for each tenant or once for all.
    /// </summary>
    private static async Task<QueryCost> OnPostgresAsync(string connectionString, Guid tenantId, CapturedCommand command)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var wall = new NpgsqlCommand($"SET LOCAL role = crm_app; SET LOCAL app.tenant_id = '{tenantId}'", connection)) await wall.ExecuteNonQueryAsync();
        await using var prepared = new NpgsqlCommand(command.Sql, connection);
        foreach (var parameter in command.Parameters) prepared.Parameters.Add(((NpgsqlParameter)parameter).Clone());
        await prepared.PrepareAsync();
        for (var i = 0; i < TimesAsked; i++) await (await prepared.ExecuteReaderAsync()).DisposeAsync();
        await using var ask = new NpgsqlCommand("SELECT name FROM pg_prepared_statements ORDER BY prepare_time LIMIT 1", connection);
        var values = Placeholder().Matches(command.Sql).Select(match => match.Value).Distinct().Select(name => Literal(command.Parameters.Single(parameter => parameter.ParameterName.TrimStart('@') == name[1..]).Value)).ToList();
        await using var explain = new NpgsqlCommand($"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE {await ask.ExecuteScalarAsync()}{(values.Count == 0 ? "" : $"({string.Join(", ", values)})")}", connection);
        var root = JsonSerializer.Deserialize<JsonElement>((string)(await explain.ExecuteScalarAsync())!)[0].GetProperty(nameof(Plan));
        var plan = new StringBuilder();
        Describe(root, 0, plan);
        return new QueryCost(root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64(), plan.ToString());
    }

    private static string Literal(object? value) => value switch
    {
        null or DBNull => "NULL",
        DateTime instant => $"'{instant:O}'",
        not string and System.Collections.IEnumerable many => $"'{{{string.Join(',', many.Cast<object>().Select(one => $"\"{one}\""))}}}'",
        _ => $"'{Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("'", "''", StringComparison.Ordinal)}'",
    };

    [GeneratedRegex("@[A-Za-z0-9_]+", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();

    private static void Describe(JsonElement node, int depth, StringBuilder plan)
    {
        plan.Append(' ', depth * 2).Append(node.GetProperty("Node Type").GetString());
        if (node.TryGetProperty("Index Name", out var index)) plan.Append(" using ").Append(index.GetString());
        if (node.TryGetProperty("Index Cond", out var condition)) plan.Append(" on ").Append(condition.GetString());
        if (node.TryGetProperty("Filter", out var filter)) plan.Append(" filter ").Append(filter.GetString());
        plan.Append(CultureInfo.InvariantCulture, $" (rows {node.GetProperty("Actual Rows").GetDouble():0}, pages {node.GetProperty("Shared Hit Blocks").GetInt64() + node.GetProperty("Shared Read Blocks").GetInt64()})").Append('\n');
        if (!node.TryGetProperty("Plans", out var children)) return;
        foreach (var child in children.EnumerateArray()) Describe(child, depth + 1, plan);
    }

    private static QueryCost OnSqlite(string connectionString, CapturedCommand command)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        var plan = new StringBuilder();
        using (var explain = connection.CreateCommand())
        {
            explain.CommandText = $"EXPLAIN QUERY PLAN {command.Sql}";
            foreach (var parameter in command.Parameters) explain.Parameters.AddWithValue(parameter.ParameterName, parameter.Value);
            using var rows = explain.ExecuteReader();
            while (rows.Read()) plan.Append(rows.GetString(3)).Append('\n');
        }

        raw.sqlite3_prepare_v2(connection.Handle, command.Sql, out var statement);
        using (statement)
        {
            foreach (var parameter in command.Parameters)
            {
                var place = raw.sqlite3_bind_parameter_index(statement, parameter.ParameterName);
                if (parameter.Value is long or int) raw.sqlite3_bind_int64(statement, place, Convert.ToInt64(parameter.Value, CultureInfo.InvariantCulture));
                else raw.sqlite3_bind_text(statement, place, parameter.Value is Guid id ? id.ToString().ToUpperInvariant() : Convert.ToString(parameter.Value, CultureInfo.InvariantCulture)!);
            }

            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            {
                // Only the steps count.
            }

            return new QueryCost(raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_VM_STEP, 0), plan.ToString());
        }
    }
}
