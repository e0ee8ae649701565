using Crm.Contracts.Failures;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SQLitePCL;

namespace Crm.Database;

/// <summary>What a database's failure means to us, whichever database it is.</summary>
public static class Failures
{
    private const string IdleInTransaction = "25P03";

    /// <summary>Somebody else wrote first: worth another try on what is there now.</summary>
    public static bool IsConflict(Exception exception) => exception is DbUpdateConcurrencyException || exception.GetBaseException() switch
    {
        PostgresException e => e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        SqliteException e => e.SqliteExtendedErrorCode is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY,
        _ => false,
    };

    /// <summary>A statement took longer than it may; the database is there for others.</summary>
    public static bool IsTooSlow(Exception exception) => exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    /// <summary>The failure in our own words where it is one that a caller may be told, else null.</summary>
    public static CrmException? Translate(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (TranslateOne(e) is { } failure) return failure;
        }

        return null;
    }

    private static CrmException? TranslateOne(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } or SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_FOREIGNKEY } =>
            new CrmException(FailureKind.Unprocessable, FailureCodes.UnknownReference, "The request refers to a record that doesn't exist."),
        DbUpdateConcurrencyException or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure } =>
            new CrmException(FailureKind.Conflict, FailureCodes.Contended, "Another request was changing the same records at this very moment. Nothing was changed; try again."),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
            new CrmException(FailureKind.Conflict, FailureCodes.Contended, "Another request holds the same records, and didn't let go of them in time. Nothing was changed; try again."),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
            new CrmException(FailureKind.Unavailable, FailureCodes.DatabaseUnavailable, "The database took too long for this request. Nothing was changed; ask for less, or try again in a moment."),
        PostgresException { SqlState: var state } when state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal) || state == IdleInTransaction => Unavailable(),
        PostgresException => null,
        NpgsqlException => Unavailable(), // it didn't come from the server: the way there, or the wait, failed
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_CANTOPEN or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_READONLY or raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT } => Unavailable(),
        _ => null,
    };

    private static CrmException Unavailable() =>
        new(FailureKind.Unavailable, FailureCodes.DatabaseUnavailable, CrmException.DatabaseUnavailable);
}
