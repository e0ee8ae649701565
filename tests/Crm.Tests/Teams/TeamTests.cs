using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Teams;

public sealed class TeamTests
{
    [Theory, EachDatabase]
    public async Task A_team_is_made_read_changed_and_deleted(Database database)
    {
        var admin = await WithMembersAsync(database);

        var made = (await admin.PostAsync("/api/teams", new { name = " Nordics ", memberIds = new[] { "grace", "me", "grace" } })).ShouldBe(HttpStatusCode.Created);
        (made["name"].GetString(), Ids(made), made.ETag, made.Headers["Location"]).ShouldBe(("Nordics", "ada grace", "\"1\"", $"/api/teams/{made.Id}"));
        (await admin.As(Role.Viewer, "bob").GetAsync($"/api/teams/{made.Id}")).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(made.Text);
        (await admin.GetAsync($"/api/teams/{made.Id}", ("If-None-Match", made.ETag))).ShouldBe(HttpStatusCode.NotModified);

        var same = (await admin.PatchAsync($"/api/teams/{made.Id}", new { name = "Nordics", memberIds = new[] { "grace", "ada" } })).ShouldBe(HttpStatusCode.OK);
        var members = (await admin.PatchAsync($"/api/teams/{made.Id}", new { memberIds = new[] { "bob" } })).ShouldBe(HttpStatusCode.OK);
        var name = (await admin.PatchAsync($"/api/teams/{made.Id}", new { name = "NORDICS" }, ("If-Match", members.ETag))).ShouldBe(HttpStatusCode.OK);
        (same.ETag, Ids(members), members.ETag, name["name"].GetString(), Ids(name)).ShouldBe(("\"1\"", "bob", "\"2\"", "NORDICS", "bob"));
        (await admin.PatchAsync($"/api/teams/{made.Id}", new { name = "Other" }, ("If-Match", made.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await admin.DeleteAsync($"/api/teams/{made.Id}", ("If-Match", made.ETag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");

        (await admin.DeleteAsync($"/api/teams/{made.Id}", ("If-Match", name.ETag))).ShouldBe(HttpStatusCode.NoContent);
        (await admin.GetAsync($"/api/teams/{made.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await admin.DeleteAsync($"/api/teams/{made.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await admin.PostAsync("/api/teams", new { name = "nordics" })).ShouldBe(HttpStatusCode.Created);
    }

    [Theory, EachDatabase]
    public async Task A_tenant_has_a_teams_name_once_case_ignored(Database database)
    {
        var admin = await WithMembersAsync(database);
        var first = await admin.MakeAsync("teams", new { name = "Åland" });
        var second = await admin.MakeAsync("teams", new { name = "Aland" });

        (await admin.PostAsync("/api/teams", new { name = "åLAND" })).ShouldFail(HttpStatusCode.Conflict, "name-taken");
        (await admin.PatchAsync($"/api/teams/{second}", new { name = "ÅLAND" })).ShouldFail(HttpStatusCode.Conflict, "name-taken");
        (await admin.PatchAsync($"/api/teams/{first}", new { name = "ÅLAND" })).ShouldBe(HttpStatusCode.OK);
        (await admin.Host.NewTenant().PostAsync("/api/teams", new { name = "Åland" })).ShouldBe(HttpStatusCode.Created);
    }

    [Theory, EachDatabase]
    public async Task Of_many_who_make_a_team_at_once_one_does(Database database)
    {
        var admin = await WithMembersAsync(database);

        var answers = await Race.OfAsync(12, _ => admin.PostAsync("/api/teams", new { name = "Nordics", memberIds = new[] { "grace" } }));

        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created)) answer.ShouldFail(HttpStatusCode.Conflict, "name-taken");
        (await admin.GetAsync("/api/teams"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Those_who_are_no_members_are_each_named(Database database)
    {
        var admin = await WithMembersAsync(database);
        var team = await admin.MakeAsync("teams", new { name = "First", memberIds = new[] { "grace" } });

        (await admin.PostAsync("/api/teams", new { name = "Second", memberIds = new[] { "nobody", "grace", "noone" } })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/memberIds/0", "/memberIds/2"]);
        (await admin.PatchAsync($"/api/teams/{team}", new { memberIds = new[] { "grace", "nobody" } })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/memberIds/1"]);
        Ids(await admin.GetAsync($"/api/teams/{team}")).ShouldBe("grace");
    }

    [Theory]
    [EachDatabase("""{ "memberIds": [] }""", "/name"), EachDatabase("""{ "name": " " }""", "/name"), EachDatabase("""{ "name": "x", "memberIds": null }""", "/memberIds"), EachDatabase("""{ "name": "x", "memberIds": [null] }""", "/memberIds")]
    [EachDatabase("""{ "name": "x", "memberIds": [""] }""", "/memberIds"), EachDatabase("""{ "name": "x", "memberIds": ["a", 1] }""", "/memberIds/1"), EachDatabase("""{ "name": "x", "members": [] }""", "/members")]
    public async Task What_is_no_team_is_400_at_its_place(Database database, string body, string fault)
    {
        var admin = await WithMembersAsync(database);

        (await admin.PostAsync("/api/teams", body)).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([fault]);
    }

    [Theory, EachDatabase]
    public async Task A_team_has_at_most_two_hundred_members(Database database)
    {
        var admin = await WithMembersAsync(database);

        (await admin.PostAsync("/api/teams", new { name = "Many", memberIds = Enumerable.Repeat("ada", 200) })).ShouldBe(HttpStatusCode.Created);
        (await admin.PostAsync("/api/teams", new { name = "More", memberIds = Enumerable.Repeat("ada", 201) })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/memberIds"]);
    }

    [Theory, EachDatabase("", "Baltics nordics Émigrés"), EachDatabase("sort=-name", "Émigrés nordics Baltics"), EachDatabase("sort=createdAt", "nordics Baltics Émigrés"), EachDatabase("search=emi", "Émigrés"), EachDatabase("memberId=grace", "nordics Émigrés"), EachDatabase("memberId=me,bob", "Baltics nordics"), EachDatabase("memberId=nobody", ""), EachDatabase("take=1&skip=1", "nordics")]
    public async Task Teams_are_listed_by_name_and_found_by_words_and_members(Database database, string query, string names)
    {
        var admin = await WithMembersAsync(database);
        await admin.MakeAsync("teams", new { name = "nordics", memberIds = new[] { "grace", "ada" } });
        await admin.MakeAsync("teams", new { name = "Baltics", memberIds = new[] { "bob" } });
        await admin.MakeAsync("teams", new { name = "Émigrés", memberIds = new[] { "grace" } });

        var list = (await admin.GetAsync($"/api/teams?{query}")).ShouldBe(HttpStatusCode.OK);

        string.Join(' ', list.Items.Select(team => team.GetProperty("name").GetString())).ShouldBe(names);
    }

    private static string Ids(Answer team) => string.Join(' ', team["memberIds"].EnumerateArray().Select(id => id.GetString()));

    private static async Task<Client> WithMembersAsync(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        foreach (var user in new[] { "ada", "grace", "bob" }) (await admin.As(Role.Admin, user).GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        return admin;
    }
}
