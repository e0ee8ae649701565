using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Crm.Tests.Scale;

/// <summary>The SQL that one service sends to its database, with the parameters, as long as it is listened to.</summary>
internal sealed class CapturedCommands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentBag<IDisposable> subscriptions = [];
    private readonly ConcurrentQueue<CapturedCommand> commands = new();
    private readonly string database;

    private CapturedCommands(string database)
    {
        this.database = database;
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>Listens to the service over a database that no other service shares.</summary>
    public static CapturedCommands Of(Database database, string connectionString) => new(database == Database.Postgres
        ? new NpgsqlConnectionStringBuilder(connectionString).Database!
        : new SqliteConnectionStringBuilder(connectionString).DataSource);

    /// <summary>What was sent since the last call.</summary>
    public IReadOnlyList<CapturedCommand> Take()
    {
        var taken = new List<CapturedCommand>();
        while (commands.TryDequeue(out var command)) taken.Add(command);
        return taken;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory) subscriptions.Add(value.Subscribe(this!));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not CommandEventData { Command: { } command } data || data.EventId != RelationalEventId.CommandExecuting) return;
        if (command.Connection is not { } connection || !connection.ConnectionString.Contains(database, StringComparison.Ordinal)) return;
        if (command.CommandText.StartsWith("-- who asks", StringComparison.Ordinal)) return; // every request's question, whatever it is about
        commands.Enqueue(new CapturedCommand(command.CommandText, [.. command.Parameters.Cast<DbParameter>()]));
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in subscriptions) subscription.Dispose();
    }

    private const string DbLoggerCategory = "Microsoft.EntityFrameworkCore";
}

internal sealed record CapturedCommand(string Sql, IReadOnlyList<DbParameter> Parameters);
