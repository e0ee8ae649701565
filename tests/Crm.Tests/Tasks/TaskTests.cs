using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Tasks;

public sealed class TaskTests
{
    [Theory, EachDatabase]
    public async Task A_task_is_created_with_its_defaults(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Rep, "bob");

        var made = await client.PostAsync("/api/tasks", new { title = " Call " });

        made.ShouldBe(HttpStatusCode.Created)["title"].GetString().ShouldBe("Call");
        made["type"].GetString().ShouldBe("FOLLOW_UP");
        made["priority"].GetString().ShouldBe("MEDIUM");
        made["assigneeId"].GetString().ShouldBe("bob");
        made["isOverdue"].GetBoolean().ShouldBeFalse();
        foreach (var unset in new[] { "description", "dueAt", "remindAt", "leadId", "dealId", "completedAt", "completedBy" }) made[unset].GetRawText().ShouldBe("null", unset);
    }

    [Theory, EachDatabase]
    public async Task A_put_clears_what_it_leaves_out_and_keeps_state_and_classification(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (_, lead) = await client.MakeOneAsync("leads");
        var (_, deal) = await client.MakeOneAsync("deals");
        var id = await client.MakeAsync("tasks", new { title = "Call", description = "Soon", type = "CALL", priority = "URGENT", dueAt = "2027-01-31T10:00:00+01:00", remindAt = "2027-01-31T08:00:00Z", leadId = lead, dealId = deal });
        await client.PutAsync($"/api/tasks/{id}/complete");

        var answer = await client.PutAsync($"/api/tasks/{id}", new { title = "Ring" });

        answer.ShouldBe(HttpStatusCode.OK)["title"].GetString().ShouldBe("Ring");
        foreach (var cleared in new[] { "description", "dueAt", "remindAt", "leadId", "dealId" }) answer[cleared].GetRawText().ShouldBe("null", cleared);
        (answer["type"].GetString(), answer["priority"].GetString(), answer["assigneeId"].GetString(), answer["completedBy"].GetString()).ShouldBe(("CALL", "URGENT", "ada", "ada"));
        (await client.RecordedAsync(id))[^1].ShouldTell("dueAt", "\"2027-01-31T09:00:00Z\"", "null").ShouldTell("title", "\"Call\"", "\"Ring\"").Changed.ShouldNotContain("type");
    }

    [Theory, EachDatabase]
    public async Task A_task_is_handed_over_by_its_assignee_or_a_manager(Database database)
    {
        var bob = (await Hosts.For(database)).NewTenant(Role.Rep, "bob");
        var eve = bob.As(Role.Rep, "eve");
        await eve.GetAsync("/api/me");
        var id = await bob.MakeAsync("tasks", new { title = "Call" });

        (await eve.PatchAsync($"/api/tasks/{id}", new { assigneeId = "me" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await bob.PatchAsync($"/api/tasks/{id}", new { assigneeId = "eve", priority = "HIGH" })).ShouldBe(HttpStatusCode.OK);
        (await bob.As(Role.Manager, "boss").PatchAsync($"/api/tasks/{id}", """{ "assigneeId": null }""")).ShouldBe(HttpStatusCode.OK)["assigneeId"].GetRawText().ShouldBe("null");

        var recorded = await bob.RecordedAsync(id);
        recorded.Select(e => (e.Type, e.Actor)).ShouldBe([("task.created", "bob"), ("task.updated", "bob"), ("task.assigned", "bob"), ("task.assigned", "boss")]);
        recorded[2].ShouldTell("assigneeId", "\"bob\"", "\"eve\"").Changed.ShouldBe(["assigneeId"]);
        recorded[3].ShouldTell("assigneeId", "\"eve\"", "null");
    }

    [Theory, EachDatabase("assigneeId", "nobody"), EachDatabase("leadId", "019aa000-0000-7000-8000-000000000000"), EachDatabase("dealId", "019aa000-0000-7000-8000-000000000000")]
    public async Task A_reference_to_what_is_not_there_is_422_at_its_pointer(Database database, string member, string value)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.PostAsync("/api/tasks", new Dictionary<string, string> { ["title"] = "Call", [member] = value })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe([$"/{member}"]);
    }

    [Theory, EachDatabase]
    public async Task What_the_service_sets_of_a_task_is_refused(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PostAsync("/api/tasks", new { title = "Call", completedAt = "2026-01-01T00:00:00Z", completedBy = "ada", isOverdue = true });

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/completedAt", "/completedBy", "/isOverdue"], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_task_goes_and_comes_back_with_the_activities_that_are_its_alone(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (_, lead) = await client.MakeOneAsync("leads");
        var (task, taskId) = await client.MakeOneAsync("tasks");
        var (own, ownId) = await client.MakeOneAsync("activities", "Its own", ("taskId", taskId));
        var (shared, sharedId) = await client.MakeOneAsync("activities", "Of the lead too", ("taskId", taskId), ("leadId", lead));

        await client.DeleteAsync(task);
        var (ownGone, sharedStays) = (await client.GetAsync(own), await client.GetAsync(shared));
        await client.PostAsync($"{task}/restore");

        ownGone.ShouldBe(HttpStatusCode.NotFound);
        sharedStays.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync(own)).ShouldBe(HttpStatusCode.OK);
        (await client.EventsAsync(ownId)).ShouldBe(["activity.logged", "activity.deleted", "activity.restored"]);
        (await client.EventsAsync(sharedId)).ShouldBe(["activity.logged"]);
        (await client.EventsAsync(taskId)).ShouldBe(["task.created", "task.deleted", "task.restored"]);
    }
}
