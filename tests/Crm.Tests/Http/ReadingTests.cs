using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Http;

public sealed class ReadingTests
{
    [Theory, EachCollection]
    public async Task What_is_created_is_what_is_read_at_its_Location(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var made = await client.PostAsync($"/api/{collection}", await client.BodyAsync(collection, "First"));

        made.ShouldBe(HttpStatusCode.Created);
        made.Headers["Location"].ShouldBe($"/api/{collection}/{made.Id}");
        made.Headers["Content-Type"].ShouldBe("application/json; charset=utf-8");
        made["version"].GetInt32().ShouldBe(1);
        made["createdBy"].GetString().ShouldBe("ada");
        made["updatedBy"].GetString().ShouldBe("ada");
        made["createdAt"].GetString().ShouldBe(made["updatedAt"].GetString());
        made["createdAt"].GetString()!.ShouldEndWith("Z");
        made.Id.Version.ShouldBe(7);
        var read = await client.GetAsync(made.Headers["Location"]);
        read.ShouldBe(HttpStatusCode.OK);
        read.Text.ShouldBe(made.Text);
        read.ETag.ShouldBe(made.ETag);
        var recorded = (await client.RecordedAsync(made.Id)).ShouldHaveSingleItem();
        recorded.Type.ShouldBe(Records.FirstEvent(collection));
        (recorded.Version, recorded.Actor).ShouldBe((1, "ada"));
        recorded.Record.GetRawText().ShouldBe(made.Text);
    }

    [Theory, EachCollection]
    public async Task A_record_that_the_client_has_already_is_304_without_a_body(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync(collection);
        var tag = (await client.GetAsync(path)).ETag;

        foreach (var known in new[] { tag, $"W/{tag}", $"\"other\", {tag}", "*" })
        {
            var answer = await client.GetAsync(path, ("If-None-Match", known));

            answer.ShouldBe(HttpStatusCode.NotModified);
            answer.Bytes.ShouldBeEmpty();
            answer.ETag.ShouldBe(tag);
        }
    }

    [Theory, EachCollection]
    public async Task A_record_that_changed_is_sent_again(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync(collection);
        var old = (await client.GetAsync(path)).ETag;
        await client.PatchAsync(path, new Dictionary<string, string> { [Records.Title(collection)] = "Second" });

        var answer = await client.GetAsync(path, ("If-None-Match", old));

        answer.ShouldBe(HttpStatusCode.OK);
        answer.ETag.ShouldNotBe(old);
        answer[Records.Title(collection)].GetString().ShouldBe("Second");
    }

    [Theory, EachCollection]
    public async Task A_list_that_the_client_has_already_is_304_until_a_record_of_it_changes(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync(collection);
        var list = await client.GetAsync($"/api/{collection}");

        var known = await client.GetAsync($"/api/{collection}", ("If-None-Match", list.ETag));
        await client.PatchAsync(path, new Dictionary<string, string> { [Records.Title(collection)] = "Second" });
        var changed = await client.GetAsync($"/api/{collection}", ("If-None-Match", list.ETag));

        known.ShouldBe(HttpStatusCode.NotModified);
        known.Bytes.ShouldBeEmpty();
        changed.ShouldBe(HttpStatusCode.OK);
        changed.Items.ShouldHaveSingleItem().GetProperty(Records.Title(collection)).GetString().ShouldBe("Second");
    }

    [Theory, EachCollection]
    public async Task A_record_stands_in_its_list_as_it_stands_alone(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var (path, _) = await client.MakeOneAsync(collection);

        var list = await client.GetAsync($"/api/{collection}");

        list.Items.ShouldHaveSingleItem().GetRawText().ShouldBe((await client.GetAsync(path)).Text);
    }

    [Theory, EachCollection]
    public async Task What_never_was_is_404_whatever_is_asked_of_it(Database database, string collection)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var path = $"/api/{collection}/{Guid.CreateVersion7()}";
        var change = new Dictionary<string, string> { [Records.Title(collection)] = "Second" };

        foreach (var answer in new[] { await client.GetAsync(path), await client.PatchAsync(path, change), await client.DeleteAsync(path), await client.PostAsync($"{path}/restore") })
        {
            answer.ShouldFail(HttpStatusCode.NotFound, "not-found");
            answer["detail"].GetString()!.ShouldContain($"no {Records.Noun(collection)} {path.Split('/')[^1]}");
        }
    }
}
