using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Crm.Bench;
using Npgsql;

namespace Crm.Search;

/// <summary>How long searches take one after the other over one connection: with row-level security, and without it, in turn and close to each other, as a machine's speed changes with what else it does.</summary>
internal sealed class MeasureRun(HttpClient http, NpgsqlDataSource database, string key)
{
    private const int WarmUps = 8;

    private static readonly (string What, string Path)[] Cases =
    [
        ("search: a rare word", "/api/search?q=zyxquartz"),
        ("search: a common word", "/api/search?q=gmbh"),
        ("search: a common word of notes", "/api/search?q=interested"),
        ("search: a prefix", "/api/search?q=zyxq"),
        ("search: a short prefix", "/api/search?q=ba"),
        ("search: a misspelling", "/api/search?q=zyxqartz"),
        ("search: a rare and a common word", "/api/search?q=zyxquartz%20ltd"),
        ("search: a phrase", "/api/search?q=%22zyxquartz%20mining%22"),
        ("search: a qualifier alone", "/api/search?q=type:lead%20status:NEW"),
        ("search: a telephone number", "/api/search?q=030%20{phone}"),
        ("search: nothing has it", "/api/search?q=wwwwww"),
        ("suggest: one letter", "/api/search/suggest?q=b"),
        ("suggest: two letters", "/api/search/suggest?q=ba"),
        ("suggest: three letters", "/api/search/suggest?q=bad"),
        ("suggest: four letters", "/api/search/suggest?q=zyxq"),
        ("suggest: a word", "/api/search/suggest?q=zyxquartz"),
        ("suggest: a misspelling", "/api/search/suggest?q=zyxqartz"),
        ("list of leads: a rare word", "/api/leads?search=zyxquartz"),
        ("list of leads: a common word", "/api/leads?search=gmbh"),
        ("list of leads: company prefix, by relevance", "/api/leads?search=zyxq&sort=relevance"),
        ("list of leads: a misspelling", "/api/leads?search=zyxqartz"),
    ];

    public async Task RunAsync(int rounds, int times)
    {
        Console.WriteLine("\n| request | large p50 ms | without RLS | ratio | typical p50 ms | without RLS | ratio |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        var seen = Cases.ToDictionary(one => one, _ => new List<double>[] { [], [], [], [] });
        for (var round = 0; round < rounds; round++)
        {
            foreach (var one in Cases)
            {
                foreach (var (i, tenant) in new[] { Filling.LargeId, Filling.TypicalId }.Index())
                {
                    foreach (var walled in round % 2 == 0 ? new[] { true, false } : [false, true])
                    {
                        await LetAsync(walled);
                        for (var n = 0; n < WarmUps; n++) await AskAsync(tenant, one.Path);
                        for (var n = 0; n < times; n++) seen[one][(2 * i) + (walled ? 0 : 1)].Add(await AskAsync(tenant, one.Path));
                    }
                }
            }

            Console.Error.WriteLine($"Round {round + 1} of {rounds} is done.");
        }

        await LetAsync(walled: true);
        foreach (var one in Cases)
        {
            var halves = seen[one].Select(Half).ToList();
            Console.WriteLine($"| {one.What} | {halves[0]:0.0} | {halves[1]:0.0} | {halves[0] / halves[1]:0.00} | {halves[2]:0.0} | {halves[3]:0.0} | {halves[2] / halves[3]:0.00} |");
        }
    }

    /// <summary>Raises the wall, or lets it down: of every table that has one. What was prepared is planned anew by that.</summary>
    private async Task LetAsync(bool walled)
    {
        await using var command = database.CreateCommand($"""
            DO $$ DECLARE name text; BEGIN
              FOR name IN SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = 'public' LOOP
                EXECUTE format('ALTER TABLE %I {(walled ? "ENABLE" : "DISABLE")} ROW LEVEL SECURITY', name);
              END LOOP;
            END $$
            """);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<double> AskAsync(Guid tenant, string path)
    {
        path = path.Replace("{phone}", tenant == Filling.LargeId ? "0001007" : "0301007", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token.Of(tenant, "user-0", key));
        request.Headers.Add("X-Tenant-Id", $"{tenant}");
        var begun = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        var spent = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.GetProperty("items").GetArrayLength() == 0 != path.EndsWith("wwwwww", StringComparison.Ordinal)) throw new InvalidOperationException($"{path} finds what it shouldn't, or nothing.");
        return spent;
    }

    private static double Half(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
