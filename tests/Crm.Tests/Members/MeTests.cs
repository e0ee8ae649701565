using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Members;

public sealed class MeTests
{
    [Theory, EachDatabase]
    public async Task The_caller_is_told_who_as_what_and_for_which_tenants(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var other = Guid.CreateVersion7();
        var token = Tokens.Of(client.TenantId, "bob", ("tenant_id", new[] { client.TenantId, other }), ("name", "Bob"), ("email", "bob@example.com"), ("role", "MANAGER"));

        var me = await client.AsAsync(token, HttpMethod.Get, "/api/me");

        me.ShouldBe(HttpStatusCode.OK).Text.ShouldBe($$"""{"id":"bob","name":"Bob","email":"bob@example.com","role":"MANAGER","tenantId":"{{client.TenantId}}","tenants":["{{client.TenantId}}","{{other}}"]}""");
        (await client.AsAsync(token, HttpMethod.Get, "/api/me", null)).ETag.ShouldBe(me.ETag);
    }

    [Theory, EachDatabase]
    public async Task A_token_that_tells_no_name_shows_none(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();

        var me = await client.AsAsync(Tokens.Of(client.TenantId, "bob"), HttpMethod.Get, "/api/me");

        me.ShouldBe(HttpStatusCode.OK)["name"].GetRawText().ShouldBe("null");
        me["email"].GetRawText().ShouldBe("null");
        me["role"].GetString().ShouldBe("REP");
    }

    [Theory, EachDatabase]
    public async Task Whoever_owns_a_record_is_me_for_that_user_alone(Database database)
    {
        var ada = (await Hosts.For(database)).NewTenant();
        var bob = ada.As(Role.Rep, "bob");
        await ada.MakeAsync("leads", new { lastName = "Adas", ownerId = "me" });
        await bob.MakeAsync("leads", new { lastName = "Bobs", ownerId = "me" });

        (await ada.GetAsync("/api/leads?ownerId=me")).Items.ShouldHaveSingleItem().GetProperty("lastName").GetString().ShouldBe("Adas");
        (await bob.GetAsync("/api/leads?ownerId=me")).Items.ShouldHaveSingleItem().GetProperty("lastName").GetString().ShouldBe("Bobs");
    }
}
