using System.Globalization;
using System.Text;

namespace Crm.Analytics;

/// <summary>Asks for each report once more, and writes down by which plans the database answers.</summary>
internal static class PlanRun
{
    private const int LongestLine = 240;
    private const int LongestCase = 8;

    public static async Task RunAsync(Tenant large, Tenant typical, ServerLog log, string path)
    {
        var text = new StringBuilder("""
            # Plans of reports

            By `auto_explain`, each of one request of now after many like it, made by `bin/analytics` with the figures of the same run. Where a plan has `$1` for the tenant, it is the one for all
            tenants that the server keeps for a prepared statement. Times include that each step is watched. A statement stands where it comes first; what is long is cut (…).

            """);
        await log.BeginAsync();
        foreach (var report in Report.Of(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime)))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {report.Name}\n\n`{report.Path}`\n");
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (who, tenant, asRep) in new[] { ("Large tenant", large, false), ("Typical tenant", typical, false), ("Large tenant, as a rep", large, true) })
            {
                text.Append(CultureInfo.InvariantCulture, $"\n### {who}\n");
                foreach (var statement in await log.OfAsync(() => tenant.AskAsync(report.AsOf(TimeProvider.System.GetUtcNow()), asRep)))
                {
                    text.Append(CultureInfo.InvariantCulture, $"\n{statement.Milliseconds} ms, {Cut(statement.Parameters)}\n");
                    if (known.Add(statement.Sql)) text.Append(CultureInfo.InvariantCulture, $"\n```sql\n{Cut(Fold(statement.Sql))}\n```\n");
                    text.Append(CultureInfo.InvariantCulture, $"\n```\n{Cut(statement.Plan)}\n```\n");
                }
            }
        }

        await log.EndAsync();
        await File.WriteAllTextAsync(path, text.ToString());
    }

    private static string Cut(string lines) => string.Join('\n', lines.Split('\n').Select(line => line.Length > LongestLine ? line[..LongestLine] + " …" : line));

    /// <summary>Leaves out the inner lines of a search for a period, of which there are twice as many as periods.</summary>
    private static string Fold(string sql)
    {
        var folded = new List<string>();
        var run = new List<string>();
        foreach (var line in sql.Split('\n').Append(""))
        {
            if (line.TrimStart() is var word && (word.StartsWith("WHEN ", StringComparison.Ordinal) || word.StartsWith("ELSE ", StringComparison.Ordinal) || word == "END"))
            {
                run.Add(line);
                continue;
            }

            folded.AddRange(run.Count > LongestCase ? [run[0], "…", run[^1]] : run);
            run.Clear();
            folded.Add(line);
        }

        return string.Join('\n', folded).TrimEnd();
    }
}
