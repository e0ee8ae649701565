using Crm.Tests.Kit;

namespace Crm.Tests.Health;

/// <summary>A database of a test's own that can be taken away and given back.</summary>
internal sealed class LosableDatabase : IAsyncDisposable
{
    private readonly Database database;
    private readonly string folder;

    private LosableDatabase(Database database, string folder, string connectionString) =>
        (this.database, this.folder, ConnectionString) = (database, folder, connectionString);

    public string ConnectionString { get; }

    private string File => Path.Combine(folder, "crm.db");

    public static async Task<LosableDatabase> StartAsync(Database database)
    {
        var place = Directory.CreateTempSubdirectory("crm-losable-").FullName;
        // A connection that is kept open would go on reading a file that was moved away.
        var connectionString = database == Database.Sqlite ? $"Data Source={Path.Combine(place, "crm.db")};Pooling=False" : await PostgresServer.RunAsync("start", place);
        return new LosableDatabase(database, place, connectionString);
    }

    public async Task LoseAsync()
    {
        if (database == Database.Sqlite) System.IO.File.Move(File, $"{File}.away");
        else await PostgresServer.RunAsync("stop", folder);
    }

    public async Task ReturnAsync()
    {
        if (database == Database.Sqlite) System.IO.File.Move($"{File}.away", File);
        else await PostgresServer.RunAsync("start", folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (database == Database.Postgres) await PostgresServer.RunAsync("stop", folder);
        Directory.Delete(folder, recursive: true);
    }
}
