using System.Net;
using System.Text.Json.Nodes;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Auth;

/// <summary>For which tenant a request is, and as what its user acts there.</summary>
public sealed class CallerTests
{
    [Theory, EachDatabase]
    public async Task A_token_of_several_tenants_may_act_for_each_and_for_no_other(Database database)
    {
        var host = await Hosts.For(database);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var token = Jwt.Sign(Jwt.Claims(first, ("tenant_id", new[] { first, second })));

        (await host.AskAsync(token, first))["tenantId"].GetGuid().ShouldBe(first);
        var me = await host.AskAsync(token, second);
        me["tenantId"].GetGuid().ShouldBe(second);
        me["tenants"].EnumerateArray().Select(tenant => tenant.GetGuid()).ShouldBe([first, second]);
        (await host.AskAsync(token, Guid.CreateVersion7())).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
    }

    [Theory, EachDatabase]
    public async Task A_role_for_each_tenant_counts_in_its_tenant_alone(Database database)
    {
        var host = await Hosts.For(database);
        var (first, second, third) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var roles = new Dictionary<string, string> { [first.ToString()] = "VIEWER", [second.ToString().ToUpperInvariant()] = "ADMIN" };
        var token = Jwt.Sign(Jwt.Claims(first, ("tenant_id", new[] { first, second, third }), ("role", roles)));

        (await host.AskAsync(token, first))["role"].GetString().ShouldBe("VIEWER");
        (await host.AskAsync(token, second))["role"].GetString().ShouldBe("ADMIN");
        (await host.AskAsync(token, third))["role"].GetString().ShouldBe("REP");
        (await host.AskAsync(token, first, "/api/leads", HttpMethod.Post, new { lastName = "Lovelace" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await host.AskAsync(token, second, "/api/leads", HttpMethod.Post, new { lastName = "Lovelace" })).ShouldBe(HttpStatusCode.Created);
    }

    [Theory, EachDatabase]
    public async Task Tokens_of_one_user_that_differ_in_the_name_do_not_stand_in_each_others_way(Database database)
    {
        var host = await Hosts.For(database);
        var tenant = Guid.CreateVersion7();

        var answers = await Race.OfAsync(25, i => host.AskAsync(Jwt.Sign(Jwt.Claims(tenant, ("name", $"Name {i}"))), tenant));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_user_whose_id_has_a_comma_can_be_filtered_by(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant(Role.Admin, "ada,grace");
        await client.MakeAsync("leads", new { lastName = "Lovelace", ownerId = "me" });
        await client.MakeAsync("leads", new { lastName = "Nobody's" });

        (await client.GetAsync("/api/leads?ownerId=ada%2Cgrace"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_token_without_a_role_has_the_members_and_a_new_member_is_a_rep(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var token = Jwt.Sign(Jwt.Claims(admin.TenantId, ("sub", "grace"), ("role", null)));

        (await admin.Host.AskAsync(token, admin.TenantId))["role"].GetString().ShouldBe("REP");
        (await admin.GetAsync("/api/members/grace"))["role"].GetString().ShouldBe("REP");
        (await admin.PutAsync("/api/members/grace", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
        (await admin.Host.AskAsync(token, admin.TenantId))["role"].GetString().ShouldBe("MANAGER");
        (await admin.PutAsync("/api/members/grace", new { role = "VIEWER" })).ShouldBe(HttpStatusCode.OK);

        (await admin.Host.AskAsync(token, admin.TenantId))["role"].GetString().ShouldBe("VIEWER");
        (await admin.Host.AskAsync(token, admin.TenantId, "/api/leads", HttpMethod.Post, new { lastName = "Lovelace" })).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
    }

    [Theory, EachDatabase]
    public async Task A_tenant_that_exists_and_one_that_does_not_are_refused_alike(Database database)
    {
        var own = (await Hosts.For(database)).NewTenant();
        var foreign = own.Host.NewTenant();
        await foreign.GetAsync("/api/me");
        var unknown = Guid.CreateVersion7();
        var token = own.Host.Token(own.TenantId, "ada", Role.Admin);

        var existing = await own.Host.AskAsync(token, foreign.TenantId, "/api/leads");
        var missing = await own.Host.AskAsync(token, unknown, "/api/leads");

        existing.ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
        Comparable(existing).ShouldBe(Comparable(missing));
        (await DataHash.OfAsync(own.Host, unknown)).ShouldBe(await DataHash.OfAsync(own.Host, Guid.CreateVersion7()));
    }

    [Theory]
    [EachDatabase("")]
    [EachDatabase("acme")]
    [EachDatabase("00000000-0000-0000-0000-000000000000")]
    [EachDatabase("{TENANT}")]
    [EachDatabase("(TENANT)")]
    [EachDatabase("TENANT,TENANT")]
    [EachDatabase("TENANT, 019aa000-0000-7000-8000-000000000000")]
    [EachDatabase("TENANT'--")]
    public async Task A_tenant_that_is_no_uuid_is_refused(Database database, string header)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var answer = await client.Host.AskAsync(client.Host.Token(client.TenantId, "ada", Role.Admin), header.Replace("TENANT", client.TenantId.ToString(), StringComparison.Ordinal));

        answer.ShouldFail(HttpStatusCode.BadRequest, "tenant-required");
    }

    [Theory, EachDatabase]
    public async Task A_request_names_its_tenant_once(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var token = ("Authorization", $"Bearer {client.Host.Token(client.TenantId, "ada", Role.Admin)}");
        var tenant = ("X-Tenant-Id", client.TenantId.ToString());

        var none = await RawHttp.SendAsync(client.Host.Address, "GET", "/api/me", token);
        var once = await RawHttp.SendAsync(client.Host.Address, "GET", "/api/me", token, tenant);
        var twice = await RawHttp.SendAsync(client.Host.Address, "GET", "/api/me", token, tenant, tenant);
        var inQuery = await RawHttp.SendAsync(client.Host.Address, "GET", $"/api/me?X-Tenant-Id={client.TenantId}", token);

        RawHttp.StatusOf(once).ShouldBe(200, once);
        foreach (var answer in new[] { none, twice, inQuery })
        {
            RawHttp.StatusOf(answer).ShouldBe(400, answer);
            answer.ShouldContain("\"code\":\"tenant-required\"");
        }
    }

    [Theory]
    [EachDatabase("leads", "lastName", "ownerId")]
    [EachDatabase("deals", "name", "ownerId")]
    [EachDatabase("tasks", "title", "assigneeId")]
    public async Task Handing_over_what_another_owns_takes_a_manager(Database database, string collection, string name, string owner)
    {
        var rep = (await Hosts.For(database)).NewTenant(Role.Rep, "rep");
        var manager = rep.As(Role.Manager, "boss");
        await rep.As(Role.Rep, "other").GetAsync("/api/me");
        await manager.GetAsync("/api/me");
        var others = await rep.MakeAsync(collection, Owned("other"));
        var own = await rep.MakeAsync(collection, Owned("rep"));
        var nobodys = await rep.MakeAsync(collection, Owned(null));

        (await rep.PatchAsync($"/api/{collection}/{others}", Owned("rep"))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await rep.PatchAsync($"/api/{collection}/{others}", Owned("me"))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await rep.PatchAsync($"/api/{collection}/{others}", Owned(null))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await rep.PutAsync($"/api/{collection}/{others}", Owned("rep"))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        (await rep.GetAsync($"/api/{collection}/{others}"))[owner].GetString().ShouldBe("other");
        (await rep.EventsAsync(others)).Count.ShouldBe(1);

        (await rep.PatchAsync($"/api/{collection}/{others}", new Dictionary<string, object> { [name] = "Renamed" })).ShouldBe(HttpStatusCode.OK);
        (await rep.PutAsync($"/api/{collection}/{others}", Owned("other"))).ShouldBe(HttpStatusCode.OK);
        (await rep.PatchAsync($"/api/{collection}/{own}", Owned("other"))).ShouldBe(HttpStatusCode.OK)[owner].GetString().ShouldBe("other");
        (await rep.PatchAsync($"/api/{collection}/{nobodys}", Owned("me"))).ShouldBe(HttpStatusCode.OK)[owner].GetString().ShouldBe("rep");
        (await manager.PatchAsync($"/api/{collection}/{others}", Owned("rep"))).ShouldBe(HttpStatusCode.OK)[owner].GetString().ShouldBe("rep");
        (await rep.EventsAsync(others)).ShouldContain($"{collection.TrimEnd('s')}.assigned");

        Dictionary<string, object?> Owned(string? by) => new(StringComparer.Ordinal) { [name] = "Sample", [owner] = by };
    }

    private static string Comparable(Answer answer)
    {
        var body = JsonNode.Parse(answer.Text)!.AsObject();
        body["traceId"] = "";
        return string.Join('\n', [answer.Status.ToString(), .. answer.Headers.Where(header => header.Key != "Date").OrderBy(header => header.Key).Select(header => $"{header.Key}: {header.Value}"), body.ToJsonString()]);
    }
}
