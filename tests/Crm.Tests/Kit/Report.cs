namespace Crm.Tests.Kit;

/// <summary>What the scripts that measure make their reports of: rows of Markdown tables, in the folder that CRM_REPORT names. Without it nothing is written.</summary>
internal static class Report
{
    /// <summary>Adds the row of a database to a table.</summary>
    /// <param name="table">The file's name.</param>
    /// <param name="database">Which database was measured.</param>
    /// <param name="row">The cells behind the database's.</param>
    public static async Task AddAsync(string table, Database database, string row)
    {
        if (Environment.GetEnvironmentVariable("CRM_REPORT") is not { Length: > 0 } folder) return;
        await File.WriteAllTextAsync(Path.Combine(folder, $"{table}-{database}.md"), $"| {(database == Database.Sqlite ? "SQLite" : "PostgreSQL")} | {row} |\n");
    }
}
