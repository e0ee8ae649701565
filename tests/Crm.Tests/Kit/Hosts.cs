using Crm.Tests.Kit;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Hosts))]

namespace Crm.Tests.Kit;

/// <summary>One service a database, shared by all tests, each of which has a tenant of its own. Started when first asked for.</summary>
public sealed class Hosts : IAsyncLifetime
{
    private static readonly Lazy<Task<CrmHost>> Sqlite = new(() => CrmHost.StartAsync(Database.Sqlite, NewSqlite()));
    private static readonly Lazy<Task<CrmHost>> Postgres = new(async () => await CrmHost.StartAsync(Database.Postgres, await NewPostgresAsync()));
    private static readonly Lazy<Task<PostgresServer>> Server = new(PostgresServer.StartAsync);
    private static readonly DirectoryInfo Folder = Directory.CreateTempSubdirectory("crm-tests-");

    public static Task<CrmHost> For(Database database) => database == Database.Sqlite ? Sqlite.Value : Postgres.Value;

    /// <summary>The connection string of an empty database of one's own.</summary>
    public static async Task<string> NewDatabaseAsync(Database database) => database == Database.Sqlite ? NewSqlite() : await NewPostgresAsync();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Sqlite.IsValueCreated) await (await Sqlite.Value).DisposeAsync();
        if (Postgres.IsValueCreated) await (await Postgres.Value).DisposeAsync();
        if (Server.IsValueCreated) await (await Server.Value).DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Folder.Delete(recursive: true);
    }

    private static string NewSqlite() => $"Data Source={Path.Combine(Folder.FullName, $"{Guid.CreateVersion7():N}.db")}";

    private static async Task<string> NewPostgresAsync()
    {
        var server = await Server.Value;
        var name = $"crm_{Guid.CreateVersion7():N}";
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }
}
