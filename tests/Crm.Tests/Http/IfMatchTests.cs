using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Http;

public sealed class IfMatchTests
{
    [Theory, EachCollection]
    public async Task A_change_of_a_stale_version_is_412_and_changes_nothing(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync(collection);
        var stale = (await client.GetAsync(path)).ETag;
        await client.PatchAsync(path, Title(collection, "Second"));
        var before = (await client.GetAsync(path)).Text;
        var events = await client.EventsAsync(id);

        (await client.PatchAsync(path, Title(collection, "Third"), ("If-Match", stale))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.PutAsync(path, await client.BodyAsync(collection, "Third"), ("If-Match", stale))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await client.DeleteAsync(path, ("If-Match", stale))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");

        (await client.GetAsync(path)).Text.ShouldBe(before);
        (await client.EventsAsync(id)).ShouldBe(events);
    }

    [Theory, EachCollection]
    public async Task A_change_of_the_present_version_is_made(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync(collection);
        var first = await client.GetAsync(path);

        var second = await client.PatchAsync(path, Title(collection, "Second"), ("If-Match", first.ETag));
        var third = await client.PutAsync(path, await client.BodyAsync(collection, "Third"), ("If-Match", second.ETag));
        var deleted = await client.DeleteAsync(path, ("If-Match", third.ETag));

        second.ShouldBe(HttpStatusCode.OK);
        third.ShouldBe(HttpStatusCode.OK)[Records.Title(collection)].GetString().ShouldBe("Third");
        deleted.ShouldBe(HttpStatusCode.NoContent);
    }

    [Theory, EachDatabase]
    public async Task A_star_takes_whatever_version_there_is(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync("leads");

        (await client.PatchAsync(path, Title("leads", "Second"), ("If-Match", "*"))).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync($"/api/leads/{Guid.CreateVersion7()}", Title("leads", "Second"), ("If-Match", "*"))).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task A_tag_that_a_proxy_made_weak_still_names_its_version(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync("leads");

        (await client.PatchAsync(path, Title("leads", "Second"), ("If-Match", "W/\"1\""))).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync(path, Title("leads", "Third"), ("If-Match", "W/\"1\""))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
    }

    [Theory, EachDatabase("\"never given\""), EachDatabase("\"-1\""), EachDatabase("\"1 \""), EachDatabase("\"99999999999999999999\"")]
    public async Task A_tag_that_was_never_given_is_412(Database database, string tag)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync("leads");

        (await client.PatchAsync(path, Title("leads", "Second"), ("If-Match", tag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");

        (await client.EventsAsync(id)).ShouldBe(["lead.created"]);
    }

    [Theory, EachDatabase("1"), EachDatabase("\"1"), EachDatabase("\"1\", \"2\""), EachDatabase("")]
    public async Task What_is_not_one_tag_is_400_and_says_what_to_send(Database database, string header)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, id) = await client.MakeOneAsync("leads");

        var answer = await client.PatchAsync(path, Title("leads", "Second"), ("If-Match", header));

        answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["If-Match"]);
        answer["detail"].GetString()!.ShouldContain("must be one ETag as the service gave it");
        (await client.EventsAsync(id)).ShouldBe(["lead.created"]);
    }

    private static Dictionary<string, string> Title(string collection, string title) => new(StringComparer.Ordinal) { [Records.Title(collection)] = title };
}
