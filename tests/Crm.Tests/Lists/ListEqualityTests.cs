using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Lists;

/// <summary>Random queries over the same rows: both databases give the same records in the same order, and they are the ones that the query means.</summary>
public sealed class ListEqualityTests
{
    private const int MostFindings = 5;

    [Fact]
    public async Task Both_databases_answer_every_query_alike_and_as_it_is_meant()
    {
        var twins = await TwinTenants.MakeAsync(Fuzzing.Dice(0));
        var findings = new ConcurrentQueue<string>();
        var (found, paged) = (0, 0);

        await Parallel.ForAsync(1, Fuzzing.Requests(10_000) + 1, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) =>
        {
            if (findings.Count >= MostFindings) return;
            var dice = Fuzzing.Dice(i);
            var query = new RandomQuery(dice, twins);
            var expected = query.Evaluate();
            if (expected.Count > 0) Interlocked.Increment(ref found);

            // A page somewhere, by offset or by so many steps of the cursor.
            var (take, steps, skip) = (dice.Next(1, 60), dice.Next(4), 0);
            if (dice.Chance(50)) (steps, skip) = (0, dice.Next(Math.Max(1, expected.Count + 5)));
            var total = dice.Pick(["", "&total=exact", "&total=none"]);
            var path = $"{query.Path}&take={take}{total}";
            var pages = await Task.WhenAll(twins.Clients.Select(client => PageAsync(client, path, skip, steps)));
            if (pages[0].Steps > 0) Interlocked.Increment(ref paged);

            if (Fault(pages, expected, take, skip, total) is { } fault) findings.Enqueue($"CRM_FUZZ_SEED={Fuzzing.Seed}, query {i}: {path}, skip {skip}, step {pages[0].Steps}: {fault}\n");
        });

        findings.ShouldBeEmpty(string.Join('\n', findings));
        found.ShouldBeGreaterThan(Fuzzing.Requests(10_000) / 2); // a query that finds nothing tells little
        paged.ShouldBeGreaterThan(Fuzzing.Requests(10_000) / 20);
    }

    private static string? Fault((Answer Answer, int Steps)[] pages, List<string> expected, int take, int skip, string total)
    {
        var (sqlite, postgres) = (pages[0].Answer, pages[1].Answer);
        if (sqlite.Status != HttpStatusCode.OK || postgres.Status != HttpStatusCode.OK) return $"{sqlite.Text}\n{postgres.Text}";
        if (sqlite.Text != postgres.Text) return $"the databases differ:\n{sqlite.Text}\n{postgres.Text}";
        var ids = sqlite.Items.Select(item => item.GetProperty("id").GetString()!).ToList();
        var meant = expected.Skip(skip + (pages[0].Steps * take)).Take(take).ToList();
        if (!ids.SequenceEqual(meant, StringComparer.Ordinal)) return $"gave [{string.Join(", ", ids)}], meant [{string.Join(", ", meant)}]";
        if (sqlite["nextCursor"].ValueKind == JsonValueKind.Null != (skip + ((pages[0].Steps + 1) * take) >= expected.Count)) return "ends too early or too late";
        if (sqlite.Json.TryGetProperty("total", out var counted) != (total != "&total=none")) return "counts what it wasn't asked to, or doesn't";
        return counted.ValueKind == JsonValueKind.Number && counted.GetInt32() != expected.Count ? $"counts {counted}, not {expected.Count}" : null;
    }

    private static async Task<(Answer Answer, int Steps)> PageAsync(Client client, string path, int skip, int steps)
    {
        var page = await client.GetAsync($"{path}&skip={skip}");
        for (var step = 0; ; step++)
        {
            if (step == steps || page.Status != HttpStatusCode.OK || page["nextCursor"].GetString() is not { } cursor) return (page, step);
            page = await client.GetAsync($"{path}&cursor={cursor}");
        }
    }
}
