using System.Net;
using System.Text.Json;
using Crm.Tests.Kit;
using Shouldly;

namespace Crm.Tests.Analytics;

/// <summary>How reports on leads, activities and tasks are read, and their figures followed.</summary>
internal static class WorkCalls
{
    /// <summary>Lets it become an instant, or stay one that is.</summary>
    public static void GoTo(this SettableClock clock, string instant) => clock.Advance(DateTimeOffset.Parse(instant, null) - clock.GetUtcNow());

    public static Task<Guid> LogAsync(this Client client, Guid lead, string type, string? direction, string? occurredAt = null) =>
        client.MakeAsync("activities", new { type, subject = type, direction, occurredAt, leadId = lead });

    /// <summary>Some members of a row, of figures how many they count, with spaces between.</summary>
    public static string Counted(this JsonElement row, params string[] names) =>
        string.Join(' ', names.Select(name => row.GetProperty(name) is { ValueKind: JsonValueKind.Object } figure ? figure.Told("count") : row.Told(name)));

    /// <summary>For each group of a report its key and some members.</summary>
    public static List<string> Groups(this Answer report, params string[] names) => [.. report["groups"].EnumerateArray().Select(group => group.Counted(["key", .. names]))];

    /// <summary>The ids that a figure counts, by pages of two; asserts that there are as many as the total says, and as many lines of CSV.</summary>
    public static async Task<List<Guid>> IdsAsync(this Client client, string drillDown)
    {
        var (ids, cursor, total) = (new List<Guid>(), "", 0);
        do
        {
            var page = await client.FoundAsync($"{drillDown}&take=2{cursor}");
            ids.AddRange(page.Items.Select(item => item.EnumerateObject().First().Value.GetGuid()));
            total = page["total"].GetInt32();
            cursor = page["nextCursor"].GetString() is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "";
        }
        while (cursor.Length > 0);

        ids.Count.ShouldBe(total, drillDown);
        ids.ConvertAll(id => $"{id}").ShouldBe(ids.ConvertAll(id => $"{id}").Distinct().Order(StringComparer.Ordinal), ignoreOrder: false, customMessage: drillDown);
        (await client.FoundAsync($"{drillDown}&format=csv")).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(total + 1, drillDown);
        return ids;
    }

    /// <summary>Asserts that every figure of a report is as many as its drill-down lists.</summary>
    /// <returns>How many figures there are.</returns>
    public static async Task<int> FollowAsync(this Client client, Answer report)
    {
        var figures = Figures(report.ShouldBe(HttpStatusCode.OK).Json).ToList();
        foreach (var (count, drillDown) in figures) (await client.IdsAsync(drillDown)).Count.ShouldBe(count, drillDown);
        return figures.Count;
    }

    private static IEnumerable<(int Count, string DrillDown)> Figures(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object when json.TryGetProperty("drillDown", out var drillDown) => [(json.GetProperty("count").GetInt32(), drillDown.GetString()!)],
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Figures(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Figures),
        _ => [],
    };
}
