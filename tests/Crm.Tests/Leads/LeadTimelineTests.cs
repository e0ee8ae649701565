using System.Net;
using System.Text.Json;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Leads;

public sealed class LeadTimelineTests
{
    [Theory, EachDatabase]
    public async Task Events_activities_tasks_and_deals_come_in_one_order_newest_first(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        clock.Advance(TimeSpan.FromMinutes(1));
        var task = await client.MakeAsync("tasks", new { title = "Call", leadId = lead, dueAt = clock.GetUtcNow().AddSeconds(1) });
        clock.Advance(TimeSpan.FromMinutes(1));
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });
        clock.Advance(TimeSpan.FromMinutes(1));
        var early = await client.MakeAsync("activities", new { type = "CALL", subject = "Called before all else", leadId = lead, occurredAt = clock.GetUtcNow().AddDays(-1) });
        await client.PatchAsync($"/api/leads/{lead}", new { status = "CONTACTED" });

        var timeline = await client.GetAsync($"/api/leads/{lead}/timeline");

        timeline.ShouldBe(HttpStatusCode.OK)["nextCursor"].GetRawText().ShouldBe("null");
        timeline.Items.Select(entry => entry.GetProperty("kind").GetString()).ShouldBe(["EVENT", "DEAL", "TASK", "EVENT", "ACTIVITY"]);
        var events = timeline.Items.Where(entry => entry.GetProperty("kind").GetString() == "EVENT").Select(entry => entry.GetProperty("event")).ToList();
        events.Select(e => e.GetProperty("type").GetString()).ShouldBe(["lead.status_changed", "lead.created"]);
        events[0].GetProperty("subject").GetString().ShouldBe($"leads/{lead}");
        events[0].GetProperty("data").GetProperty("changes").GetProperty("status").GetRawText().ShouldBe("""{"from":"NEW","to":"CONTACTED"}""");
        timeline.Items[1].GetProperty("deal").GetProperty("id").GetGuid().ShouldBe(deal);
        timeline.Items[2].GetProperty("task").GetRawText().ShouldBe((await client.GetAsync($"/api/tasks/{task}")).Text);
        timeline.Items[2].GetProperty("task").GetProperty("isOverdue").GetBoolean().ShouldBeTrue();
        timeline.Items[4].GetProperty("activity").GetProperty("id").GetGuid().ShouldBe(early);
    }

    [Theory, EachDatabase(1), EachDatabase(2), EachDatabase(3), EachDatabase(200)]
    public async Task Pages_skip_and_repeat_nothing_even_of_one_instant(Database database, int take)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var at = clock.GetUtcNow();
        foreach (var title in new[] { "A", "B", "C" })
        {
            await client.MakeAsync("tasks", new { title, leadId = lead });
            await client.MakeAsync("deals", new { name = title, leadId = lead });
            await client.MakeAsync("activities", new { type = "NOTE", subject = title, leadId = lead, occurredAt = at });
        }

        await client.PatchAsync($"/api/leads/{lead}", new { status = "CONTACTED", jobTitle = "Countess", ownerId = "me" });

        var all = (await client.GetAsync($"/api/leads/{lead}/timeline?take=200")).Items.Select(Key).ToList();
        var walked = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await client.GetAsync($"/api/leads/{lead}/timeline?take={take}" + (cursor is null ? "" : $"&cursor={cursor}"))).ShouldBe(HttpStatusCode.OK);
            page.Items.Count.ShouldBeInRange(1, take);
            walked.AddRange(page.Items.Select(Key));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        all.Distinct().Count().ShouldBe(13);
        walked.ShouldBe(all);
    }

    [Theory, EachDatabase]
    public async Task What_was_deleted_is_out_of_the_timeline_but_its_events_stay_with_the_record(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var other = await client.MakeAsync("leads", new { lastName = "Babbage" });
        var task = await client.MakeAsync("tasks", new { title = "Call", leadId = lead });
        await client.MakeAsync("tasks", new { title = "Call the other", leadId = other });

        await client.DeleteAsync($"/api/tasks/{task}");

        (await client.GetAsync($"/api/leads/{lead}/timeline")).Items.ShouldHaveSingleItem().GetProperty("kind").GetString().ShouldBe("EVENT");
        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.deleted"]);
    }

    [Theory, EachDatabase("take=0", "take"), EachDatabase("take=201", "take"), EachDatabase("cursor=x", "cursor"), EachDatabase("skip=1", "skip")]
    public async Task A_timeline_takes_only_a_length_and_a_cursor(Database database, string query, string name)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        (await client.GetAsync($"/api/leads/{lead}/timeline?{query}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([name]);
    }

    [Theory, EachDatabase]
    public async Task A_cursor_of_a_list_is_none_of_a_timeline(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync("leads");
        await client.MakeOneAsync("leads");
        var cursor = (await client.GetAsync("/api/leads?take=1"))["nextCursor"].GetString();

        (await client.GetAsync($"{path}/timeline?cursor={cursor}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["cursor"]);
    }

    private static string Key(JsonElement entry)
    {
        var kind = entry.GetProperty("kind").GetString()!;
        return $"{kind} {entry.GetProperty(kind.ToLowerInvariant()).GetProperty("id").GetString()}";
    }
}
