using System.Diagnostics;
using Npgsql;

namespace Crm.Search;

/// <summary>Fills a migrated database, in SQL, and says what is in it then.</summary>
internal static class Filling
{
    public static readonly Guid LargeId = new("00000000-0000-7000-8000-000000000001");
    public static readonly Guid TypicalId = new("00000000-0000-7000-8000-000000000002");

    public static async Task RunAsync(NpgsqlDataSource database, int leads)
    {
        var begun = Stopwatch.GetTimestamp();
        await using (var connection = await database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var setting = new NpgsqlCommand("SELECT set_config('bench.leads', $1, true)", connection) { Parameters = { new() { Value = $"{leads}" } } };
            await setting.ExecuteNonQueryAsync();
            await using var fill = new NpgsqlCommand(await ScriptAsync(), connection);
            await fill.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        foreach (var sql in (string[])["VACUUM ANALYZE", "CHECKPOINT"])
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        Console.Error.WriteLine($"{leads} leads are filled in, after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s.");
        await using var sizes = database.CreateCommand("""
            SELECT (SELECT count(*) FROM leads), (SELECT count(*) FROM leads WHERE tenant_id = $1), (SELECT count(*) FROM leads WHERE tenant_id = $2), pg_table_size('leads') / 1048576, pg_table_size('search_documents') / 1048576,
              pg_indexes_size('search_documents') / 1048576, (SELECT count(*) FROM search_words), pg_total_relation_size('search_words') / 1048576
            """);
        sizes.Parameters.AddWithValue(LargeId);
        sizes.Parameters.AddWithValue(TypicalId);
        await using var row = await sizes.ExecuteReaderAsync();
        await row.ReadAsync();
        Console.WriteLine($"{row[0]} leads ({row[3]} MiB without their indexes) in 200 tenants; the large one has {row[1]}, the typical one {row[2]}. Their words: {row[4]} MiB, and {row[5]} MiB of indexes; for typing errors {row[6]} rows, {row[7]} MiB.");
    }

    private static async Task<string> ScriptAsync()
    {
        await using var script = typeof(Filling).Assembly.GetManifestResourceStream("fill.sql")!;
        using var reader = new StreamReader(script);
        return await reader.ReadToEndAsync();
    }
}
