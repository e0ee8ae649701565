using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Crm.Analytics;

/// <summary>The log of PostgreSQL, into which it writes each statement that a session runs, with its parameters and its plan.</summary>
/// <param name="database">As a superuser.</param>
/// <param name="path">Where the log is.</param>
internal sealed partial class ServerLog(NpgsqlDataSource database, string path)
{
    /// <summary>What must be said before the sessions begin whose statements are to be logged. Until it is begun, nothing is logged.</summary>
    public static readonly string[] Preparations = ["ALTER ROLE CURRENT_USER SET session_preload_libraries = 'auto_explain'"];

    private static readonly string[] Begin =
    [
        "LOAD 'auto_explain'", "ALTER SYSTEM SET auto_explain.log_analyze = on", "ALTER SYSTEM SET auto_explain.log_buffers = on",
        "ALTER SYSTEM SET auto_explain.log_min_duration = 0", "ALTER SYSTEM SET log_min_duration_statement = 0", "SELECT pg_reload_conf()",
    ];

    private static readonly string[] End = ["ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()"];

    public Task BeginAsync() => ExecuteAsync(Begin);

    public Task EndAsync() => ExecuteAsync(End);

    /// <summary>The statements on deals' snapshots that were run meanwhile, in their order.</summary>
    public async Task<IReadOnlyList<Statement>> OfAsync(Func<Task> work)
    {
        var begin = new FileInfo(path).Length;
        await work();
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(begin, SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return Read(await reader.ReadToEndAsync());
    }

    private static List<Statement> Read(string text)
    {
        var statements = new List<Statement>();
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal); // those that a statement was run with last
        var ran = "";
        foreach (var entry in Entry().Split(text))
        {
            var lines = entry.Replace("\n\t", "\n", StringComparison.Ordinal).TrimEnd();
            if (Executed().Match(lines) is { Success: true } executed) ran = executed.Groups["sql"].Value;
            else if (lines.StartsWith(Parameters, StringComparison.Ordinal)) parameters[ran] = lines[Parameters.Length..];
            else if (Planned().Match(lines) is { Success: true } planned && planned.Groups["sql"].Value is var sql && sql.Contains("deal_snapshots", StringComparison.Ordinal))
            {
                statements.Add(new Statement(sql, parameters.GetValueOrDefault(sql, ""), planned.Groups["plan"].Value, planned.Groups["time"].Value));
            }
        }

        return statements;
    }

    private async Task ExecuteAsync(string[] statements)
    {
        await using (var connection = await database.OpenConnectionAsync())
        {
            foreach (var sql in statements)
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            }
        }

        await Task.Delay(TimeSpan.FromSeconds(1)); // until each session has heard of it
    }

    private const string Parameters = "DETAIL:  parameters: ";
    private const int Patience = 10_000;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC \[\d+\] ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^LOG:  duration: [0-9.]+ ms  execute [^:]+: (?<sql>.*)\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Executed();

    [GeneratedRegex(@"^LOG:  duration: (?<time>[0-9.]+) ms  plan:\nQuery Text: (?<sql>.*?)\n(?<plan>[^\n]*\(cost=.*)\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Planned();
}

/// <summary>A statement that was run.</summary>
/// <param name="Sql">What.</param>
/// <param name="Parameters">With what.</param>
/// <param name="Plan">How, with what it touched.</param>
/// <param name="Milliseconds">How long; the watching of each step included.</param>
internal sealed record Statement(string Sql, string Parameters, string Plan, string Milliseconds);
