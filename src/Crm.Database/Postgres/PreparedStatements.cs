using System.Data.Common;
using Npgsql;

namespace Crm.Database.Postgres;

/// <summary>
/// Statements that are sent again and again stay prepared on their connection: the server parses, rewrites and mostly plans them once.
/// Whatever pools transactions in between would hand out connections that haven't heard of them, so that then none are prepared.
/// </summary>
internal static class PreparedStatements
{
    private const string Setting = "Max Auto Prepare";

    /// <summary>Each is some ten kilobytes of the server's memory for each connection.</summary>
    private const int Most = 100;

    /// <summary>The string with prepared statements where the connection is direct, unless it says itself how many there may be. Connects once.</summary>
    public static string AllowedBy(string connectionString, WallOptions wall)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (given.ContainsKey(Setting) || given.ContainsKey("MaxAutoPrepare")) return connectionString;
        if (wall.SetLocal || !IsDirect(connectionString)) return connectionString; // with SET LOCAL each tenant has statements of its own
        return new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = Most }.ConnectionString;
    }

    /// <summary>The server tells a client its process when it connects, to cancel by. A pool of transactions tells another number, as it has no process yet.</summary>
    private static bool IsDirect(string connectionString)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        using var ask = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)ask.ExecuteScalar()! == connection.ProcessID;
    }
}
