using System.Diagnostics;
using Crm.Api.Hosting;
using Crm.Services.Operations;
using Crm.Tests.Kit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Migrations;

public sealed class MigrationTests
{
    private static readonly string[] All =
    [
        "20261122000001_initial", "20261123000001_row_level_security", "20261123000002_teams", "20261123000003_api_keys", "20261123000004_audit", "20261123000005_accounts", "20261124000001_conversion",
        "20261129000001_relay", "20261129000002_webhooks", "20261129000003_notifications", "20261129000004_alarms", "20261129000005_pipelines", "20261129000006_history", "20261129000007_analytics",
        "20261129000011_reports", "20261129000012_rates", "20261129000013_goals", "20261129000014_dashboards", "20261129000015_working_time",
        "20261129000016_narrow_history",
        "20261129000017_narrow_present",
        "20261130000001_search",
        "20261130000003_scoring",
        "20261130000004_routing",
        "20261130000005_workflows",
        "20261130000006_old_runs",
    ];

    [Theory, EachDatabase]
    public async Task Up_down_to_nothing_and_up_again_makes_the_same_database(Database database)
    {
        var connectionString = await Hosts.EmptyDatabaseAsync(database);
        (await TablesAsync(database, connectionString)).ShouldBeEmpty();

        await MigrateAsync(connectionString, null);
        var made = (await Catalogue.ReadAsync(database, connectionString)).Lines();
        made.ShouldNotBeEmpty();
        await MigrateAsync(connectionString, "0");
        (await TablesAsync(database, connectionString)).ShouldBe([Catalogue.History]);
        (await HistoryAsync(database, connectionString)).ShouldBeEmpty();
        await MigrateAsync(connectionString, "initial");
        await MigrateAsync(connectionString, null);

        (await Catalogue.ReadAsync(database, connectionString)).Lines().ShouldBe(made);
        (await HistoryAsync(database, connectionString)).ShouldBe(All);
    }

    [Theory, EachDatabase]
    public async Task The_printed_script_makes_the_same_database_with_the_databases_own_tools(Database database)
    {
        var migrated = await Hosts.EmptyDatabaseAsync(database);
        await MigrateAsync(migrated, null);
        var scripted = await Hosts.EmptyDatabaseAsync(database);

        var printed = await Program.RunAsync(scripted, "migrate", "--script");
        printed.ExitCode.ShouldBe(0, printed.Errors);
        await RunScriptAsync(database, scripted, printed.Output);

        (await Catalogue.ReadAsync(database, scripted)).Lines().ShouldBe((await Catalogue.ReadAsync(database, migrated)).Lines());
        (await HistoryAsync(database, scripted)).ShouldBe(await HistoryAsync(database, migrated));
        await MigrateAsync(scripted, null);
    }

    [Theory, EachDatabase]
    public async Task A_migration_that_there_is_not_is_refused_in_one_line_and_changes_nothing(Database database)
    {
        var connectionString = await Hosts.EmptyDatabaseAsync(database);

        var outcome = await Program.RunAsync(connectionString, "migrate", "--to", "nonsense");

        outcome.ExitCode.ShouldBe(1);
        outcome.Output.ShouldBeEmpty();
        outcome.Errors.Trim().ShouldBe($"There is no migration nonsense. There are: 0 (nothing), {string.Join(", ", All)}.");
        (await TablesAsync(database, connectionString)).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task Six_processes_at_once_migrate_an_empty_database_once(Database database)
    {
        var connectionString = await Hosts.EmptyDatabaseAsync(database);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Program.RunAsync(connectionString, "migrate")));

        outcomes.Where(outcome => outcome.ExitCode != 0).Select(outcome => outcome.Errors).ShouldBeEmpty();
        (await HistoryAsync(database, connectionString)).ShouldBe(All);
        (await Catalogue.ReadAsync(database, connectionString)).Lines().ShouldBe((await Catalogue.ReadAsync(database, (await Hosts.For(database)).ConnectionString)).Lines());
    }

    [Theory, EachDatabase]
    public async Task Six_hosts_of_one_process_migrate_an_empty_database_once(Database database)
    {
        var connectionString = await Hosts.EmptyDatabaseAsync(database);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MigrateAsync(connectionString, null))));

        (await HistoryAsync(database, connectionString)).ShouldBe(All);
    }

    [Fact]
    public async Task A_start_with_nothing_to_migrate_leaves_the_schema_as_it_is()
    {
        var original = await Hosts.EmptyDatabaseAsync(Database.Sqlite);
        var restored = await Hosts.EmptyDatabaseAsync(Database.Sqlite); // such a copy has no write-ahead log
        await MigrateAsync(original, null);
        await using (var connection = await Sql.OpenAsync(Database.Sqlite, original))
        {
            await connection.ExecuteAsync($"VACUUM INTO '{new SqliteConnectionStringBuilder(restored).DataSource}'");
        }

        var before = await AskAsync("PRAGMA schema_version"); // counts each change of a table
        (await AskAsync("PRAGMA journal_mode")).ShouldBe("delete");

        await MigrateAsync(restored, null);

        (await AskAsync("PRAGMA schema_version")).ShouldBe(before);
        (await AskAsync("PRAGMA journal_mode")).ShouldBe("wal");

        async Task<object?> AskAsync(string sql)
        {
            await using var connection = await Sql.OpenAsync(Database.Sqlite, new SqliteConnectionStringBuilder(restored) { Pooling = false }.ConnectionString);
            return (await connection.RowsAsync(sql))[0][0];
        }
    }

    /// <summary>What a migrator that was killed leaves behind: EF Core's lock, which nobody would ever take away, and our file.</summary>
    [Fact]
    public async Task What_a_killed_migrator_left_behind_does_not_hold_up_the_next()
    {
        var connectionString = await Hosts.EmptyDatabaseAsync(Database.Sqlite);
        var path = new SqliteConnectionStringBuilder(connectionString).DataSource;
        await File.WriteAllTextAsync($"{path}.migrating", "", TestContext.Current.CancellationToken);
        await using (var connection = await Sql.OpenAsync(Database.Sqlite, connectionString))
        {
            await connection.ExecuteAsync("CREATE TABLE __EFMigrationsLock (Id INTEGER NOT NULL PRIMARY KEY, Timestamp TEXT NOT NULL)");
            await connection.ExecuteAsync("INSERT INTO __EFMigrationsLock VALUES (1, '2026-01-01 00:00:00')");
        }

        await MigrateAsync(connectionString, null).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        (await HistoryAsync(Database.Sqlite, connectionString)).ShouldBe(All);
        File.Exists($"{path}.migrating").ShouldBeFalse();
    }

    [Fact]
    public async Task A_migrator_waits_for_another_for_longer_than_a_command_may_take()
    {
        var connectionString = new NpgsqlConnectionStringBuilder(await Hosts.EmptyDatabaseAsync(Database.Postgres)) { CommandTimeout = 1, ApplicationName = "waiting" }.ConnectionString;
        await using var other = await Sql.OpenAsync(Database.Postgres, connectionString);
        await other.RowsAsync("SELECT pg_advisory_lock(4717200511)");

        var migration = MigrateAsync(connectionString, null);
        while (!migration.IsCompleted && !await HasWaitedAsync(other)) await Task.Delay(50, TestContext.Current.CancellationToken);
        migration.IsCompleted.ShouldBeFalse();
        await other.RowsAsync("SELECT pg_advisory_unlock(4717200511)");
        await migration;

        (await HistoryAsync(Database.Postgres, connectionString)).ShouldBe(All);

        static async Task<bool> HasWaitedAsync(System.Data.Common.DbConnection connection) => (await connection.RowsAsync(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory' AND clock_timestamp() - query_start > interval '2 seconds'")).Count > 0;
    }

    private static async Task MigrateAsync(string connectionString, string? to)
    {
        await using var app = CrmApp.Build([$"--ConnectionStrings:Crm={connectionString}", $"--Auth:SigningKey={CrmHost.SigningKey}"]);
        await app.Services.GetRequiredService<DatabaseService>().MigrateAsync(to, TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> TablesAsync(Database database, string connectionString)
    {
        await using var connection = await Sql.OpenAsync(database, connectionString);
        return await Catalogue.TableNamesAsync(database, connection);
    }

    private static async Task<List<string>> HistoryAsync(Database database, string connectionString)
    {
        await using var connection = await Sql.OpenAsync(database, connectionString);
        return (await connection.RowsAsync($"SELECT \"MigrationId\" FROM {Catalogue.History} ORDER BY 1")).ConvertAll(row => (string)row[0]!);
    }

    private static async Task RunScriptAsync(Database database, string connectionString, string script)
    {
        if (database == Database.Sqlite)
        {
            await using var connection = await Sql.OpenAsync(database, connectionString);
            await connection.ExecuteAsync(script);
            return;
        }

        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var psql = new ProcessStartInfo("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.Host!, "-p", $"{server.Port}", "-U", server.Username!, "-d", server.Database!])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        psql.Environment["PGPASSWORD"] = server.Password;
        using var process = Process.Start(psql)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        (await output).ShouldBeEmpty();
    }
}
