using Npgsql;

namespace Crm.Search;

/// <summary>
/// How the index is read by the function that row-level security doesn't bind, and the records behind the wall: the same statements as the service's, with
/// their plans.
/// </summary>
internal static class PlanRun
{
    private static readonly string Beginning = $"{Filling.LargeId.ToString("N")[^8..]}lx";

    private static readonly (string What, string Query)[] Queries = [("A rare word", "'{0}zyxquartz'"), ("A prefix", "'{0}zyxq':*"), ("A misspelling", "'{0}zyxqartz':* | '{0}zyxquartz'"), ("A rare and a common word", "'{0}zyxquartz' & '{0}ltd'")];

    public static async Task RunAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await DoAsync(connection, $"SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0; SELECT set_config('app.tenant_id', '{Filling.LargeId}', true)");
        Console.WriteLine("\n## How the index is read, of the large tenant");
        foreach (var (what, query) in Queries)
        {
            await ExplainAsync(connection, what, $"""
                SELECT d.record_id FROM search_documents d WHERE search_lexemes(d.tenant_id, d.kind, d.title, d.words) @@ $q${query.Replace("{0}", Beginning, StringComparison.Ordinal)}$q$::tsquery
                  AND (d.tenant_id, d.kind) IS NOT DISTINCT FROM (nullif(current_setting('app.tenant_id', true), '')::uuid, 'l') LIMIT 1001
                """);
        }

        Console.WriteLine("\nA common word isn't read of the index: by its statistics it is in many.\n\n```");
        Console.WriteLine((await LinesAsync(connection, $"EXPLAIN SELECT FROM search_documents d WHERE search_lexemes(d.tenant_id, d.kind, d.title, d.words) @@ $q$'{Beginning}gmbh'$q$::tsquery"))[0]);
        Console.WriteLine("```\n\n## How the records are read, behind the wall");
        await DoAsync(connection, "SET LOCAL ROLE crm_app; SET LOCAL enable_seqscan = on");
        var rare = $"search_found('l', $q$'{Beginning}zyxquartz'$q$, '{{}}', '', false, 1001, false)";
        var ids = string.Join(',', await LinesAsync(connection, $"SELECT f::text FROM {rare} f"));
        await ExplainAsync(connection, "Those that are named, three hundred", $"SELECT id FROM leads WHERE tenant_id = '{Filling.LargeId}' AND deleted_at IS NULL AND id = ANY ('{{{ids}}}'::uuid[]) AND strpos(search_text, ' zyxquartz ') - 1 >= 0 ORDER BY id DESC LIMIT 21", ids);
        await ExplainAsync(connection, "Many, until the page is full", $"SELECT id FROM leads WHERE tenant_id = '{Filling.LargeId}' AND deleted_at IS NULL AND strpos(search_text, ' gmbh ') - 1 >= 0 ORDER BY id DESC LIMIT 21");
    }

    private static async Task ExplainAsync(NpgsqlConnection connection, string what, string sql, string? left = null)
    {
        await LinesAsync(connection, $"EXPLAIN (ANALYZE) {sql}"); // so that what is shown is of what is in memory
        var plan = string.Join('\n', await LinesAsync(connection, $"EXPLAIN (ANALYZE, BUFFERS) {sql}"));
        Console.WriteLine($"\n{what}:\n\n```\n{(left is null ? plan : plan.Replace(left, "…", StringComparison.Ordinal))}\n```");
    }

    private static async Task<List<string>> LinesAsync(NpgsqlConnection connection, string sql)
    {
        var lines = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) lines.Add(rows.GetString(0));
        return lines;
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
