using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Concurrency;

public sealed class OptimisticLockTests
{
    [Theory, EachDatabase]
    public async Task Of_a_hundred_replacements_with_one_ETag_one_wins(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var (collection, body) in new (string, Func<string, object>)[]
                 {
                     ("leads", text => new { lastName = text }), ("deals", text => new { name = text }), ("tasks", text => new { title = text }),
                 })
        {
            var made = (await client.PostAsync($"/api/{collection}", body("first"))).ShouldBe(HttpStatusCode.Created);
            var path = $"/api/{collection}/{made.Id}";

            var answers = await Race.OfAsync(100, i => client.PutAsync(path, body($"writer {i}"), ("If-Match", made.ETag)));

            answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
            foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.OK)) answer.ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
            var winner = answers.Single(answer => answer.Status == HttpStatusCode.OK);
            winner.ETag.ShouldBe("\"2\"");
            winner["version"].GetInt32().ShouldBe(2);
            (await client.GetAsync(path)).Text.ShouldBe(winner.Text);
            (await client.EventsAsync(made.Id)).ShouldBe([$"{collection[..^1]}.created", $"{collection[..^1]}.updated"]);
        }
    }

    [Theory, EachDatabase]
    public async Task Changes_of_the_settings_and_of_a_member_at_once_are_all_made(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.GetAsync("/api/me");

        var settings = await Race.OfAsync(20, i => client.PatchAsync("/api/settings", new { name = $"Name {i}" }));
        var roles = await Race.OfAsync(20, i => client.PutAsync($"/api/members/{client.User}", new { role = i % 2 == 0 ? "MANAGER" : "VIEWER" }));

        settings.Concat(roles).ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
        (await client.GetAsync("/api/settings"))["version"].GetInt32().ShouldBe(21);
    }

    [Theory, EachDatabase]
    public async Task A_hundred_changes_of_different_members_are_all_kept(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        string[] members = ["firstName", "jobTitle", "companyName", "companyIndustry", "companySize", "description"];
        var id = await client.MakeAsync("leads", new { lastName = "Lovelace" });

        var answers = await Race.OfAsync(100, i => client.PatchAsync($"/api/leads/{id}", new Dictionary<string, string>(StringComparer.Ordinal) { [members[i % members.Length]] = $"writer {i}" }));

        await EveryAcknowledgedChangeIsThereAsync(client, $"/api/leads/{id}", id, members, answers);
    }

    [Theory, EachDatabase]
    public async Task A_hundred_changes_of_one_member_happen_one_after_the_other(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var id = await client.MakeAsync("tasks", new { title = "Call back" });

        var answers = await Race.OfAsync(100, i => client.PatchAsync($"/api/tasks/{id}", new { description = $"writer {i}" }));

        await EveryAcknowledgedChangeIsThereAsync(client, $"/api/tasks/{id}", id, ["description"], answers);
    }

    [Theory, EachDatabase]
    public async Task Changes_of_a_member_of_the_tenant_and_of_its_settings_are_not_lost(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        (await client.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        await client.As(Role.Rep, "bob").GetAsync("/api/me");

        foreach (var (path, body) in new (string, Func<int, object>)[] { ("/api/settings", i => new { name = $"Name {i}" }), ("/api/members/bob", i => new { role = i % 2 == 0 ? "MANAGER" : "VIEWER" }) })
        {
            var before = await client.GetAsync(path);
            var answers = await Race.OfAsync(100, i => client.PatchAsync(path, body(i), ("If-Match", before.ETag)));

            answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
            foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.OK)) answer.ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
            (await client.GetAsync(path))["version"].GetInt32().ShouldBe(before["version"].GetInt32() + 1);
        }
    }

    private static async Task EveryAcknowledgedChangeIsThereAsync(Client client, string path, Guid id, string[] members, Answer[] answers)
    {
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.OK)) answer.ShouldFail(HttpStatusCode.Conflict, "contended");
        var acknowledged = answers.Where(answer => answer.Status == HttpStatusCode.OK).ToList();
        acknowledged.ShouldNotBeEmpty();
        acknowledged.Select(answer => answer["version"].GetInt32()).Order().ShouldBe(Enumerable.Range(2, acknowledged.Count));

        var events = await client.EventRowsAsync(id);
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, acknowledged.Count + 1));
        var now = await client.GetAsync(path);
        now["version"].GetInt32().ShouldBe(acknowledged.Count + 1);

        // Each change says what it found and what it left: put together they must lead from the first state to the last.
        foreach (var member in members)
        {
            string? value = null;
            foreach (var change in events.Skip(1).Select(e => JsonSerializer.Deserialize<JsonElement>(e.Changes)).Where(change => change.TryGetProperty(member, out _)))
            {
                change.GetProperty(member).GetProperty("from").GetString().ShouldBe(value);
                value = change.GetProperty(member).GetProperty("to").GetString();
            }

            now[member].GetString().ShouldBe(value);
        }

        foreach (var answer in acknowledged)
        {
            var change = JsonSerializer.Deserialize<JsonElement>(events.Single(e => e.Version == answer["version"].GetInt32()).Changes).EnumerateObject().ShouldHaveSingleItem();
            change.Value.GetProperty("to").GetString().ShouldBe(answer[change.Name].GetString());
        }
    }
}
