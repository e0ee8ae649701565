using System.Data.Common;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Crm.Events;

/// <summary>
/// What the log costs those who write over HTTP: new leads from eight writers, in rounds with the log and in rounds in which triggers let its rows fall, so that
/// there is nothing to store, to seal and to tell. What the service does to make an event is in both.
/// </summary>
internal static class WriteRun
{
    private const int Writers = 8;
    private const int Rounds = 20;

    public static async Task RunAsync(string name, Uri url, string key, string connectionString, int writes)
    {
        using var http = Writer.Client(url);
        await using var database = connectionString.StartsWith("Data Source", StringComparison.Ordinal) ? (DbConnection)new SqliteConnection(connectionString) : new NpgsqlConnection(connectionString);
        await database.OpenAsync();
        var (hide, show) = database is SqliteConnection ? OnSqlite() : OnPostgres();
        var tenant = new Writer(http, key);
        var each = Math.Max(1, writes / Rounds);
        for (var i = 0; i < 300; i++) await tenant.WriteAsync(i); // warm
        var (with, without) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            with.Add(await RoundAsync(tenant, each));
            await SealedAsync(http, tenant);
            await ExecuteAsync(database, hide);
            without.Add(await RoundAsync(tenant, each));
            await ExecuteAsync(database, show);
        }

        var ratio = Writer.Percentile(with.Zip(without, (one, other) => one / other), 50);
        Console.WriteLine($"| {name} | {writes} | {Writer.Percentile(without, 50):0} | {Writer.Percentile(with, 50):0} | {ratio:0.00} |");
    }

    /// <returns>How many a second.</returns>
    private static async Task<double> RoundAsync(Writer tenant, int writes)
    {
        var next = 0;
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var n && n <= writes) await tenant.WriteAsync(n);
        }));
        return writes / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>What is left to seal belongs to neither round.</summary>
    private static async Task SealedAsync(HttpClient http, Writer tenant)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/audit/head");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tenant.TokenOf("ada"));
            request.Headers.Add("X-Tenant-Id", tenant.TenantId.ToString());
            using var answer = await http.SendAsync(request);
            using var head = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            if (head.RootElement.GetProperty("unsealed").GetInt32() == 0) return;
            await Task.Delay(20);
        }
    }

    /// <summary>A view in the table's place: whoever writes is told that a row was made.</summary>
    private static (string Hide, string Show) OnPostgres()
    {
        string[] tables = ["events", "unsealed_events"];
        return (
            "CREATE OR REPLACE FUNCTION let_fall() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
                + string.Concat(tables.Select(table => $"""
                    ALTER TABLE {table} RENAME TO {table}_kept;
                    CREATE VIEW {table} AS SELECT * FROM {table}_kept;
                    GRANT SELECT, INSERT ON {table} TO crm_app;
                    CREATE TRIGGER let_fall INSTEAD OF INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION let_fall();
                    """)),
            string.Concat(tables.Select(table => $"DROP VIEW {table}; ALTER TABLE {table}_kept RENAME TO {table};")));
    }

    private static (string Hide, string Show) OnSqlite() => (
        "CREATE TRIGGER no_event BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END; CREATE TRIGGER no_queue BEFORE INSERT ON unsealed_events BEGIN SELECT RAISE(IGNORE); END;",
        "DROP TRIGGER no_event; DROP TRIGGER no_queue;");

    private static async Task ExecuteAsync(DbConnection database, string sql)
    {
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
