using Npgsql;

namespace Crm.Search;

/// <summary>How the function that row-level security doesn't bind reads the index: the same statement, with its plan.</summary>
internal static class PlanRun
{
    private static readonly (string What, string Query)[] Queries = [("a rare word", "'{0}zyxquartz'"), ("a common word", "'{0}gmbh'"), ("a prefix", "'{0}zyxq':*"), ("a short prefix", "'{0}ba':*"), ("a rare and a common word", "'{0}zyxquartz' & '{0}ltd'")];

    public static async Task RunAsync(NpgsqlDataSource database)
    {
        Console.WriteLine("\n## How the index is read, of the large tenant");
        foreach (var (what, query) in Queries)
        {
            var beginning = $"{Filling.LargeId.ToString("N")[^8..]}lx";
            await using var explain = database.CreateCommand($"""
                EXPLAIN (ANALYZE, BUFFERS) SELECT d.record_id FROM search_documents d WHERE d.tenant_id = '{Filling.LargeId}' AND d.kind = 'l'
                  AND search_lexemes(d.tenant_id, d.kind, d.title, d.words) @@ $q${query.Replace("{0}", beginning, StringComparison.Ordinal)}$q$::tsquery LIMIT 1001
                """);
            Console.WriteLine($"\n{char.ToUpperInvariant(what[0])}{what[1..]}:\n\n```");
            await using var plan = await explain.ExecuteReaderAsync();
            while (await plan.ReadAsync()) Console.WriteLine(plan.GetString(0));
            Console.WriteLine("```");
        }
    }
}
