using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

public sealed class InvitationTests
{
    private const string Password = "nine brass umbrellas";

    [Theory, EachDatabase]
    public async Task Who_is_invited_makes_an_account_and_is_a_member_with_the_role_that_was_offered(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        await admin.PatchAsync("/api/settings", new { name = "Nordwind" });
        var email = NewEmail();
        var invitation = (await admin.PostAsync("/api/invitations", new { email, role = "MANAGER" })).ShouldBe(HttpStatusCode.Created);
        invitation["link"].GetString().ShouldBe($"/invitation?token={invitation["token"].GetString()}");
        using var visitor = new Visitor(admin.Host);

        var account = (await AcceptAsync(visitor, invitation)).ShouldBe(HttpStatusCode.OK);

        account["email"].GetString().ShouldBe(email);
        var tenant = account["tenants"].EnumerateArray().ShouldHaveSingleItem();
        (tenant.GetProperty("id").GetGuid(), tenant.GetProperty("name").GetString(), tenant.GetProperty("role").GetString()).ShouldBe((admin.TenantId, "Nordwind", "MANAGER"));
        (await visitor.SignInAsync(email, Password)).ShouldBe(HttpStatusCode.OK);
        (await visitor.MeAsync(admin.TenantId))["role"].GetString().ShouldBe("MANAGER");
        (await admin.GetAsync($"/api/members/{account["id"].GetString()}"))["role"].GetString().ShouldBe("MANAGER");
        var listed = (await admin.GetAsync("/api/invitations")).Items.ShouldHaveSingleItem();
        listed.GetProperty("acceptedAt").GetString().ShouldNotBeNullOrEmpty();
        listed.GetProperty("updatedBy").GetString().ShouldBe(account["id"].GetString());
        listed.TryGetProperty("token", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task One_connection_to_the_database_is_enough_to_set_up_and_to_accept()
    {
        var connectionString = await Hosts.NewDatabaseAsync(Database.Postgres);
        await (await CrmHost.StartAsync(Database.Postgres, connectionString)).DisposeAsync(); // migrating takes two
        await using var host = await CrmHost.StartAsync(Database.Postgres, new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 1, Timeout = 5 }.ConnectionString, builder => builder.Environment.EnvironmentName = Environments.Development);
        using var visitor = new Visitor(host);
        (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", new { email = NewEmail(), password = Password, tenantName = "Nordwind" })).ShouldBe(HttpStatusCode.OK);
        var invitation = (await host.NewTenant().PostAsync("/api/invitations", new { email = NewEmail(), role = "REP" })).ShouldBe(HttpStatusCode.Created);

        (await AcceptAsync(visitor, invitation)).ShouldBe(HttpStatusCode.OK)["tenants"].GetArrayLength().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task A_name_that_no_token_could_carry_is_refused_and_the_invitation_stays(Database database)
    {
        var host = await Hosts.For(database);
        var invitation = (await host.NewTenant().PostAsync("/api/invitations", new { email = NewEmail(), role = "REP" })).ShouldBe(HttpStatusCode.Created);
        using var visitor = new Visitor(host);
        var token = invitation["token"].GetString();

        (await visitor.SendAsync(HttpMethod.Post, "/auth/invitations/accept", new { token, password = Password, name = "Ada\nLovelace" })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/name"]);
        (await visitor.SendAsync(HttpMethod.Post, "/auth/invitations/accept", new { token, password = Password, name = "Ada Lovelace" })).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task An_account_that_there_is_proves_its_password_and_has_two_tenants_then(Database database)
    {
        var host = await Hosts.For(database);
        var (person, admin) = (await Person.MakeAsync(host, Role.Viewer), host.NewTenant());
        var invitation = await admin.PostAsync("/api/invitations", new { email = person.Email, role = "ADMIN" });
        using var visitor = new Visitor(host);

        (await AcceptAsync(visitor, invitation)).ShouldFail(HttpStatusCode.Unauthorized, "sign-in-failed");
        (await AcceptAsync(visitor, invitation, person.Password, "Somebody else")).ShouldBe(HttpStatusCode.OK)["tenants"].GetArrayLength().ShouldBe(2);

        using var browser = await Visitor.SignedInAsync(person);
        (await browser.MeAsync(admin.TenantId))["role"].GetString().ShouldBe("ADMIN");
        (await browser.MeAsync(admin.TenantId))["name"].GetString().ShouldBe("A person");
        (await browser.MeAsync(person.TenantId))["role"].GetString().ShouldBe("VIEWER");
        var again = await admin.PostAsync("/api/invitations", new { email = person.Email, role = "VIEWER" });
        (await AcceptAsync(visitor, again, person.Password)).ShouldFail(HttpStatusCode.Conflict, "already-member");
        (await browser.MeAsync(admin.TenantId))["role"].GetString().ShouldBe("ADMIN");
    }

    [Theory, EachDatabase]
    public async Task An_invitation_is_accepted_once_also_by_twenty_at_once(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var email = NewEmail();
        var invitation = await admin.PostAsync("/api/invitations", new { email, role = "REP" });
        var visitors = Enumerable.Range(0, 20).Select(_ => new Visitor(admin.Host)).ToList();

        var answers = await Race.OfAsync(20, i => AcceptAsync(visitors[i], invitation, $"{Password} {i}"));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Status == HttpStatusCode.Unauthorized || answer.Status == HttpStatusCode.UnprocessableEntity);
        (await AcceptAsync(visitors[0], invitation)).ShouldFail(HttpStatusCode.UnprocessableEntity, "invitation-invalid");
        (await admin.GetAsync("/api/members"))["total"].GetInt32().ShouldBe(2);
        visitors.ForEach(visitor => visitor.Dispose());
    }

    [Theory, EachDatabase]
    public async Task What_was_revoked_replaced_spoilt_or_is_too_old_can_not_be_accepted(Database database)
    {
        var clock = new MovableClock();
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var admin = host.NewTenant();
        var revoked = await admin.PostAsync("/api/invitations", new { email = NewEmail(), role = "REP" });
        (await admin.PostAsync($"/api/invitations/{revoked.Id}/revoke")).ShouldBe(HttpStatusCode.OK)["revokedAt"].GetString().ShouldNotBeNull();
        (await admin.PostAsync($"/api/invitations/{revoked.Id}/revoke"))["version"].GetInt32().ShouldBe(2);
        var replaced = await admin.PostAsync("/api/invitations", new { email = NewEmail(), role = "REP" });
        var newest = await admin.PostAsync("/api/invitations", new { email = replaced["email"].GetString()!.ToUpperInvariant(), role = "VIEWER" });
        var old = await admin.PostAsync("/api/invitations", new { email = NewEmail(), role = "REP" });
        var right = newest["token"].GetString()!;
        using var visitor = new Visitor(host);

        foreach (var invitation in new[] { revoked, replaced }) (await AcceptAsync(visitor, invitation)).ShouldFail(HttpStatusCode.UnprocessableEntity, "invitation-invalid");
        foreach (var spoilt in new[] { right[..^1], right + "A", Changed(right, 0), Changed(right, 30), Changed(right, 60), "nonsense" })
        {
            (await visitor.SendAsync(HttpMethod.Post, "/auth/invitations/accept", new { token = spoilt, password = Password })).ShouldFail(HttpStatusCode.UnprocessableEntity, "invitation-invalid");
        }

        (await AcceptAsync(visitor, newest, "too short")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/password"]);
        (await AcceptAsync(visitor, newest)).ShouldBe(HttpStatusCode.OK)["tenants"][0].GetProperty("role").GetString().ShouldBe("VIEWER");
        (await admin.PostAsync($"/api/invitations/{newest.Id}/revoke")).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        clock.Advance(TimeSpan.FromDays(7));
        (await AcceptAsync(visitor, old)).ShouldFail(HttpStatusCode.UnprocessableEntity, "invitation-invalid");

        static string Changed(string token, int at) => token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
    }

    [Theory, EachDatabase]
    public async Task The_token_of_a_tenant_that_there_is_not_makes_none(Database database)
    {
        var host = await Hosts.For(database);
        using var visitor = new Visitor(host);
        var tenant = Guid.CreateVersion7();
        var token = System.Buffers.Text.Base64Url.EncodeToString([.. tenant.ToByteArray(), .. Guid.CreateVersion7().ToByteArray(), .. new byte[32]]);

        (await visitor.SendAsync(HttpMethod.Post, "/auth/invitations/accept", new { token, password = Password })).ShouldFail(HttpStatusCode.UnprocessableEntity, "invitation-invalid");

        (await DataHash.OfAsync(host, tenant)).ShouldBe(await DataHash.OfAsync(host, Guid.CreateVersion7()));
    }

    [Theory, EachDatabase]
    public async Task Only_admins_invite_and_see_who_was_invited_and_only_to_their_own_tenant(Database database)
    {
        var host = await Hosts.For(database);
        var (ours, theirs) = (host.NewTenant(), host.NewTenant());
        var invitation = await theirs.PostAsync("/api/invitations", new { email = NewEmail(), role = "REP" });
        foreach (var role in new[] { Role.Viewer, Role.Rep, Role.Manager })
        {
            var person = await Person.MakeAsync(host, role, ours.TenantId);
            using var browser = await Visitor.SignedInAsync(person);
            (await browser.ChangeAsync(HttpMethod.Post, "/api/invitations", new { email = NewEmail(), role = "ADMIN" }, PlainRequests.Tenant(ours.TenantId))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
            (await browser.SendAsync(HttpMethod.Get, "/api/invitations", null, PlainRequests.Tenant(ours.TenantId))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
        }

        (await ours.GetAsync("/api/invitations"))["total"].GetInt32().ShouldBe(0);
        (await ours.GetAsync($"/api/invitations/{invitation.Id}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await ours.PostAsync($"/api/invitations/{invitation.Id}/revoke")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await theirs.GetAsync($"/api/invitations/{invitation.Id}"))["revokedAt"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory, EachDatabase]
    public async Task An_answer_that_is_sent_again_has_the_same_token_which_no_row_tells(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var body = new { email = NewEmail(), role = "REP" };

        var first = (await admin.PostAsync("/api/invitations", body, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Created);
        var again = (await admin.PostAsync("/api/invitations", body, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Created);
        var refused = await admin.PostAsync("/api/invitations", new { email = "ada@crm.example\uFFFE", role = "REP" }, ("Idempotency-Key", "two"));

        again.Text.ShouldBe(first.Text);
        refused.ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        (await admin.GetAsync("/api/invitations"))["total"].GetInt32().ShouldBe(1);
        (await SecretTests.EverythingAsync(admin.Host)).ShouldNotContain(first["token"].GetString()!);
    }

    private static Task<Answer> AcceptAsync(Visitor visitor, Answer invitation, string password = Password, string? name = "Somebody invited") =>
        visitor.SendAsync(HttpMethod.Post, "/auth/invitations/accept", new { token = invitation["token"].GetString(), name, password });

    private static string NewEmail() => $"invited-{Guid.CreateVersion7():N}@crm.example";
}
