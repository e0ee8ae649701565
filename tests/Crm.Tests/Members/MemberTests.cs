using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Members;

public sealed class MemberTests
{
    [Theory, EachDatabase]
    public async Task A_user_seen_for_the_first_time_becomes_a_member_as_the_token_tells(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.AsAsync(Tokens.Of(client.TenantId, "bob", ("name", "Bob Babbage"), ("email", "bob@example.com"), ("role", "MANAGER")), HttpMethod.Get, "/api/leads");

        var member = await client.GetAsync("/api/members/bob");

        member.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"1\"");
        (member["id"].GetString(), member["name"].GetString(), member["email"].GetString(), member["role"].GetString()).ShouldBe(("bob", "Bob Babbage", "bob@example.com", "REP"));
    }

    [Theory, EachDatabase]
    public async Task A_newer_token_changes_name_and_address_and_one_without_them_leaves_them(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var claims in new (string, object)[][] { [("name", "Bob"), ("email", "bob@example.com")], [("name", "Robert")], [] })
        {
            (await client.AsAsync(Tokens.Of(client.TenantId, "bob", claims), HttpMethod.Get, "/api/leads")).ShouldBe(HttpStatusCode.OK);
        }

        var member = await client.GetAsync("/api/members/bob");

        (member["name"].GetString(), member["email"].GetString(), member["version"].GetInt32()).ShouldBe(("Robert", "bob@example.com", 2));
    }

    [Theory, EachDatabase]
    public async Task A_token_without_a_role_is_a_reps_until_an_admin_gives_the_member_another(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var token = Tokens.Of(client.TenantId, "bob");
        var (lead, _) = await client.MakeOneAsync("leads");

        var asRep = await client.AsAsync(token, HttpMethod.Delete, lead);
        var changed = await client.PutAsync("/api/members/bob", new { role = "MANAGER" });
        var asManager = await client.AsAsync(token, HttpMethod.Delete, lead);
        await client.PatchAsync("/api/members/bob", new { role = "VIEWER" });
        var asViewer = await client.AsAsync(token, HttpMethod.Post, "/api/leads", new { lastName = "Lovelace" });

        asRep.ShouldFail(HttpStatusCode.Forbidden, "role-forbidden")["detail"].GetString().ShouldBe("This takes the role MANAGER; yours is REP.");
        changed.ShouldBe(HttpStatusCode.OK)["role"].GetString().ShouldBe("MANAGER");
        asManager.ShouldBe(HttpStatusCode.NoContent);
        asViewer.ShouldFail(HttpStatusCode.Forbidden, "role-forbidden")["detail"].GetString().ShouldBe("This takes the role REP; yours is VIEWER.");
    }

    [Theory, EachDatabase]
    public async Task The_role_that_a_token_names_counts_before_the_members(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.AsAsync(Tokens.Of(client.TenantId, "bob"), HttpMethod.Get, "/api/leads");
        await client.PutAsync("/api/members/bob", new { role = "ADMIN" });

        var asViewer = await client.AsAsync(Tokens.Of(client.TenantId, "bob", ("role", "VIEWER")), HttpMethod.Post, "/api/leads", new { lastName = "Lovelace" });
        var asRep = await client.AsAsync(Tokens.Of(client.TenantId, "bob", ("role", new Dictionary<string, string> { [$"{client.TenantId}"] = "REP" })), HttpMethod.Get, "/api/me");
        var elsewhere = await client.AsAsync(Tokens.Of(client.TenantId, "bob", ("role", new Dictionary<string, string> { [$"{Guid.CreateVersion7()}"] = "REP" })), HttpMethod.Get, "/api/me");

        asViewer.ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        asRep["role"].GetString().ShouldBe("REP");
        elsewhere["role"].GetString().ShouldBe("ADMIN");
        (await client.GetAsync("/api/members/bob"))["role"].GetString().ShouldBe("ADMIN");
    }

    [Theory, EachDatabase(Role.Viewer), EachDatabase(Role.Rep), EachDatabase(Role.Manager)]
    public async Task Only_an_admin_edits_roles_and_everybody_reads_members(Database database, Role role)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var other = client.As(role, "bob");
        await client.GetAsync("/api/me");

        (await other.GetAsync("/api/members")).ShouldBe(HttpStatusCode.OK).Items.Count.ShouldBe(2);
        (await other.GetAsync("/api/members/ada")).ShouldBe(HttpStatusCode.OK);
        (await other.PutAsync("/api/members/bob", new { role = "ADMIN" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await other.PatchAsync("/api/members/bob", new { role = "ADMIN" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
    }

    [Theory, EachDatabase]
    public async Task A_role_is_changed_under_its_tag_and_not_at_all_when_it_is_that_already(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");

        var same = await client.PutAsync("/api/members/bob", new { role = "REP" }, ("If-Match", "\"1\""));
        var changed = await client.PutAsync("/api/members/bob", new { role = "MANAGER" }, ("If-Match", "\"1\""));
        var stale = await client.PatchAsync("/api/members/bob", new { role = "VIEWER" }, ("If-Match", "\"1\""));
        var read = await client.GetAsync("/api/members/bob", ("If-None-Match", changed.ETag));

        same.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"1\"");
        changed.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"2\"");
        stale.ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        read.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory, EachDatabase("{}", "ok"), EachDatabase("""{ "role": null }""", "/role"), EachDatabase("""{ "role": "OWNER" }""", "/role"), EachDatabase("""{ "name": "Eve" }""", "/name"), EachDatabase("""{ "email": "eve@example.com" }""", "/email")]
    public async Task Of_a_member_only_the_role_is_written(Database database, string body, string fault)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.PatchAsync("/api/members/ada", body);

        if (fault == "ok") answer.ShouldBe(HttpStatusCode.OK).ETag.ShouldBe("\"1\"");
        else answer.ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([fault]);
    }

    [Theory, EachDatabase]
    public async Task A_member_who_is_not_there_is_404(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        (await client.GetAsync("/api/members/nobody")).ShouldFail(HttpStatusCode.NotFound, "not-found")["detail"].GetString().ShouldBe("There is no member nobody here.");
        (await client.PutAsync("/api/members/nobody", new { role = "REP" })).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase("auth0|5f7c8ec7"), EachDatabase("https://id.example.com/users/1?x=2#y"), EachDatabase("Zoë Ångström"), EachDatabase("a%2Fb"), EachDatabase("100%")]
    public async Task A_member_is_found_whatever_signs_the_id_is_made_of(Database database, string sub)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.AsAsync(Tokens.Of(client.TenantId, sub), HttpMethod.Get, "/api/me");

        (await client.GetAsync($"/api/members/{Uri.EscapeDataString(sub)}")).ShouldBe(HttpStatusCode.OK)["id"].GetString().ShouldBe(sub);
        (await client.PatchAsync($"/api/members/{Uri.EscapeDataString(sub)}", new { role = "VIEWER" })).ShouldBe(HttpStatusCode.OK)["role"].GetString().ShouldBe("VIEWER");
    }

    [Theory, EachDatabase("", "Ada bob Émile"), EachDatabase("sort=-name", "Émile bob Ada"), EachDatabase("sort=createdAt", "Émile Ada bob"), EachDatabase("sort=-createdAt", "bob Ada Émile"), EachDatabase("search=emi", "Émile"), EachDatabase("role=ADMIN", "Ada"), EachDatabase("role=REP,VIEWER", "bob Émile"), EachDatabase("take=1&skip=1", "bob")]
    public async Task Members_are_listed_by_name_and_found_by_role_and_words(Database database, string query, string names)
    {
        var client = (await Hosts.For(database)).NewTenant();
        foreach (var name in new[] { "Émile", "Ada", "bob" })
        {
            await client.AsAsync(Tokens.Of(client.TenantId, $"id of {name}", ("name", name)), HttpMethod.Get, "/api/leads");
        }

        var admin = Tokens.Of(client.TenantId, "id of Ada", ("role", "ADMIN"));
        await client.AsAsync(admin, HttpMethod.Put, "/api/members/id%20of%20Ada", new { role = "ADMIN" });
        await client.AsAsync(admin, HttpMethod.Put, "/api/members/id%20of%20%C3%89mile", new { role = "VIEWER" });

        var list = await client.AsAsync(admin, HttpMethod.Get, $"/api/members?{query}");

        string.Join(' ', list.ShouldBe(HttpStatusCode.OK).Items.Select(member => member.GetProperty("name").GetString())).ShouldBe(names);
    }

    [Theory, EachDatabase]
    public async Task A_role_that_a_token_named_once_is_not_that_of_a_token_which_names_none(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.AsAsync(Tokens.Of(client.TenantId, "bob", ("role", "ADMIN")), HttpMethod.Get, "/api/leads");

        var me = await client.AsAsync(Tokens.Of(client.TenantId, "bob"), HttpMethod.Get, "/api/me");

        me["role"].GetString().ShouldBe("REP");
    }
}
