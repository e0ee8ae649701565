using Crm.Services;
using Crm.Services.Operations;
using Crm.Tests.Kit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Hosts))]

namespace Crm.Tests.Kit;

/// <summary>One service a database, shared by all tests, each of which has a tenant of its own. Started when first asked for.</summary>
public sealed class Hosts : IAsyncLifetime
{
    private static readonly Lazy<Task<CrmHost>> Sqlite = new(async () => await CrmHost.StartAsync(Database.Sqlite, await NewDatabaseAsync(Database.Sqlite)));
    private static readonly Lazy<Task<CrmHost>> Postgres = new(async () => await CrmHost.StartAsync(Database.Postgres, await NewDatabaseAsync(Database.Postgres)));
    private static readonly Lazy<Task<PostgresServer>> Server = new(PostgresServer.StartAsync);
    private static readonly Lazy<Task<string>> SqliteTemplate = new(MigratedSqliteAsync);
    private static readonly Lazy<Task<string>> PostgresTemplate = new(MigratedPostgresAsync);
    private static readonly DirectoryInfo Folder = Directory.CreateTempSubdirectory("crm-tests-");

    public static Task<CrmHost> For(Database database) => database == Database.Sqlite ? Sqlite.Value : Postgres.Value;

    /// <summary>The connection string of a database of one's own: migrated, and with no rows. It is a copy, since migrating costs more than that.</summary>
    public static async Task<string> NewDatabaseAsync(Database database) => database == Database.Sqlite ? await CopiedSqliteAsync() : await CopiedPostgresAsync();

    /// <summary>The connection string of a database of one's own in which there is nothing.</summary>
    public static async Task<string> EmptyDatabaseAsync(Database database) => database == Database.Sqlite ? NewSqlite() : await NewPostgresAsync();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Sqlite.IsValueCreated) await (await Sqlite.Value).DisposeAsync();
        if (Postgres.IsValueCreated) await (await Postgres.Value).DisposeAsync();
        if (Server.IsValueCreated) await (await Server.Value).DisposeAsync();
        SqliteConnection.ClearAllPools();
        Folder.Delete(recursive: true);
    }

    private static string NewSqlite() => $"Data Source={Path.Combine(Folder.FullName, $"{Guid.CreateVersion7():N}.db")}";

    private static async Task<string> NewPostgresAsync(string template = "template1")
    {
        var server = await Server.Value;
        var name = $"crm_{Guid.CreateVersion7():N}";
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE {template}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    private static async Task<string> CopiedSqliteAsync()
    {
        var connectionString = NewSqlite();
        File.Copy(await SqliteTemplate.Value, new SqliteConnectionStringBuilder(connectionString).DataSource);
        return connectionString;
    }

    private static async Task<string> CopiedPostgresAsync() => await NewPostgresAsync(await PostgresTemplate.Value);

    /// <returns>The file, which is whole by itself: its last connection, which no pool keeps, took its log away.</returns>
    private static async Task<string> MigratedSqliteAsync()
    {
        var template = new SqliteConnectionStringBuilder(NewSqlite()) { Pooling = false };
        await MigrateAsync(template.ConnectionString);
        return template.DataSource;
    }

    /// <returns>The database's name; nobody is connected to it, or it couldn't be copied.</returns>
    private static async Task<string> MigratedPostgresAsync()
    {
        var template = new NpgsqlConnectionStringBuilder(await NewPostgresAsync()) { Pooling = false };
        await MigrateAsync(template.ConnectionString);
        return template.Database!;
    }

    private static async Task MigrateAsync(string connectionString)
    {
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddCrm(connectionString, new DatabaseLimits()).BuildServiceProvider();
        await services.GetRequiredService<DatabaseService>().MigrateAsync(null, CancellationToken.None);
    }
}
