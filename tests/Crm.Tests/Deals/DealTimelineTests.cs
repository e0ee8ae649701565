using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Deals;

public sealed class DealTimelineTests
{
    [Theory, EachDatabase]
    public async Task What_is_of_the_deal_and_of_its_lead_comes_in_one_order_newest_first(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var leadTask = await LaterAsync("tasks", new { title = "Call the lead", leadId = lead, dueAt = clock.GetUtcNow().AddSeconds(1) });
        var leadActivity = await LaterAsync("activities", new { type = "CALL", subject = "Called the lead", leadId = lead });
        var leadTaskActivity = await LaterAsync("activities", new { type = "CALL", subject = "Called for the lead's task", taskId = leadTask });
        var deal = await LaterAsync("deals", new { name = "Engine", leadId = lead });
        var dealTask = await LaterAsync("tasks", new { title = "Offer", dealId = deal });
        var dealActivity = await LaterAsync("activities", new { type = "EMAIL", subject = "Offered", dealId = deal });
        var dealTaskActivity = await LaterAsync("activities", new { type = "NOTE", subject = "Thought about the offer", taskId = dealTask });
        clock.Advance(TimeSpan.FromMinutes(1));
        await client.PatchAsync($"/api/leads/{lead}", new { status = "CONTACTED" });
        await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "PROPOSAL" });
        var early = await LaterAsync("activities", new { type = "MEETING", subject = "Met before all else", dealId = deal, occurredAt = clock.GetUtcNow().AddDays(-1) });

        var timeline = await client.GetAsync($"/api/deals/{deal}/timeline");

        timeline.ShouldBe(HttpStatusCode.OK)["nextCursor"].GetRawText().ShouldBe("null");
        timeline.Items.Select(Key).ShouldBe([
            "deal.stage_changed", $"ACTIVITY {dealTaskActivity}", $"ACTIVITY {dealActivity}", $"TASK {dealTask}", "deal.created",
            $"ACTIVITY {leadTaskActivity}", $"ACTIVITY {leadActivity}", $"TASK {leadTask}", $"ACTIVITY {early}",
        ]);
        timeline.Items[0].GetProperty("event").GetProperty("subject").GetString().ShouldBe($"deals/{deal}");
        timeline.Items[7].GetProperty("task").GetRawText().ShouldBe((await client.GetAsync($"/api/tasks/{leadTask}")).Text);
        timeline.Items[7].GetProperty("task").GetProperty("isOverdue").GetBoolean().ShouldBeTrue();
        timeline.Items[5].GetProperty("activity").GetRawText().ShouldBe((await client.GetAsync($"/api/activities/{leadTaskActivity}")).Text);

        async Task<Guid> LaterAsync(string collection, object body)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            return await client.MakeAsync(collection, body);
        }
    }

    [Theory, EachDatabase(1), EachDatabase(2), EachDatabase(3), EachDatabase(200)]
    public async Task Pages_skip_and_repeat_nothing_even_of_one_instant_and_what_belongs_to_both(Database database, int take)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });
        var at = clock.GetUtcNow();
        foreach (var (leadId, dealId) in new (Guid?, Guid?)[] { (lead, null), (null, deal), (lead, deal) })
        {
            var taskId = await client.MakeAsync("tasks", new { title = "Call", leadId, dealId });
            await client.MakeAsync("activities", new { type = "NOTE", subject = "Of what the task is of", leadId, dealId, occurredAt = at });
            await client.MakeAsync("activities", new { type = "NOTE", subject = "Of the task too", leadId, dealId, taskId, occurredAt = at });
            await client.MakeAsync("activities", new { type = "NOTE", subject = "Of the task alone", taskId, occurredAt = at });
        }

        await client.PatchAsync($"/api/deals/{deal}", new { value = 12, stage = "PROPOSAL", ownerId = (string?)null });

        var all = (await client.GetAsync($"/api/deals/{deal}/timeline?take=200")).Items.Select(Id).ToList();
        var walked = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = (await client.GetAsync($"/api/deals/{deal}/timeline?take={take}" + (cursor is null ? "" : $"&cursor={cursor}"))).ShouldBe(HttpStatusCode.OK);
            page.Items.Count.ShouldBeInRange(1, take);
            walked.AddRange(page.Items.Select(Id));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        all.Distinct().Count().ShouldBe((await client.EventsAsync(deal)).Count + 3 + 9);
        all.Count.ShouldBe(all.Distinct().Count());
        walked.ShouldBe(all);
    }

    [Theory, EachDatabase]
    public async Task Of_the_leads_events_the_conversion_is_told_and_no_other(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace", status = "QUALIFIED" });
        var older = await client.MakeAsync("deals", new { name = "Older", leadId = lead });
        var unrelated = await client.MakeAsync("deals", new { name = "Another's" });
        var converted = (await client.PostAsync($"/api/leads/{lead}/convert", new { deal = new { name = "Engine" } })).ShouldBe(HttpStatusCode.OK)["dealId"].GetGuid();
        await client.PatchAsync($"/api/leads/{lead}", new { jobTitle = "Countess" });

        foreach (var deal in new[] { older, converted })
        {
            var told = (await client.GetAsync($"/api/deals/{deal}/timeline")).Items.Select(Key).ToList();
            told.Order(StringComparer.Ordinal).ShouldBe((await client.EventsAsync(deal)).Append("lead.converted").Order(StringComparer.Ordinal));
        }

        (await client.GetAsync($"/api/deals/{unrelated}/timeline")).Items.Select(Key).ShouldBe(["deal.created"]);
    }

    [Theory, EachDatabase]
    public async Task A_deal_without_a_lead_tells_of_itself_alone(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine" });
        var other = await client.MakeAsync("deals", new { name = "Another" });
        var task = await client.MakeAsync("tasks", new { title = "Offer", dealId = deal });
        await client.MakeAsync("activities", new { type = "CALL", subject = "For the other", dealId = other });
        await client.MakeAsync("activities", new { type = "CALL", subject = "For nothing", taskId = await client.MakeAsync("tasks", new { title = "Of nothing" }) });

        (await client.GetAsync($"/api/deals/{deal}/timeline")).Items.Select(Key).ShouldBe([$"TASK {task}", "deal.created"], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_lead_out_of_sight_leaves_only_what_the_rep_sees_anyway(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var (rep, other) = (admin.As(Role.Rep, "rep"), admin.As(Role.Rep, "other"));
        foreach (var client in new[] { rep, other }) await client.GetAsync("/api/me");
        var lead = await other.MakeAsync("leads", new { lastName = "Lovelace", ownerId = "other" });
        var deal = await rep.MakeAsync("deals", new { name = "Engine", leadId = lead, ownerId = "rep" });
        var hidden = await other.MakeAsync("tasks", new { title = "Call", leadId = lead });
        await other.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead });
        await other.MakeAsync("activities", new { type = "CALL", subject = "Called for the task", taskId = hidden });
        var mine = await other.MakeAsync("tasks", new { title = "Write", leadId = lead, assigneeId = "rep" });
        var written = await rep.MakeAsync("activities", new { type = "EMAIL", subject = "Wrote", taskId = mine });
        var offered = await other.MakeAsync("activities", new { type = "EMAIL", subject = "Offered", leadId = lead, dealId = deal });
        (await other.PostAsync($"/api/leads/{lead}/convert")).ShouldBe(HttpStatusCode.OK);
        (await admin.GetAsync($"/api/deals/{deal}/timeline")).Items.Select(Key).ShouldContain("lead.converted");
        (await admin.GetAsync($"/api/deals/{deal}/timeline")).Items.Count.ShouldBe((await admin.EventsAsync(deal)).Count + 7);

        (await admin.PatchAsync("/api/settings", new { visibility = "OWN" })).ShouldBe(HttpStatusCode.OK);

        (await rep.GetAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NotFound);
        var timeline = (await rep.GetAsync($"/api/deals/{deal}/timeline")).ShouldBe(HttpStatusCode.OK);
        timeline.Items.Select(Key).ShouldBe([.. await admin.EventsAsync(deal), $"TASK {mine}", $"ACTIVITY {written}", $"ACTIVITY {offered}"], ignoreOrder: true);
        (await other.GetAsync($"/api/deals/{deal}/timeline")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task What_was_deleted_is_out_of_the_timeline_and_so_is_all_of_a_deleted_lead(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead });
        var task = await client.MakeAsync("tasks", new { title = "Offer", dealId = deal });
        var activity = await client.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead });
        var kept = await client.MakeAsync("activities", new { type = "NOTE", subject = "Kept", dealId = deal });
        await client.MakeAsync("activities", new { type = "NOTE", subject = "Goes with its task", taskId = task });
        (await client.PostAsync($"/api/leads/{lead}/convert")).ShouldBe(HttpStatusCode.OK);

        await client.DeleteAsync($"/api/tasks/{task}");

        var told = (await client.GetAsync($"/api/deals/{deal}/timeline")).Items.Select(Key).ToList();
        told.Where(key => !key.StartsWith("deal.", StringComparison.Ordinal)).ShouldBe(["lead.converted", $"ACTIVITY {activity}", $"ACTIVITY {kept}"], ignoreOrder: true);

        await client.PutAsync($"/api/deals/{deal}/stage", new { stage = "CLOSED_WON" });
        (await client.DeleteAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.NoContent);

        told = [.. (await client.GetAsync($"/api/deals/{deal}/timeline")).Items.Select(Key)];
        told.Where(key => !key.StartsWith("deal.", StringComparison.Ordinal)).ShouldBe([$"ACTIVITY {kept}"]);

        (await client.DeleteAsync($"/api/deals/{deal}")).ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync($"/api/deals/{deal}/timeline")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task The_timeline_of_an_unknown_deal_or_of_another_tenants_is_not_found(Database database)
    {
        var host = await Hosts.For(database);
        var client = host.NewTenant();
        var foreign = await host.NewTenant().MakeAsync("deals", new { name = "Engine" });

        foreach (var id in new[] { Guid.CreateVersion7(), foreign }) (await client.GetAsync($"/api/deals/{id}/timeline")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase("take=0", "take"), EachDatabase("take=201", "take"), EachDatabase("cursor=x", "cursor"), EachDatabase("skip=1", "skip")]
    public async Task A_timeline_takes_only_a_length_and_a_cursor(Database database, string query, string name)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine" });

        (await client.GetAsync($"/api/deals/{deal}/timeline?{query}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([name]);
    }

    private static Guid Id(JsonElement entry) => entry.GetProperty(entry.GetProperty("kind").GetString()!.ToLowerInvariant()).GetProperty("id").GetGuid();

    /// <summary>An event's type, or what stands there by its kind and id.</summary>
    private static string Key(JsonElement entry)
    {
        var kind = entry.GetProperty("kind").GetString()!;
        return kind == "EVENT" ? entry.GetProperty("event").GetProperty("type").GetString()! : $"{kind} {Id(entry)}";
    }
}
