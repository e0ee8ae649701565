using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Crm.Database.Tenancy;

/// <summary>Row locks for reads whose answer a transaction relies on. SQLite needs none: its transaction has the only pen.</summary>
public static class RowLocks
{
    internal const string Share = "lock: share";
    internal const string Update = "lock: update";

    /// <summary>Until the transaction ends, nobody changes the rows.</summary>
    public static IQueryable<T> ForShare<T>(this IQueryable<T> rows) where T : class, ITenantOwned => rows.TagWith(Share);

    /// <summary>Until the transaction ends, nobody else changes the rows or locks them.</summary>
    public static IQueryable<T> ForUpdate<T>(this IQueryable<T> rows) where T : class, ITenantOwned => rows.TagWith(Update);
}

internal sealed class RowLockInterceptor : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.StartsWith($"-- {RowLocks.Share}", StringComparison.Ordinal)) command.CommandText += "\nFOR SHARE";
        else if (command.CommandText.StartsWith($"-- {RowLocks.Update}", StringComparison.Ordinal)) command.CommandText += "\nFOR NO KEY UPDATE";
        return new ValueTask<InterceptionResult<DbDataReader>>(result);
    }
}
