using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Crm.Database.Postgres;

/// <summary>
/// The third wall: puts the role, the tenant and the time limits before a command, in its own round trip and for its transaction
/// only. A connection remembers nothing, so that a pool between us and the server may hand it to anybody.
/// </summary>
internal sealed class WallInterceptor(WallOptions options) : DbCommandInterceptor, IDbTransactionInterceptor
{
    /// <summary>The application's role: it reads and writes rows, owns nothing, and row-level security binds it.</summary>
    public const string Role = "crm_app";

    private const string Asking = "SELECT set_config('role',";
    private const string Tenant = "wall_tenant";

    /// <summary>What stands before each command, up to the tenant where that can't be a parameter. One text of all settings: each column of an answer costs the client more than its setting costs the server.</summary>
    private readonly string before = options.SetLocal
        ? $"SET LOCAL role = {Role};{string.Concat(Limits(options).Select(limit => $"SET LOCAL {limit.Name} = {limit.Value};"))}SET LOCAL app.tenant_id = "
        : $"{Asking} '{Role}', true) || set_config('app.tenant_id', @{Tenant}, true){string.Concat(Limits(options).Select(limit => $" || set_config('{limit.Name}', '{limit.Value}', true)"))};";

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Raise(command, eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Raise(command, eventData.Context);
        return new(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Raise(command, eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Raise(command, eventData.Context);
        return new(result);
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        if (!Raise(command, eventData.Context)) return result;
        using var reader = command.ExecuteReader();
        Skip(command, reader);
        return InterceptionResult<object>.SuppressWithResult(reader.Read() ? reader.GetValue(0) : null!);
    }

    public override async ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        if (!Raise(command, eventData.Context)) return result;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await SkipAsync(command, reader, cancellationToken);
        return InterceptionResult<object>.SuppressWithResult(await reader.ReadAsync(cancellationToken) ? reader.GetValue(0) : null!);
    }

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        Skip(command, result);
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        await SkipAsync(command, result, cancellationToken);
        return result;
    }

    /// <summary>A new transaction has nothing, also where it comes as the same object: a connection uses one for all of its transactions.</summary>
    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        Forget(eventData.Context);
        return result;
    }

    /// <inheritdoc cref="TransactionStarted"/>
    public ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        Forget(eventData.Context);
        return new(result);
    }

    /// <summary>Whoever joins another's transaction doesn't know what it has.</summary>
    public DbTransaction TransactionUsed(DbConnection connection, TransactionEventData eventData, DbTransaction result)
    {
        Forget(eventData.Context);
        return result;
    }

    /// <inheritdoc cref="TransactionUsed"/>
    public ValueTask<DbTransaction> TransactionUsedAsync(DbConnection connection, TransactionEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        Forget(eventData.Context);
        return new(result);
    }

    /// <summary>What was set behind the savepoint is gone with it.</summary>
    public void RolledBackToSavepoint(DbTransaction transaction, TransactionEventData eventData) => Forget(eventData.Context);

    /// <inheritdoc cref="RolledBackToSavepoint"/>
    public Task RolledBackToSavepointAsync(DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken = default)
    {
        Forget(eventData.Context);
        return Task.CompletedTask;
    }

    /// <summary>Puts what the wall asks for before the command, unless its transaction has it.</summary>
    private bool Raise(DbCommand command, DbContext? context)
    {
        if (context is not IWalled { AsOwner: false } db) return false;
        var transaction = command.Transaction;
        var tenantId = db.TenantId;
        if (transaction is not null && db.Walled == (transaction, tenantId)) return false;
        db.Walled = transaction is null ? null : (transaction, tenantId);

        var tenant = tenantId == Guid.Empty ? "" : tenantId.ToString();
        if (options.SetLocal)
        {
            var text = $"{before}'{tenant}';{command.CommandText}";
            command.CommandText = transaction is null ? $"BEGIN;{text};COMMIT" : text;
        }
        else
        {
            command.CommandText = before + command.CommandText;
            command.Parameters.Add(new NpgsqlParameter<string>(Tenant, tenant));
        }

        return true;
    }

    private static void Forget(DbContext? context)
    {
        if (context is IWalled db) db.Walled = null;
    }

    /// <summary>Passes over the answer to what was put before the command; its faults come here too.</summary>
    private static void Skip(DbCommand command, DbDataReader reader)
    {
        if (!command.CommandText.StartsWith(Asking, StringComparison.Ordinal)) return;
        try
        {
            reader.NextResult();
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private static async Task SkipAsync(DbCommand command, DbDataReader reader, CancellationToken ct)
    {
        if (!command.CommandText.StartsWith(Asking, StringComparison.Ordinal)) return;
        try
        {
            await reader.NextResultAsync(ct);
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    private static (string Name, string Value)[] Limits(WallOptions options) =>
    [
        ("statement_timeout", Milliseconds(options.Statement)),
        ("lock_timeout", Milliseconds(options.Lock)),
        ("idle_in_transaction_session_timeout", Milliseconds(options.IdleInTransaction)),
    ];

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
