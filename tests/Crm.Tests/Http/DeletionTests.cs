using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Http;

public sealed class DeletionTests
{
    [Theory, EachCollection]
    public async Task What_is_deleted_is_gone_for_every_reader_and_writer(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (path, id) = await client.MakeOneAsync(collection);

        var deleted = await client.DeleteAsync(path);

        deleted.ShouldBe(HttpStatusCode.NoContent).Bytes.ShouldBeEmpty();
        (await client.GetAsync(path)).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.PatchAsync(path, new Dictionary<string, string> { [Records.Title(collection)] = "Second" })).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.DeleteAsync(path)).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await client.GetAsync($"/api/{collection}"))["total"].GetInt32().ShouldBe(0);
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => (e.Type, e.Version)).ShouldBe([(Records.FirstEvent(collection), 1), ($"{Records.Noun(collection)}.deleted", 2)]);
        recorded[1].Record.GetProperty(Records.Title(collection)).GetString().ShouldBe("First");
    }

    [Theory, EachCollection]
    public async Task What_is_restored_is_as_it_was_one_version_on(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (path, id) = await client.MakeOneAsync(collection, "First", (Records.Text(collection), "Text"));
        await client.DeleteAsync(path);

        var restored = await client.PostAsync($"{path}/restore");

        restored.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"3\"");
        restored[Records.Title(collection)].GetString().ShouldBe("First");
        restored[Records.Text(collection)].GetString().ShouldBe("Text");
        (await client.GetAsync(path)).Text.ShouldBe(restored.Text);
        (await client.GetAsync($"/api/{collection}")).Items.ShouldHaveSingleItem();
        (await client.EventsAsync(id)).ShouldBe([Records.FirstEvent(collection), $"{Records.Noun(collection)}.deleted", $"{Records.Noun(collection)}.restored"]);
    }

    [Theory, EachCollection]
    public async Task Restoring_what_is_not_deleted_changes_nothing(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (path, id) = await client.MakeOneAsync(collection);
        var before = await client.GetAsync(path);

        var answer = await client.PostAsync($"{path}/restore");

        answer.ShouldBe(HttpStatusCode.OK).Text.ShouldBe(before.Text);
        answer.ETag.ShouldBe(before.ETag);
        (await client.EventsAsync(id)).ShouldBe([Records.FirstEvent(collection)]);
    }

    [Theory, EachCollection]
    public async Task A_rep_may_neither_delete_nor_restore(Database database, string collection)
    {
        var manager = (await Hosts.For(database)).NewTenant(Role.Manager);
        var rep = manager.As(Role.Rep, "bob");
        var (path, id) = await rep.MakeOneAsync(collection);

        var deletion = await rep.DeleteAsync(path);
        await manager.DeleteAsync(path);
        var restoration = await rep.PostAsync($"{path}/restore");

        deletion.ShouldFail(HttpStatusCode.Forbidden, "role-forbidden")["detail"].GetString()!.ShouldBe("This takes the role MANAGER; yours is REP.");
        restoration.ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await manager.EventsAsync(id)).ShouldBe([Records.FirstEvent(collection), $"{Records.Noun(collection)}.deleted"]);
    }

    [Theory, EachDatabase]
    public async Task What_is_deleted_can_not_be_referred_to(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (lead, leadId) = await client.MakeOneAsync("leads");
        var (deal, dealId) = await client.MakeOneAsync("deals");
        var (task, taskId) = await client.MakeOneAsync("tasks");
        foreach (var path in new[] { lead, deal, task }) await client.DeleteAsync(path);

        (await client.PostAsync("/api/deals", new { name = "Engine", leadId })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/leadId"]);
        (await client.PostAsync("/api/tasks", new { title = "Call", dealId })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/dealId"]);
        (await client.PostAsync("/api/activities", new { type = "NOTE", subject = "Met", taskId })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/taskId"]);
    }

    [Theory, EachDatabase("leads", "tasks", "leadId"), EachDatabase("deals", "tasks", "dealId"), EachDatabase("leads", "activities", "leadId"), EachDatabase("deals", "activities", "dealId"), EachDatabase("tasks", "activities", "taskId"), EachDatabase("leads", "deals", "leadId")]
    public async Task What_belongs_to_something_deleted_can_not_come_back_alone(Database database, string parents, string children, string reference)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (parent, parentId) = await client.MakeOneAsync(parents);
        var (child, childId) = await client.MakeOneAsync(children, "Child", (reference, parentId), children == "activities" && reference != "taskId" ? ("taskId", null) : (reference, parentId));
        await client.DeleteAsync(child);
        await client.DeleteAsync(parent);

        var refused = await client.PostAsync($"{child}/restore");
        await client.PostAsync($"{parent}/restore");
        var stillAway = await client.GetAsync(child);
        var restored = await client.PostAsync($"{child}/restore");

        refused.ShouldFail(HttpStatusCode.Conflict, "parent-deleted")["detail"].GetString()!.ShouldContain($"The {Records.Noun(parents)} {parentId} that it belongs to is deleted");
        stillAway.ShouldBe(HttpStatusCode.NotFound);
        restored.ShouldBe(HttpStatusCode.OK);
        var noun = Records.Noun(children);
        (await client.EventsAsync(childId)).ShouldBe([Records.FirstEvent(children), $"{noun}.deleted", $"{noun}.restored"]);
    }

    [Theory, EachDatabase("tasks"), EachDatabase("activities")]
    public async Task What_belongs_to_a_lead_comes_back_to_it_whatever_became_of_its_deal(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var leadId = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var dealId = await client.MakeAsync("deals", new { name = "Engine", leadId });
        var (child, _) = await client.MakeOneAsync(collection, "Child", ("leadId", leadId), ("dealId", dealId));
        await client.DeleteAsync($"/api/deals/{dealId}");
        await client.DeleteAsync(child);

        (await client.PostAsync($"{child}/restore")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase("leads"), EachDatabase("deals"), EachDatabase("tasks"), EachDatabase("activities")]
    public async Task Restoring_under_a_stale_tag_is_refused(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Manager);
        var (path, id) = await client.MakeOneAsync(collection);
        await client.DeleteAsync(path);

        (await client.PostAsync($"{path}/restore", null, ("If-Match", "\"1\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");

        (await client.GetAsync(path)).ShouldBe(HttpStatusCode.NotFound);
        (await client.EventsAsync(id)).Count.ShouldBe(2);
    }
}
