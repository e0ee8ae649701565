using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Crm.Bench;
using Npgsql;

namespace Crm.Search;

/// <summary>What the index costs whoever writes: how long a lead takes to be made over one connection, with the triggers that write the index and without them, in turn.</summary>
internal sealed class WriteRun(HttpClient http, NpgsqlDataSource database, string key)
{
    public async Task RunAsync(int rounds, int times)
    {
        List<double> with = [], without = [];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var isWritten in round % 2 == 0 ? new[] { true, false } : [false, true])
            {
                await using (var command = database.CreateCommand($"ALTER TABLE leads {(isWritten ? "ENABLE" : "DISABLE")} TRIGGER leads_found")) await command.ExecuteNonQueryAsync();
                for (var n = 0; n < 8; n++) await MakeAsync(round, n);
                for (var n = 0; n < times; n++) (isWritten ? with : without).Add(await MakeAsync(round, n));
            }
        }

        await using (var command = database.CreateCommand("ALTER TABLE leads ENABLE TRIGGER leads_found")) await command.ExecuteNonQueryAsync();
        with.Sort();
        without.Sort();
        Console.WriteLine($"\n## What the index costs a write\n\nA lead of the large tenant is made in {with[with.Count / 2]:0.0} ms with its words written (p50 of {with.Count} by POST, each synced), and in {without[without.Count / 2]:0.0} ms without: {with[with.Count / 2] / without[without.Count / 2]:0.00}.");
    }

    private async Task<double> MakeAsync(int round, int n)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/leads");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token.Of(Filling.LargeId, "user-0", key));
        request.Headers.Add("X-Tenant-Id", $"{Filling.LargeId}");
        request.Content = JsonContent.Create(new
        {
            firstName = "Mirven",
            lastName = $"Torkap{n}",
            email = $"mirven.{n}@torkap-{round}.example",
            phone = $"+49 30 {9_000_000 + n}",
            companyName = $"Torkap {round} GmbH",
            description = "Interested in a house by the sea, from where one sees the ships that leave in the evening; please call before noon",
        });
        var begun = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"POST /api/leads: {(int)answer.StatusCode} {body}");
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
