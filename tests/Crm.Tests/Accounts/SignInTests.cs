using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Health;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

public sealed class SignInTests
{
    [Theory, EachDatabase]
    public async Task A_cookie_lets_in_as_a_token_does_and_the_role_is_the_members(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database), Role.Manager);
        using var browser = await Visitor.SignedInAsync(person);

        var me = await browser.MeAsync(person.TenantId);

        me.ShouldBe(HttpStatusCode.OK);
        (me["id"].GetString(), me["role"].GetString(), me["email"].GetString()).ShouldBe((person.Id, "MANAGER", person.Email));
        me["tenants"].GetArrayLength().ShouldBe(1);
        var lead = await browser.ChangeAsync(HttpMethod.Post, "/api/leads", new { lastName = "Lovelace" }, PlainRequests.Tenant(person.TenantId));
        lead.ShouldBe(HttpStatusCode.Created)["createdBy"].GetString().ShouldBe(person.Id);
        (await browser.ChangeAsync(HttpMethod.Patch, $"/api/members/{person.Id}", new { role = "ADMIN" }, PlainRequests.Tenant(person.TenantId))).ShouldFail(HttpStatusCode.Forbidden, "role-forbidden");
    }

    [Theory, EachDatabase]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = new Visitor(person.Host);

        var answer = (await browser.SignInAsync(person.Email.ToUpperInvariant(), $" {person.Password} ")).ShouldBe(HttpStatusCode.OK);

        var cookie = browser.SetCookie.ToLowerInvariant();
        foreach (var part in new[] { "; httponly", "; samesite=strict", "; path=/", "; max-age=" }) cookie.ShouldContain(part);
        cookie.ShouldNotContain("domain=");
        cookie.ShouldNotContain("secure"); // by http, on this machine alone
        answer.Headers["Cache-Control"].ShouldBe("no-store");
        answer.Text.ShouldNotContain(browser.Cookie);
        (await browser.SignInAsync(person.Email, person.Password, ("Host", "crm.example"))).ShouldFail(HttpStatusCode.Forbidden, "https-required");
    }

    [Theory, EachDatabase]
    public async Task A_tenant_is_still_named_by_every_request_and_must_be_ones_own(Database database)
    {
        var host = await Hosts.For(database);
        var (person, other) = (await Person.MakeAsync(host), await Person.MakeAsync(host));
        using var browser = await Visitor.SignedInAsync(person);
        var access = (await browser.TokensAsync(person))["access_token"].GetString()!;

        (await browser.SendAsync(HttpMethod.Get, "/api/me")).ShouldFail(HttpStatusCode.BadRequest, "tenant-required");
        foreach (var foreign in new[] { other.TenantId, Guid.CreateVersion7() })
        {
            (await browser.MeAsync(foreign)).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
            (await browser.MeAsync(foreign, access)).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
        }
    }

    [Theory, EachDatabase]
    public async Task One_account_has_several_tenants_with_a_role_in_each(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database), Role.Viewer);
        using var browser = await Visitor.SignedInAsync(person);
        var second = await person.JoinAsync(Role.Admin);

        var account = await browser.SendAsync(HttpMethod.Get, "/auth/me");

        account["tenants"].EnumerateArray().Select(tenant => (tenant.GetProperty("id").GetGuid(), tenant.GetProperty("role").GetString())).ShouldBe([(person.TenantId, "VIEWER"), (second, "ADMIN")]);
        (await browser.MeAsync(person.TenantId))["role"].GetString().ShouldBe("VIEWER");
        (await browser.MeAsync(second))["role"].GetString().ShouldBe("ADMIN");
    }

    [Theory, EachDatabase]
    public async Task A_cookie_that_somebody_else_put_there_is_never_adopted(Database database)
    {
        var host = await Hosts.For(database);
        var (victim, attacker) = (await Person.MakeAsync(host), await Person.MakeAsync(host));
        using var theirs = await Visitor.SignedInAsync(attacker);
        foreach (var planted in new[] { theirs.Cookie, new string('A', 43), "planted" })
        {
            using var browser = new Visitor(host) { Cookie = planted };

            (await browser.SignInAsync(victim.Email, victim.Password)).ShouldBe(HttpStatusCode.OK);

            browser.Cookie.ShouldNotBe(planted);
            (await browser.MeAsync(victim.TenantId))["id"].GetString().ShouldBe(victim.Id);
            using var again = new Visitor(host) { Cookie = planted };
            (await again.MeAsync(victim.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        }
    }

    [Theory, EachDatabase]
    public async Task Signing_in_again_makes_a_new_session_and_ends_the_one_of_the_browser(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);
        var before = browser.Cookie;

        (await browser.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);

        browser.Cookie.ShouldNotBe(before);
        using var old = new Visitor(person.Host) { Cookie = before };
        (await old.MeAsync(person.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory, EachDatabase]
    public async Task A_token_in_the_request_wins_over_the_cookie_also_where_it_is_wrong(Database database)
    {
        var host = await Hosts.For(database);
        var (person, other) = (await Person.MakeAsync(host), await Person.MakeAsync(host, Role.Rep));
        using var browser = await Visitor.SignedInAsync(person);
        var access = (await browser.TokensAsync(other))["access_token"].GetString()!;

        (await browser.MeAsync(other.TenantId, access))["id"].GetString().ShouldBe(other.Id);
        (await browser.MeAsync(person.TenantId, access)).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
        (await browser.MeAsync(person.TenantId, "nonsense")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory, EachDatabase]
    public async Task Signing_out_ends_the_session_and_no_other(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var here = await Visitor.SignedInAsync(person);
        using var there = await Visitor.SignedInAsync(person);
        var cookie = here.Cookie;

        (await here.ChangeAsync(HttpMethod.Post, "/auth/sign-out", null)).ShouldBe(HttpStatusCode.NoContent);

        here.Cookie.ShouldBeEmpty();
        here.Cookie = cookie;
        (await here.MeAsync(person.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await there.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Signing_out_everywhere_ends_cookies_refresh_tokens_and_access_tokens_at_once_on_every_instance(Database database)
    {
        var host = await Hosts.For(database);
        await using var second = await CrmHost.StartAsync(database, host.ConnectionString);
        var person = await Person.MakeAsync(host);
        var other = await Person.MakeAsync(host, Role.Rep, person.TenantId);
        using var here = await Visitor.SignedInAsync(person);
        using var there = await Visitor.SignedInAsync(person, second);
        using var colleague = await Visitor.SignedInAsync(other);
        var tokens = (await there.TokensAsync(person)).ShouldBe(HttpStatusCode.OK);
        var (access, refresh) = (tokens["access_token"].GetString()!, tokens["refresh_token"].GetString()!);
        (await there.MeAsync(person.TenantId, access)).ShouldBe(HttpStatusCode.OK);
        (await there.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);

        (await here.ChangeAsync(HttpMethod.Post, "/auth/sign-out-everywhere", null)).ShouldBe(HttpStatusCode.NoContent);

        (await there.MeAsync(person.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await there.MeAsync(person.TenantId, access)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await there.RefreshAsync(refresh)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");
        (await colleague.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_session_lives_on_while_it_is_used_and_ends_in_the_end(Database database)
    {
        var clock = new MovableClock();
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var person = await Person.MakeAsync(host);
        using var used = await Visitor.SignedInAsync(person);
        using var idle = await Visitor.SignedInAsync(person);

        for (var day = 6; day <= 24; day += 6)
        {
            clock.Advance(TimeSpan.FromDays(6));
            (await used.MeAsync(person.TenantId)).Status.ShouldBe(HttpStatusCode.OK, $"after {day} days");
        }

        (await idle.MeAsync(person.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        clock.Advance(TimeSpan.FromDays(6.1));
        (await used.MeAsync(person.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory, EachDatabase]
    public async Task A_membership_that_is_taken_away_ends_what_cookies_and_tokens_may_at_once(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);
        var access = (await browser.TokensAsync(person))["access_token"].GetString()!;
        (await browser.MeAsync(person.TenantId, access)).ShouldBe(HttpStatusCode.OK);

        await using (var connection = await Sql.OpenAsync(database, person.Host.ConnectionString))
        {
            (await connection.ExecuteAsync("DELETE FROM account_memberships WHERE tenant_id = @tenant", ("@tenant", person.TenantId))).ShouldBe(1);
        }

        (await browser.MeAsync(person.TenantId)).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
        (await browser.MeAsync(person.TenantId, access)).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
    }

    [Theory, EachDatabase]
    public async Task While_the_database_is_away_nobody_is_let_in_or_turned_out(Database database)
    {
        await using var losable = await LosableDatabase.StartAsync(database);
        await using var host = await CrmHost.StartAsync(database, losable.ConnectionString);
        var person = await Person.MakeAsync(host);
        using var browser = await Visitor.SignedInAsync(person);
        var tokens = await browser.TokensAsync(person);
        var access = tokens["access_token"].GetString()!;

        await losable.LoseAsync();

        foreach (var answer in new[]
                 {
                     await browser.MeAsync(person.TenantId),
                     await browser.MeAsync(person.TenantId, access),
                     await browser.SignInAsync(person.Email, person.Password),
                     await browser.RefreshAsync(tokens["refresh_token"].GetString()!),
                     await browser.ChangeAsync(HttpMethod.Post, "/auth/sign-out", null),
                     await browser.SendAsync(HttpMethod.Get, "/auth/setup"),
                 })
        {
            answer.ShouldFail(HttpStatusCode.ServiceUnavailable, "database-unavailable");
        }

        (await browser.SendAsync(HttpMethod.Get, "/health/live", null, PlainRequests.Bearer(access))).ShouldBe(HttpStatusCode.OK);
        await losable.ReturnAsync();
        for (var tries = 0; tries < 200 && (await browser.MeAsync(person.TenantId)).Status == HttpStatusCode.ServiceUnavailable; tries++) await Task.Delay(50, TestContext.Current.CancellationToken);
        (await browser.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
        (await browser.MeAsync(person.TenantId, access)).ShouldBe(HttpStatusCode.OK);
        (await browser.RefreshAsync(tokens["refresh_token"].GetString()!)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Where_an_authority_issues_the_tokens_there_is_no_door(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => (builder.Configuration["Auth:SigningKey"], builder.Configuration["Auth:Authority"]) = ("", "https://issuer.example"));

        foreach (var path in new[] { "/auth/setup", "/auth/me", "/sign-in", "/setup", "/invitation" })
        {
            (await host.SendPlainAsync(HttpMethod.Get, path, null, ("Cookie", $"crm={new string('A', 43)}"))).ShouldBe(HttpStatusCode.NotFound);
        }

        (await host.SendPlainAsync(HttpMethod.Get, "/api/me", null, ("Cookie", $"crm={new string('A', 43)}"))).ShouldBe(HttpStatusCode.Unauthorized);
    }
}
