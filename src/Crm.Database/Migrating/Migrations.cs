using System.Data.Common;
using Crm.Database.Postgres;
using Crm.Database.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crm.Database.Migrating;

/// <summary>Brings the schema up or down: one process at a time, each migration in a transaction of its own.</summary>
public sealed class Migrations(IServiceScopeFactory scopes)
{
    internal const string HistoryTable = "schema_migrations";
    private const long PostgresLock = 4_717_200_511;

    /// <summary>No limit: another process's migration, or one of a large table, takes as long as it takes.</summary>
    private const int Patient = 0;

    /// <summary>Migrates to a migration by name, to the newest with null, back to nothing with <c>0</c>.</summary>
    public async Task RunAsync(string? to, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = AsOwner(scope);
        if (to is null && !(await db.Database.GetPendingMigrationsAsync(ct)).Any())
        {
            // So that a login that may only read and write rows can start, and a start beside a running service writes nothing.
            if (db is SqliteCrmDbContext) await db.Database.ExecuteSqlRawAsync(FileTurn.WriteAhead, ct); // a restored copy may have lost it
            return;
        }

        await using var turn = db is SqliteCrmDbContext
            ? (IAsyncDisposable)await FileTurn.TakeAsync(db, ct)
            : await AdvisoryTurn.TakeAsync(scope.ServiceProvider.GetRequiredService<NpgsqlDataSource>(), ct);
        if (db is not SqliteCrmDbContext) db.Database.SetCommandTimeout(Patient); // SQLite waits for other processes by it, and should give up
        await db.GetService<IMigrator>().MigrateAsync(to, ct);
    }

    /// <summary>The SQL that brings a database from one migration to another; from nothing to the newest by default.</summary>
    public string Script(string? to)
    {
        using var scope = scopes.CreateScope();
        var db = AsOwner(scope);
        return db.GetService<IMigrator>().GenerateScript(toMigration: to);
    }

    public IReadOnlyList<string> All()
    {
        using var scope = scopes.CreateScope();
        return [.. scope.ServiceProvider.GetRequiredService<CrmDbContext>().Database.GetMigrations()];
    }

    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return [.. await AsOwner(scope).Database.GetPendingMigrationsAsync(ct)];
    }

    private static CrmDbContext AsOwner(IServiceScope scope)
    {
        var db = scope.ServiceProvider.GetRequiredService<CrmDbContext>();
        if (db is PostgresCrmDbContext postgres) postgres.AsOwner = true;
        return db;
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken ct, int? timeout = null)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = timeout ?? command.CommandTimeout;
        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed class AdvisoryTurn(NpgsqlConnection connection) : IAsyncDisposable
    {
        public static async Task<AdvisoryTurn> TakeAsync(NpgsqlDataSource database, CancellationToken ct)
        {
            var connection = await database.OpenConnectionAsync(ct);
            await ExecuteAsync(connection, $"SELECT pg_advisory_lock({PostgresLock})", ct, Patient);
            return new AdvisoryTurn(connection);
        }

        public async ValueTask DisposeAsync()
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({PostgresLock})", CancellationToken.None);
            await connection.DisposeAsync();
        }
    }

    /// <summary>
    /// A lock of the operating system on a file beside the database. EF Core's own lock for SQLite is a row, which stays for ever
    /// when its owner is killed; whoever holds the file may remove that row. Its table isn't ours, and is taken away again.
    /// </summary>
    private sealed class FileTurn(FileStream file, DbConnection connection) : IAsyncDisposable
    {
        public const string WriteAhead = "PRAGMA journal_mode = WAL";
        private const string Unlock = "DROP TABLE IF EXISTS __EFMigrationsLock";

        public static async Task<FileTurn> TakeAsync(CrmDbContext db, CancellationToken ct)
        {
            var path = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource;
            var file = await LockAsync($"{path}.migrating", ct);
            try
            {
                // An empty file is an empty database. One that is there isn't touched: closing it would end the locks that SQLite has on it in this process.
                if (!File.Exists(path)) await File.Create(path).DisposeAsync();
                await db.Database.OpenConnectionAsync(ct);
                var connection = db.Database.GetDbConnection();
                await ExecuteAsync(connection, WriteAhead, ct);
                await ExecuteAsync(connection, Unlock, ct);
                return new FileTurn(file, connection);
            }
            catch
            {
                await file.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await using (file)
            {
                await ExecuteAsync(connection, Unlock, CancellationToken.None);
            }
        }

        private static async Task<FileStream> LockAsync(string path, CancellationToken ct)
        {
            while (true)
            {
                try
                {
                    return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                }
                catch (IOException e) when (IsTaken(e))
                {
                    await Task.Delay(50, ct);
                }
            }
        }

        /// <summary>Whether another process holds the lock: EWOULDBLOCK of Linux and of macOS, a sharing violation of Windows.</summary>
        private static bool IsTaken(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
    }
}
