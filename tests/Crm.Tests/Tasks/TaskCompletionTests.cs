using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Tasks;

public sealed class TaskCompletionTests
{
    [Theory, EachDatabase]
    public async Task A_task_completed_twice_is_completed_once_by_whoever_was_first(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync("tasks");

        var first = await client.PutAsync($"{path}/complete");
        var again = await client.As(Role.Rep, "bob").PutAsync($"{path}/complete");

        first.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"2\"");
        first["completedAt"].GetString().ShouldBe(first["updatedAt"].GetString());
        first["completedBy"].GetString().ShouldBe("ada");
        again.ShouldBe(HttpStatusCode.OK).Text.ShouldBe(first.Text);
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => e.Type).ShouldBe(["task.created", "task.completed"]);
        recorded[1].ShouldTell("completedBy", "null", "\"ada\"").Changed.ShouldBe(["completedAt", "completedBy"]);
        recorded[1].Record.GetRawText().ShouldBe(first.Text);
    }

    [Theory, EachDatabase]
    public async Task A_completed_task_is_reopened_and_one_to_do_stays_as_it_is(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync("tasks");
        var untouched = await client.DeleteAsync($"{path}/complete");
        await client.PutAsync($"{path}/complete");

        var reopened = await client.DeleteAsync($"{path}/complete");
        var again = await client.DeleteAsync($"{path}/complete");

        untouched.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"1\"");
        reopened.ShouldBe(HttpStatusCode.OK)["completedAt"].GetRawText().ShouldBe("null");
        reopened["completedBy"].GetRawText().ShouldBe("null");
        again.Text.ShouldBe(reopened.Text);
        (await client.RecordedAsync(id)).Select(e => e.Type).ShouldBe(["task.created", "task.completed", "task.reopened"]);
        (await client.PutAsync($"{path}/complete")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Completing_and_reopening_obey_If_Match_and_need_a_task(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync("tasks");
        await client.PatchAsync(path, new { priority = "HIGH" });

        (await client.PutAsync($"{path}/complete", null, ("If-Match", "\"1\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.DeleteAsync($"{path}/complete", ("If-Match", "\"1\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.PutAsync($"/api/tasks/{Guid.CreateVersion7()}/complete")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.DeleteAsync($"/api/tasks/{Guid.CreateVersion7()}/complete")).ShouldFail(HttpStatusCode.NotFound, "not-found");

        (await client.EventsAsync(id)).ShouldBe(["task.created", "task.updated"]);
    }

    [Theory, EachDatabase]
    public async Task A_task_becomes_overdue_when_time_passes_and_its_tag_tells(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        var (path, id) = await client.MakeOneAsync("tasks", "Call", ("dueAt", clock.GetUtcNow().AddHours(1)));
        var before = await client.GetAsync(path);

        clock.Advance(TimeSpan.FromHours(1));
        var onTime = await client.GetAsync(path, ("If-None-Match", before.ETag));
        clock.Advance(TimeSpan.FromMicroseconds(1));
        var late = await client.GetAsync(path, ("If-None-Match", before.ETag));
        var known = await client.GetAsync(path, ("If-None-Match", late.ETag));
        var changed = await client.PatchAsync(path, new { priority = "HIGH" }, ("If-Match", before.ETag));
        var done = await client.PutAsync($"{path}/complete", null, ("If-Match", changed.ETag));
        clock.Advance(TimeSpan.FromDays(1));

        onTime.ShouldBe(HttpStatusCode.NotModified);
        late.ShouldBe(HttpStatusCode.OK)["isOverdue"].GetBoolean().ShouldBeTrue();
        late["version"].GetInt32().ShouldBe(1);
        late.ETag.ShouldNotBe(before.ETag);
        known.ShouldBe(HttpStatusCode.NotModified);
        changed.ShouldBe(HttpStatusCode.OK)["isOverdue"].GetBoolean().ShouldBeTrue();
        done.ShouldBe(HttpStatusCode.OK)["isOverdue"].GetBoolean().ShouldBeFalse();
        (await client.GetAsync(path)).Text.ShouldBe(done.Text);
        (await client.EventsAsync(id)).ShouldBe(["task.created", "task.updated", "task.completed"]);
    }
}
