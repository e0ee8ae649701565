using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Crm.Database;

/// <summary>Which database a connection string is for.</summary>
internal static class Provider
{
    public static bool IsPostgres(string connectionString)
    {
        DbConnectionStringBuilder parts;
        try
        {
            parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"is no connection string. {Cure}", e);
        }

        if (parts.ContainsKey("Host") || parts.ContainsKey("Server")) return true;
        if (parts.ContainsKey("Data Source") || parts.ContainsKey("DataSource") || parts.ContainsKey("Filename")) return false;
        throw new FormatException($"names neither a Host nor a Data Source. {Cure}");
    }

    public static string Postgres(string connectionString)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString);
            builder.ApplicationName ??= "crm";
            return builder.ConnectionString;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new FormatException($"is no PostgreSQL connection string: {e.Message} {Cure}", e);
        }
    }

    /// <summary>The string with what every connection of ours has: enforced foreign keys, and 5 s of patience with other processes.</summary>
    public static string Sqlite(string connectionString)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true, DefaultTimeout = 5 };
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"is no SQLite connection string: {e.Message} {Cure}", e);
        }

        if (builder.Mode == SqliteOpenMode.Memory || builder.DataSource is "" or ":memory:")
        {
            throw new FormatException($"names a database in memory, of which every connection would have its own. {Cure}");
        }

        // The file is made when the schema is: one that was there and is gone must not come back empty.
        if (builder.Mode == SqliteOpenMode.ReadWriteCreate) builder.Mode = SqliteOpenMode.ReadWrite;
        CreateFolder(Path.GetDirectoryName(Path.GetFullPath(builder.DataSource)));
        return builder.ConnectionString;
    }

    private static void CreateFolder(string? folder)
    {
        if (folder is null) return;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"keeps its data in {folder}, which can't be made: {e.Message.TrimEnd('.')}. Choose a folder that the service may write to.", e);
        }
    }

    private const string Cure = "Write \"Data Source=data/crm.db\" for SQLite or \"Host=localhost;Database=crm;Username=…;Password=…\" for PostgreSQL.";
}
