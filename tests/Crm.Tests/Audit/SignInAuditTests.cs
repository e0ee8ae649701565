using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Accounts;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Audit;

/// <summary>What happens at the door stands in the audit of every tenant of the account, and strangers can't fill it.</summary>
public sealed class SignInAuditTests
{
    [Theory, EachDatabase]
    public async Task Sign_ins_and_what_became_of_them_are_told_to_each_tenant_of_the_account(Database database)
    {
        var host = await Hosts.For(database);
        var person = await Person.MakeAsync(host);
        var other = await person.JoinAsync(Role.Rep);
        using var visitor = new Visitor(host);

        (await visitor.SignInAsync(person.Email, "not the password")).ShouldBe(HttpStatusCode.Unauthorized);
        using (var browser = await Visitor.SignedInAsync(person)) (await browser.ChangeAsync(HttpMethod.Post, "/auth/sign-out", null)).ShouldBe(HttpStatusCode.NoContent);
        var first = await visitor.TokensAsync(person);
        (await visitor.RefreshAsync(first["refresh_token"].GetString()!)).ShouldBe(HttpStatusCode.OK);
        (await visitor.RefreshAsync(first["refresh_token"].GetString()!)).ShouldBe(HttpStatusCode.BadRequest);
        using (var browser = await Visitor.SignedInAsync(person))
        {
            (await browser.ChangeAsync(HttpMethod.Put, "/auth/password", new { currentPassword = person.Password, newPassword = "eight quiet bicycles" })).ShouldBe(HttpStatusCode.NoContent);
            (await browser.ChangeAsync(HttpMethod.Post, "/auth/sign-out-everywhere", null)).ShouldBe(HttpStatusCode.NoContent);
        }

        foreach (var tenant in new[] { person.TenantId, other })
        {
            var entries = await EntriesAsync(host, tenant);
            entries.Select(entry => entry.GetProperty("type").GetString()).ShouldBe(
                ["member.role_changed", "sign_in.failed", "sign_in.succeeded", "sign_out.succeeded", "sign_in.succeeded", "refresh_token.reused", "sign_in.succeeded", "password.changed", "sign_out.everywhere"]);
            (entries[0].GetProperty("actor").GetString(), entries[0].GetProperty("credential").GetString()).ShouldBe(("operator", "console"));
            entries.Skip(1).ShouldAllBe(entry => entry.GetProperty("actor").GetString() == person.Id);
            entries.ShouldAllBe(entry => entry.GetProperty("subject").GetString() == $"members/{person.Id}");
            entries.Skip(1).ShouldAllBe(entry => entry.GetProperty("address").GetString()!.StartsWith("127."));
            entries[2].GetProperty("credential").GetString()!.ShouldStartWith("session:");
            entries[2].GetProperty("credential").GetString().ShouldBe(entries[3].GetProperty("credential").GetString());
            entries.ShouldAllBe(entry => !entry.GetRawText().Contains("bicycles") && !entry.GetRawText().Contains(person.Email));
        }
    }

    [Theory, EachDatabase]
    public async Task Guesses_at_a_locked_account_and_at_none_add_nothing(Database database)
    {
        var host = await Hosts.For(database);
        var person = await Person.MakeAsync(host);
        using var guesser = new Visitor(host);

        for (var i = 0; i < 9; i++) (await guesser.SignInAsync(person.Email, $"guess number {i}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await guesser.SignInAsync($"{Guid.CreateVersion7()}@crm.example", "whatever it may be")).ShouldBe(HttpStatusCode.Unauthorized);

        (await EntriesAsync(host, person.TenantId)).Skip(1).Select(entry => entry.GetProperty("type").GetString()).ShouldBe([.. Enumerable.Repeat("sign_in.failed", 5), "account.locked"]);
    }

    [Theory, EachDatabase]
    public async Task An_invitation_is_told_from_its_making_to_the_role_that_it_gave(Database database)
    {
        var host = await Hosts.For(database);
        var admin = host.NewTenant();
        var invitation = (await admin.PostAsync("/api/invitations", new { email = $"{Guid.CreateVersion7():N}@crm.example", role = "MANAGER" })).ShouldBe(HttpStatusCode.Created);
        using var invited = new Visitor(host);

        var account = (await invited.SendAsync(HttpMethod.Post, "/auth/invitations/accept", new { token = invitation["token"].GetString(), name = "Grace", password = "nine quiet bicycles" })).ShouldBe(HttpStatusCode.OK);

        var entries = await EntriesAsync(host, admin.TenantId);
        entries.Select(entry => entry.GetProperty("type").GetString()).ShouldBe(["invitation.created", "invitation.accepted", "member.role_changed"], ignoreOrder: true);
        var role = entries.Single(entry => entry.GetProperty("type").GetString() == "member.role_changed");
        role.GetProperty("actor").GetString().ShouldBe(account["id"].GetString());
        role.GetProperty("changes").GetRawText().ShouldBe("""{"role":{"from":null,"to":"MANAGER"}}""");
        entries.ShouldAllBe(entry => !entry.GetRawText().Contains(invitation["token"].GetString()!));
    }

    private static async Task<IReadOnlyList<JsonElement>> EntriesAsync(CrmHost host, Guid tenantId) =>
        (await new Client(host, tenantId, "auditor", Role.Admin).GetAsync("/api/audit?sort=occurredAt&take=200")).ShouldBe(HttpStatusCode.OK).Items;
}
