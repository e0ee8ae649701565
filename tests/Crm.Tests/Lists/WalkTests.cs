using System.Collections.Concurrent;
using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Lists;

/// <summary>A list is walked by cursor while its records are added, changed and deleted.</summary>
public sealed class WalkTests
{
    private const int There = 60;
    private const int Take = 7;

    [Theory, EachDatabase("leads", "", "-createdAt", "createdAt", "lastName", "-lastName", "companyName", "estimatedValue", "-estimatedValue,lastName", "score")]
    [EachDatabase("deals", "", "createdAt", "name", "-value", "expectedCloseDate", "-expectedCloseDate", "closedAt", "-closedAt", "stageEnteredAt,-name")]
    [EachDatabase("tasks", "", "-dueAt", "createdAt", "priority,-dueAt", "-priority", "title")]
    [EachDatabase("activities", "", "occurredAt", "-createdAt")]
    public async Task Every_record_that_was_there_throughout_is_seen_exactly_once(Database database, string collection, params string[] sorts)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Zuse" });
        var kept = await MakeAllAsync(client, collection, lead, There, "kept");
        if (collection == "leads") kept.Add(lead.ToString());

        foreach (var sort in sorts)
        {
            var doomed = await MakeAllAsync(client, collection, lead, There / 2, "doomed");
            var walked = new TaskCompletionSource();
            var traffic = TrafficAsync(client, collection, lead, kept, doomed, walked.Task);

            var seen = await WalkAsync(client, collection, sort);

            walked.SetResult();
            await traffic;
            seen.Count.ShouldBe(seen.Distinct().Count(), $"{collection} by {sort}: something was seen twice");
            kept.Except(seen).ShouldBeEmpty($"{collection} by {sort}");
        }
    }

    [Theory, EachDatabase]
    public async Task Members_are_walked_while_others_join(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await Task.WhenAll(Enumerable.Range(0, There).Select(i => client.As(Role.Rep, $"user {i}").GetAsync("/api/me")));
        foreach (var sort in new[] { "", "-name", "createdAt", "-createdAt" })
        {
            var walked = new TaskCompletionSource();
            var joining = JoinAsync(client, walked.Task);

            var seen = await WalkAsync(client, "members", sort);

            walked.SetResult();
            await joining;
            seen.Count.ShouldBe(seen.Distinct().Count(), $"members by {sort}: somebody was seen twice");
            Enumerable.Range(0, There).Select(i => $"user {i}").Except(seen).ShouldBeEmpty();
        }
    }

    private static async Task<List<string>> WalkAsync(Client client, string collection, string sort)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await client.GetAsync($"/api/{collection}?take={Take}{(sort.Length > 0 ? $"&sort={sort}" : "")}{(cursor is null ? "" : $"&cursor={cursor}")}")).ShouldBe(HttpStatusCode.OK);
            page.Items.Count.ShouldBeLessThanOrEqualTo(Take);
            seen.AddRange(page.Items.Select(item => item.GetProperty("id").GetString()!));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null && seen.Count < 5_000); // in the direction of growth a walk may go on for as long as there is traffic
        return seen;
    }

    private static async Task<List<string>> MakeAllAsync(Client client, string collection, Guid lead, int count, string name)
    {
        var made = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => made.Add((await client.MakeAsync(collection, Body(collection, lead, i, name))).ToString()));
        return [.. made];
    }

    /// <summary>Adds, changes and deletes, until the walk is over: of what stays, only members that no order goes by.</summary>
    private static async Task TrafficAsync(Client client, string collection, Guid lead, List<string> kept, List<string> doomed, Task walked)
    {
        for (var i = 0; !walked.IsCompleted && i < 2_000; i++)
        {
            await client.MakeAsync(collection, Body(collection, lead, i, "new"));
            var text = collection == "activities" ? (object)new { body = $"change {i}" } : new { description = $"change {i}" };
            (await client.PatchAsync($"/api/{collection}/{kept[i % kept.Count]}", text)).ShouldBe(HttpStatusCode.OK);
            if (i < doomed.Count) (await client.DeleteAsync($"/api/{collection}/{doomed[i]}")).ShouldBe(HttpStatusCode.NoContent);
        }
    }

    private static async Task JoinAsync(Client client, Task walked)
    {
        for (var i = 0; !walked.IsCompleted; i++) await client.As(Role.Rep, $"user {i % There}+{Guid.CreateVersion7()}").GetAsync("/api/me");
    }

    /// <summary>Few values of each key, so that most are shared, and some are missing.</summary>
    private static object Body(string collection, Guid lead, int i, string name) => collection switch
    {
        "leads" => new { lastName = $"Name {i % 5}", companyName = i % 3 == 0 ? null : $"Company {i % 2}", estimatedValue = i % 4 == 0 ? (decimal?)null : i % 3, description = name },
        "deals" => new
        {
            name = $"Deal {i % 5}",
            value = i % 4 == 0 ? (decimal?)null : i % 3,
            expectedCloseDate = i % 3 == 0 ? null : $"2026-01-0{(i % 2) + 1}",
            stage = i % 2 == 0 ? "LEAD" : "CLOSED_WON",
            closedAt = i % 2 == 0 ? null : $"2026-01-0{(i % 3) + 1}T00:00:00Z",
            description = name,
        },
        "tasks" => new { title = $"Task {i % 5}", priority = i % 2 == 0 ? "LOW" : "URGENT", dueAt = i % 3 == 0 ? null : $"2026-01-0{(i % 2) + 1}T09:00:00Z", description = name },
        _ => new { type = "NOTE", subject = name, leadId = lead, occurredAt = $"2026-01-0{(i % 3) + 1}T09:00:00Z" },
    };
}
