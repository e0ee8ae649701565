using System.Globalization;
using System.Net;
using System.Text.Json;
using Crm.Tests.Demo;
using Shouldly;
using Xunit;

namespace Crm.Tests.Search;

/// <summary>
/// How well a search finds what is meant: queries over the sample data, each with all that somebody who types it would accept, and with what was found of
/// it when the search was last made better (<c>relevance.json</c>). No query may fall behind that. <c>CRM_RELEVANCE=FILE</c> writes what is found now.
/// </summary>
public sealed class RelevanceTests
{
    private const int Shown = 10;

    [Theory, EachDatabase]
    public async Task No_query_finds_less_of_what_is_meant_than_it_did(Database database)
    {
        var queries = JsonSerializer.Deserialize<List<Labelled>>(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Search", "relevance.json"), TestContext.Current.CancellationToken), JsonSerializerOptions.Web)!;
        var client = await DemoDataTests.FilledAsync(database);
        var measured = new List<Labelled>();
        foreach (var query in queries) measured.Add(query.Measure(await FindAsync(client, query.Q)));

        if (Environment.GetEnvironmentVariable("CRM_RELEVANCE") is { Length: > 0 } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(measured, JsonSerializerOptions.Web), TestContext.Current.CancellationToken);
        queries.Count.ShouldBeGreaterThanOrEqualTo(60);
        measured.Where((now, i) => now.Recall < queries[i].Recall || now.ReciprocalRank < queries[i].ReciprocalRank).Select(now => $"{now.Q}: recall@10 {now.Recall}, first at 1/{now.ReciprocalRank}")
            .ShouldBeEmpty(string.Create(CultureInfo.InvariantCulture, $"recall@10 {measured.Average(q => q.Recall):F3}, MRR {measured.Average(q => q.ReciprocalRank):F3}"));
    }

    private static async Task<List<string>> FindAsync(Client client, string q)
    {
        var found = await client.GetAsync($"/api/search?take={Shown}&q={Uri.EscapeDataString(q)}");
        return [.. found.ShouldBe(HttpStatusCode.OK).Items.Select(hit => hit.GetProperty("type").GetString() switch
        {
            "LEAD" => $"LEAD {Title(hit)} · {Text(hit.GetProperty("lead"), "companyName")}",
            "CUSTOMER" => $"CUSTOMER {Title(hit)} · {(hit.GetProperty("customer").GetProperty("company") is { ValueKind: JsonValueKind.Object } company ? Text(company, "name") : "")}",
            var type => $"{type} {Title(hit)}",
        })];
    }

    private static string Title(JsonElement hit) => hit.GetProperty("title").GetString()!;

    private static string? Text(JsonElement row, string member) => row.GetProperty(member).GetString();

    /// <param name="Kind">What somebody has in mind.</param>
    /// <param name="Q">What they type.</param>
    /// <param name="Relevant">All that they would accept.</param>
    /// <param name="Recall">How much of it, or of ten, was among the first ten.</param>
    /// <param name="ReciprocalRank">1 ÷ the place of the first of it; 0 for none among the first ten.</param>
    private sealed record Labelled(string Kind, string Q, IReadOnlyList<string> Relevant, double Recall, double ReciprocalRank)
    {
        public Labelled Measure(List<string> found)
        {
            var first = found.FindIndex(Relevant.Contains);
            return this with
            {
                Recall = Math.Round(found.Distinct(StringComparer.Ordinal).Count(Relevant.Contains) / (double)Math.Min(Shown, Relevant.Count), 3),
                ReciprocalRank = first < 0 ? 0 : Math.Round(1.0 / (first + 1), 3),
            };
        }
    }
}
