namespace Crm.Tests.Kit;

/// <summary>What the scripts that measure make their reports of: rows of Markdown tables, in the folder that CRM_REPORT names. Without it nothing is written.</summary>
internal static class Report
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("CRM_REPORT");

    /// <summary>What a database is called in a report.</summary>
    public static string NameOf(Database database) => database == Database.Sqlite ? "SQLite" : "PostgreSQL";

    /// <summary>Adds the row of a database to a table.</summary>
    /// <param name="table">The file's name.</param>
    /// <param name="database">Which database was measured.</param>
    /// <param name="row">The cells behind the database's.</param>
    public static Task AddAsync(string table, Database database, string row) => WriteAsync(table, database, [$"| {NameOf(database)} | {row} |"]);

    /// <summary>Adds the rows of a database to a table.</summary>
    public static async Task WriteAsync(string table, Database database, IEnumerable<string> rows)
    {
        if (Folder is { Length: > 0 }) await File.WriteAllLinesAsync(Path.Combine(Folder, $"{table}-{database}.md"), rows);
    }
}
