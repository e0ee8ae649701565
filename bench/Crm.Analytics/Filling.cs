using System.Diagnostics;
using Npgsql;

namespace Crm.Analytics;

/// <summary>Fills a migrated database, in SQL, and says what is in it then.</summary>
internal static class Filling
{
    /// <summary>The two that are asked for reports, and two of the others: one with a single currency, one with two.</summary>
    private static readonly Guid[] Checked = [Tenant.LargeId, Tenant.TypicalId, new("00000000-0000-7000-8000-000000000003"), new("00000000-0000-7000-8000-000000000200")];

    public static async Task RunAsync(NpgsqlDataSource database, int deals)
    {
        var begun = Stopwatch.GetTimestamp();
        await using (var connection = await database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var setting = new NpgsqlCommand("SELECT set_config('bench.deals', $1, true)", connection) { Parameters = { new() { Value = $"{deals}" } } };
            await setting.ExecuteNonQueryAsync();
            await using var fill = new NpgsqlCommand(await ScriptAsync(), connection);
            await fill.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }

        foreach (var sql in (string[])["VACUUM ANALYZE", "CHECKPOINT", .. ServerLog.Preparations])
        {
            await using var command = database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        Console.Error.WriteLine($"{deals} deals are filled in, after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s.");
        foreach (var tenantId in Checked) await Checks.RunAsync(database, tenantId);
        Console.Error.WriteLine($"They are right, after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s.");
        await TellAsync(database);
    }

    private static async Task<string> ScriptAsync()
    {
        await using var script = typeof(Filling).Assembly.GetManifestResourceStream("fill.sql")!;
        using var reader = new StreamReader(script);
        return await reader.ReadToEndAsync();
    }

    private static async Task TellAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("""
            SELECT (SELECT count(*) FROM deals), (SELECT count(*) FROM deal_stays), (SELECT count(*) FROM deal_snapshots), (SELECT count(*) FROM tenants), pg_total_relation_size('deal_snapshots') / 1048576,
              (SELECT count(*) FROM deals WHERE tenant_id = $1), (SELECT count(*) FROM deal_snapshots WHERE tenant_id = $1), (SELECT count(*) FROM deals WHERE tenant_id = $2), (SELECT count(*) FROM deal_snapshots WHERE tenant_id = $2)
            """);
        command.Parameters.AddWithValue(Tenant.LargeId);
        command.Parameters.AddWithValue(Tenant.TypicalId);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        Console.WriteLine($"{row[0]} deals with {row[1]} stays and {row[2]} snapshots ({row[4]} MiB with their index) in {row[3]} tenants. The large tenant has {row[5]} deals with {row[6]} snapshots, the typical one {row[7]} with {row[8]}.");
    }
}
