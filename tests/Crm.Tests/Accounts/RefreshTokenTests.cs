using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

public sealed class RefreshTokenTests
{
    [Theory, EachDatabase]
    public async Task Tokens_are_given_for_a_password_and_new_ones_for_a_refresh_token(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database), Role.Rep);
        using var program = new Visitor(person.Host);

        var first = (await program.TokensAsync(person)).ShouldBe(HttpStatusCode.OK);
        var second = (await program.RefreshAsync(first["refresh_token"].GetString()!)).ShouldBe(HttpStatusCode.OK);
        var third = (await program.RefreshAsync(second["refresh_token"].GetString()!)).ShouldBe(HttpStatusCode.OK);

        foreach (var answer in new[] { first, second, third })
        {
            (answer["token_type"].GetString(), answer["expires_in"].GetInt32(), answer.Headers["Cache-Control"]).ShouldBe(("Bearer", 600, "no-store"));
            (await program.MeAsync(person.TenantId, answer["access_token"].GetString()!))["role"].GetString().ShouldBe("REP");
        }

        new[] { first, second, third }.Select(answer => answer["refresh_token"].GetString()).Distinct().Count().ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task A_form_is_taken_as_OAuth_has_it(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var program = new Visitor(person.Host);

        var answer = await program.SendAsync(HttpMethod.Post, "/auth/token", Form(("grant_type", "password"), ("username", person.Email), ("password", person.Password), ("scope", "crm"), ("client_id", "cli")));
        answer.ShouldBe(HttpStatusCode.OK);

        (await program.SendAsync(HttpMethod.Post, "/auth/token", Form(("grant_type", "password"), ("username", person.Email), ("password", person.Password), ("role", "ADMIN")))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/role"]);
        (await program.SendAsync(HttpMethod.Post, "/auth/token", Form(("grant_type", "client_credentials")))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/grant_type"]);
        (await program.SendAsync(HttpMethod.Post, "/auth/token", Form(("grant_type", "password"), ("username", person.Email)))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/password"]);
        (await program.SendAsync(HttpMethod.Post, "/auth/revoke", Form(("token", answer["refresh_token"].GetString()!)))).ShouldBe(HttpStatusCode.OK);
        (await program.MeAsync(person.TenantId, answer["access_token"].GetString()!)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory]
    [EachDatabase(1)]
    [EachDatabase(3)]
    public async Task A_refresh_token_that_comes_again_ends_the_session_however_old_it_is(Database database, int renewals)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var program = new Visitor(person.Host);
        var stolen = (await program.TokensAsync(person))["refresh_token"].GetString()!;
        var newest = await program.RefreshAsync(stolen);
        for (var i = 1; i < renewals; i++) newest = await program.RefreshAsync(newest["refresh_token"].GetString()!);
        (await program.MeAsync(person.TenantId, newest["access_token"].GetString()!)).ShouldBe(HttpStatusCode.OK);

        (await program.RefreshAsync(stolen)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");

        (await program.RefreshAsync(newest["refresh_token"].GetString()!)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");
        (await program.MeAsync(person.TenantId, newest["access_token"].GetString()!)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory, EachDatabase]
    public async Task Twenty_uses_at_once_never_leave_two_chains_alive(Database database)
    {
        var host = await Hosts.For(database);
        await using var second = await CrmHost.StartAsync(database, host.ConnectionString);
        var person = await Person.MakeAsync(host);
        using var here = new Visitor(host);
        using var there = new Visitor(second);
        for (var round = 0; round < 3; round++)
        {
            var token = (await here.TokensAsync(person))["refresh_token"].GetString()!;

            var answers = await Race.OfAsync(20, i => (i % 2 == 0 ? here : there).RefreshAsync(token));

            answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.Count(answer => answer.Status == HttpStatusCode.BadRequest).ShouldBe(19);
            var won = answers.Single(answer => answer.Status == HttpStatusCode.OK);
            (await here.RefreshAsync(won["refresh_token"].GetString()!)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");
            (await here.MeAsync(person.TenantId, won["access_token"].GetString()!)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        }
    }

    [Theory, EachDatabase]
    public async Task A_token_that_was_made_up_or_changed_does_nothing_to_the_session(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var program = new Visitor(person.Host);
        var token = (await program.TokensAsync(person))["refresh_token"].GetString()!;
        var spoilt = new List<string> { token[..^1], token + "A", "", "nonsense", new('A', token.Length), token.ToUpperInvariant(), $" {token[1..]}" };
        for (var at = 0; at < token.Length - 1; at += 9) spoilt.Add(token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..]);

        foreach (var wrong in spoilt)
        {
            (await program.RefreshAsync(wrong)).ShouldBe(HttpStatusCode.BadRequest);
            var revoked = await program.SendAsync(HttpMethod.Post, "/auth/revoke", new { token = wrong });
            revoked.ShouldBe(wrong.Length == 0 ? HttpStatusCode.BadRequest : HttpStatusCode.OK);
        }

        (await program.RefreshAsync(token)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_revoked_token_and_one_that_is_too_old_are_worth_nothing(Database database)
    {
        var clock = new MovableClock();
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var person = await Person.MakeAsync(host);
        using var program = new Visitor(host);
        var revoked = (await program.TokensAsync(person))["refresh_token"].GetString()!;
        (await program.SendAsync(HttpMethod.Post, "/auth/revoke", new { token = revoked })).ShouldBe(HttpStatusCode.OK);
        (await program.RefreshAsync(revoked)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");

        var token = (await program.TokensAsync(person))["refresh_token"].GetString()!;
        for (var days = 29; days <= 87; days += 29)
        {
            clock.Advance(TimeSpan.FromDays(29));
            token = (await program.RefreshAsync(token)).ShouldBe(HttpStatusCode.OK)["refresh_token"].GetString()!;
        }

        clock.Advance(TimeSpan.FromDays(4)); // 91 since the sign-in
        (await program.RefreshAsync(token)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");
        var idle = (await program.TokensAsync(person))["refresh_token"].GetString()!;
        clock.Advance(TimeSpan.FromDays(31));
        (await program.RefreshAsync(idle)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");
    }

    [Theory, EachDatabase]
    public async Task A_cookie_is_no_token_and_a_token_no_cookie(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);
        using var program = new Visitor(person.Host);
        var tokens = await program.TokensAsync(person);

        (await program.RefreshAsync(browser.Cookie)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");
        (await program.MeAsync(person.TenantId, browser.Cookie)).ShouldBe(HttpStatusCode.Unauthorized);
        (await program.MeAsync(person.TenantId, tokens["refresh_token"].GetString()!)).ShouldBe(HttpStatusCode.Unauthorized);
        program.Cookie = tokens["refresh_token"].GetString()!;
        (await program.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
