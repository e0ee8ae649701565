using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Http;

public sealed class ChangingTests
{
    [Theory, EachCollection]
    public async Task A_patch_changes_what_it_names_and_tells_it_in_one_event(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync(collection, "First", (Records.Text(collection), "Stays"));

        var answer = await client.As(Role.Rep, "bob").PatchAsync(path, new Dictionary<string, string> { [Records.Title(collection)] = "Second" });

        answer.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"2\"");
        answer[Records.Title(collection)].GetString().ShouldBe("Second");
        answer[Records.Text(collection)].GetString().ShouldBe("Stays");
        (answer["createdBy"].GetString(), answer["updatedBy"].GetString()).ShouldBe(("ada", "bob"));
        (await client.GetAsync(path)).Text.ShouldBe(answer.Text);
        var recorded = await client.RecordedAsync(id);
        recorded.Select(e => (e.Type, e.Version, e.Actor)).ShouldBe([(Records.FirstEvent(collection), 1, "ada"), ($"{Records.Noun(collection)}.updated", 2, "bob")]);
        recorded[1].ShouldTell(Records.Title(collection), "\"First\"", "\"Second\"").Changed.ShouldBe([Records.Title(collection)]);
        recorded[1].Record.GetRawText().ShouldBe(answer.Text);
    }

    [Theory, EachCollection]
    public async Task A_patch_removes_what_it_sets_to_null(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync(collection, "First", (Records.Text(collection), "Goes"));

        var answer = await client.PatchAsync(path, new Dictionary<string, string?> { [Records.Text(collection)] = null });

        answer.ShouldBe(HttpStatusCode.OK)[Records.Text(collection)].GetString().ShouldBeNull();
        answer[Records.Title(collection)].GetString().ShouldBe("First");
        (await client.RecordedAsync(id))[1].ShouldTell(Records.Text(collection), "\"Goes\"", "null");
    }

    [Theory, EachCollection]
    public async Task A_patch_may_come_as_merge_patch_json(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync(collection);

        var answer = await client.Host.SendPlainAsync(
            HttpMethod.Patch, path, ($$"""{ "{{Records.Title(collection)}}": "Second" }""", "application/merge-patch+json"), client.Bearer(), PlainRequests.Tenant(client.TenantId));

        answer.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync(path))[Records.Title(collection)].GetString().ShouldBe("Second");
    }

    [Theory, EachCollection]
    public async Task A_required_text_can_be_neither_removed_nor_emptied(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync(collection);

        foreach (var none in new[] { null, "", "  " })
        {
            var answer = await client.PatchAsync(path, new Dictionary<string, string?> { [Records.Title(collection)] = none });
            answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/{Records.Title(collection)}"]);
        }

        (await client.EventsAsync(id)).ShouldBe([Records.FirstEvent(collection)]);
    }

    [Theory, EachCollection]
    public async Task A_change_to_what_is_there_already_writes_nothing(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var body = await client.BodyAsync(collection, "First", (Records.Text(collection), "Text"));
        var id = await client.MakeAsync(collection, body);
        var before = await client.GetAsync($"/api/{collection}/{id}");

        foreach (var answer in new[]
                 {
                     await client.PatchAsync($"/api/{collection}/{id}", new { }),
                     await client.PatchAsync($"/api/{collection}/{id}", new Dictionary<string, string> { [Records.Title(collection)] = " First " }),
                     await client.As(Role.Rep, "bob").PutAsync($"/api/{collection}/{id}", body),
                 })
        {
            answer.ShouldBe(HttpStatusCode.OK);
            answer.ETag.ShouldBe(before.ETag);
            answer.Text.ShouldBe(before.Text);
        }

        (await client.EventsAsync(id)).ShouldBe([Records.FirstEvent(collection)]);
    }

    [Theory, EachCollection]
    public async Task A_put_without_what_is_required_is_400(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync(collection);

        (await client.PutAsync(path, new { })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldContain($"/{Records.Title(collection)}");

        (await client.EventsAsync(id)).ShouldBe([Records.FirstEvent(collection)]);
    }

    [Theory, EachCollection]
    public async Task What_the_service_sets_can_not_be_written(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync(collection);

        var answer = await client.PatchAsync(path, new { id = Guid.CreateVersion7(), version = 7, createdAt = "2020-01-01T00:00:00Z", updatedBy = "eve" });

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/id", "/version", "/createdAt", "/updatedBy"], ignoreOrder: true);
        (await client.EventsAsync(id)).ShouldBe([Records.FirstEvent(collection)]);
    }

    [Theory, EachDatabase("leads", "currency"), EachDatabase("deals", "currency"), EachDatabase("deals", "stage"), EachDatabase("deals", "pipelineId"), EachDatabase("activities", "occurredAt"), EachDatabase("leads", "status"), EachDatabase("tasks", "type")]
    public async Task Null_is_refused_where_it_would_do_nothing_or_change_what_an_amount_means(Database database, string collection, string member)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync(collection);

        var answer = await client.PatchAsync(path, new Dictionary<string, object?>(StringComparer.Ordinal) { [member] = null });

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"/{member}"]);
        (await client.EventsAsync(id)).Count.ShouldBe(1);
    }
}
