using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Members;

/// <summary>Members who may act no more.</summary>
public sealed class DeactivationTests
{
    [Theory, EachDatabase]
    public async Task A_deactivated_member_is_refused_at_once_whatever_the_token_and_on_every_instance(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connection);
        await using var second = await CrmHost.StartAsync(database, connection);
        var admin = first.NewTenant();
        var lead = await admin.MakeAsync("leads", new { lastName = "Lovelace" });
        var bobs = Enum.GetValues<Role>().Select(role => new Client(second, admin.TenantId, "bob", role)).ToList();
        foreach (var bob in bobs) (await bob.GetAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.OK);

        (await admin.PatchAsync("/api/members/bob", new { active = false })).ShouldBe(HttpStatusCode.OK)["active"].GetBoolean().ShouldBeFalse();

        foreach (var bob in bobs)
        {
            (await bob.GetAsync($"/api/leads/{lead}")).ShouldFail(HttpStatusCode.Forbidden, "member-inactive")["detail"].GetString().ShouldBe("You are deactivated in this tenant. An admin of it can activate you again.");
            (await bob.PatchAsync($"/api/leads/{lead}", new { lastName = "Changed" })).ShouldFail(HttpStatusCode.Forbidden, "member-inactive");
            (await bob.GetAsync("/api/me")).ShouldFail(HttpStatusCode.Forbidden, "member-inactive");
        }

        (await admin.PatchAsync("/api/members/bob", new { active = true })).ShouldBe(HttpStatusCode.OK);
        foreach (var bob in bobs) (await bob.GetAsync($"/api/leads/{lead}")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_deactivated_member_changes_nothing_of_themselves_by_another_name_in_a_token(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        await admin.AsAsync(Tokens.Of(admin.TenantId, "bob", ("name", "Bob")), HttpMethod.Get, "/api/me");
        await admin.PatchAsync("/api/members/bob", new { active = false });
        var before = await DataHash.OfAsync(admin.Host, admin.TenantId);

        (await admin.AsAsync(Tokens.Of(admin.TenantId, "bob", ("name", "Robert")), HttpMethod.Get, "/api/me")).ShouldFail(HttpStatusCode.Forbidden, "member-inactive");

        (await DataHash.OfAsync(admin.Host, admin.TenantId)).ShouldBe(before);
    }

    [Theory, EachDatabase("leads", "ownerId"), EachDatabase("deals", "ownerId"), EachDatabase("tasks", "assigneeId")]
    public async Task What_a_deactivated_member_owns_stays_and_nothing_new_is_given_to_them(Database database, string collection, string owner)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        foreach (var user in new[] { "bob", "ada" }) await admin.As(Role.Rep, user).GetAsync("/api/me");
        var (path, _) = await admin.MakeOneAsync(collection, "First", (owner, "bob"));
        var (other, _) = await admin.MakeOneAsync(collection, "Second", (owner, "me"));
        await admin.PatchAsync("/api/members/bob", new { active = false });

        (await admin.PatchAsync(path, new Dictionary<string, object> { [Records.Title(collection)] = "Renamed", [owner] = "bob" })).ShouldBe(HttpStatusCode.OK)[owner].GetString().ShouldBe("bob");
        (await admin.PatchAsync(other, new Dictionary<string, object> { [owner] = "bob" })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe([$"/{owner}"]);
        (await admin.PostAsync($"/api/{collection}", await admin.BodyAsync(collection, "Third", (owner, "bob")))).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference")["detail"].GetString()!.ShouldContain("deactivated");
        (await admin.PatchAsync(path, new Dictionary<string, object> { [owner] = "me" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Nobody_deactivates_themselves(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();

        (await admin.PatchAsync("/api/members/ada", new { active = false })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await admin.PutAsync("/api/members/ada", new { active = false })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await admin.GetAsync("/api/members/ada"))["version"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Of_those_who_are_admins_here_one_stays(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        foreach (var user in new[] { "bob", "grace" })
        {
            await admin.As(Role.Rep, user).GetAsync("/api/me");
            await admin.PatchAsync($"/api/members/{user}", new { role = "ADMIN" });
        }

        (await admin.PatchAsync("/api/members/bob", new { active = false })).ShouldBe(HttpStatusCode.OK);
        (await admin.PatchAsync("/api/members/grace", new { active = false })).ShouldFail(HttpStatusCode.Conflict, "last-admin")["detail"].GetString().ShouldBe("grace is the last active member with the role ADMIN. Give it to another member first.");
        (await admin.PatchAsync("/api/members/grace", new { role = "MANAGER" })).ShouldFail(HttpStatusCode.Conflict, "last-admin");
        (await admin.PatchAsync("/api/members/grace", new { role = "ADMIN", active = true })).ShouldBe(HttpStatusCode.OK);
        (await admin.PatchAsync("/api/members/bob", new { active = true })).ShouldBe(HttpStatusCode.OK);
        (await admin.PatchAsync("/api/members/grace", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Of_admins_who_take_the_role_from_each_other_at_once_one_keeps_it(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        string[] users = ["u1", "u2", "u3", "u4"];
        foreach (var user in users)
        {
            await admin.As(Role.Rep, user).GetAsync("/api/me");
            await admin.PatchAsync($"/api/members/{user}", new { role = "ADMIN" });
        }

        var answers = await Race.OfAsync(users.Length, i => admin.PatchAsync($"/api/members/{users[i]}", new { role = "REP" }));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(users.Length - 1);
        answers.Single(answer => answer.Status != HttpStatusCode.OK).ShouldFail(HttpStatusCode.Conflict, "last-admin");
        (await admin.GetAsync("/api/members?role=ADMIN"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task Members_are_listed_by_whether_they_are_active(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        foreach (var user in new[] { "ada", "bob" }) await admin.As(Role.Admin, user).GetAsync("/api/me");
        await admin.PatchAsync("/api/members/bob", new { active = false });

        (await admin.GetAsync("/api/members?active=false")).Items.ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe("bob");
        (await admin.GetAsync("/api/members?active=true")).Items.ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe("ada");
        (await admin.GetAsync("/api/members"))["total"].GetInt32().ShouldBe(2);
    }
}
