using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Alarms;

public sealed class TaskAlarmTests(AlarmHosts hosts) : IClassFixture<AlarmHosts>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, EachDatabase]
    public async Task A_task_that_its_time_has_passed_for_tells_that_it_is_due_once_and_is_nobodys_change(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var task = await client.MakeTaskAsync(due: Hour);
        await client.Host.RingAsync();
        (await client.EventsAsync(task)).ShouldBe(["task.created"]);

        await client.LetPassAsync(task, 2 * Hour);
        var before = await client.GetAsync($"/api/tasks/{task}");
        foreach (var _ in new[] { 1, 2 }) await client.Host.RingAsync();

        var due = (await client.RecordedAsync(task))[^1];
        (due.Type, due.Version, due.Actor).ShouldBe(("task.due", 2, "system"));
        due.Changed.ShouldBeEmpty();
        due.Record.GetProperty("isOverdue").GetBoolean().ShouldBeTrue();
        var after = (await client.GetAsync($"/api/tasks/{task}")).ShouldBe(HttpStatusCode.OK);
        (before.ETag, after.ETag).ShouldBe(("\"1-overdue\"", "\"2-overdue\""));
        foreach (var kept in new[] { "updatedAt", "updatedBy", "dueAt" }) after[kept].GetRawText().ShouldBe(before[kept].GetRawText(), kept);
        (await client.AlarmOfTaskAsync(task)).ShouldBeNull();
        (await client.Host.QueryAsync(client.TenantId, db => db.Events.Where(e => e.Type == "task.due").Select(e => new { e.Credential, e.Address, e.TraceId }).SingleAsync())).ShouldBe(new { Credential = (string?)null, Address = (string?)null, TraceId = (string?)null });
        await Invariants.AssertAsync(client.Host, client.TenantId);
    }

    [Theory, EachDatabase]
    public async Task A_task_reminds_at_its_time_and_is_due_at_its_own(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var task = await client.MakeTaskAsync(due: 3 * Hour, remind: Hour);

        await client.LetPassAsync(task, 2 * Hour);
        await client.Host.RingAsync();
        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.reminded"]);
        await client.LetPassAsync(task, 2 * Hour);
        await client.Host.RingAsync();

        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.reminded", "task.due"]);
        await Invariants.AssertAsync(client.Host, client.TenantId);
    }

    [Theory, EachDatabase]
    public async Task Dates_that_are_past_when_they_are_written_are_told_at_once_together(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var task = await client.MakeTaskAsync(due: -Hour, remind: -2 * Hour);

        await client.Host.RingAsync();

        (await client.RecordedAsync(task)).Select(e => (e.Type, e.Version)).ShouldBe([("task.created", 1), ("task.reminded", 2), ("task.due", 3)]);
        (await client.GetAsync($"/api/tasks/{task}"))["version"].GetInt32().ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task Another_date_is_told_anew_and_any_other_change_is_not(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var task = await client.MakeTaskAsync(due: -Hour);
        await client.Host.RingAsync();

        (await client.PatchAsync($"/api/tasks/{task}", new { title = "Ring", priority = "HIGH" })).ShouldBe(HttpStatusCode.OK);
        await client.Host.RingAsync();
        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.due", "task.updated"]);
        (await client.PatchAsync($"/api/tasks/{task}", new { dueAt = TimeProvider.System.GetUtcNow() + Hour })).ShouldBe(HttpStatusCode.OK);
        await client.Host.RingAsync();
        (await client.EventsAsync(task)).Count.ShouldBe(4, "it isn't due yet");
        await client.LetPassAsync(task, 2 * Hour);
        await client.Host.RingAsync();

        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.due", "task.updated", "task.updated", "task.due"]);
        (await client.PatchAsync($"/api/tasks/{task}", """{ "dueAt": null }""")).ShouldBe(HttpStatusCode.OK);
        (await client.AlarmOfTaskAsync(task)).ShouldBeNull();
        await Invariants.AssertAsync(client.Host, client.TenantId);
    }

    [Theory, EachDatabase("complete"), EachDatabase("")]
    public async Task What_is_completed_or_deleted_tells_nothing_until_it_is_back_and_then_only_what_it_did_not_tell(Database database, string away)
    {
        var client = (await hosts.For(database)).NewTenant();
        var (untold, told) = (await client.MakeTaskAsync(due: -Hour), await client.MakeTaskAsync(due: 2 * Hour, remind: Hour));
        await client.LetPassAsync(told, 3 * Hour);
        await PutAwayAsync(untold);

        await client.Host.RingAsync();
        await PutAwayAsync(told);
        await client.Host.RingAsync();
        (await client.EventsAsync(untold)).Count.ShouldBe(2);
        foreach (var task in new[] { untold, told })
        {
            (await (away == "complete" ? client.DeleteAsync($"/api/tasks/{task}/complete") : client.PostAsync($"/api/tasks/{task}/restore"))).ShouldBe(HttpStatusCode.OK);
        }

        await client.Host.RingAsync();

        string[] both = away == "complete" ? ["task.completed", "task.reopened"] : ["task.deleted", "task.restored"];
        (await client.EventsAsync(untold)).ShouldBe(["task.created", .. both, "task.due"]);
        (await client.EventsAsync(told)).ShouldBe(["task.created", "task.reminded", "task.due", .. both]);
        await Invariants.AssertAsync(client.Host, client.TenantId);

        Task<Answer> PutAwayAsync(Guid task) => away == "complete" ? client.PutAsync($"/api/tasks/{task}/complete") : client.DeleteAsync($"/api/tasks/{task}");
    }

    [Theory, EachDatabase]
    public async Task A_tag_from_before_it_was_due_is_stale_and_who_sends_none_is_not_held_up(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var task = await client.MakeTaskAsync(due: -Hour);
        var before = await client.GetAsync($"/api/tasks/{task}");
        await client.Host.RingAsync();

        (await client.PatchAsync($"/api/tasks/{task}", new { title = "Ring" }, ("If-Match", before.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.GetAsync($"/api/tasks/{task}", ("If-None-Match", before.ETag))).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync($"/api/tasks/{task}", new { title = "Ring" })).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task What_goes_with_its_lead_tells_nothing_and_comes_back_with_it(Database database)
    {
        var client = (await hosts.For(database)).NewTenant();
        var (path, lead) = await client.MakeOneAsync("leads");
        var task = await client.MakeAsync("tasks", new { title = "Call", leadId = lead, dueAt = TimeProvider.System.GetUtcNow() - Hour });
        (await client.DeleteAsync(path)).ShouldBe(HttpStatusCode.NoContent);

        await client.Host.RingAsync();
        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.deleted"]);
        (await client.PostAsync($"{path}/restore")).ShouldBe(HttpStatusCode.OK);
        await client.Host.RingAsync();

        (await client.EventsAsync(task)).ShouldBe(["task.created", "task.deleted", "task.restored", "task.due"]);
    }
}
