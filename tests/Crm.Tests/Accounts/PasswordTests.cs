using System.Net;
using Crm.Services.Accounts;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

public sealed class PasswordTests
{
    [Theory, EachDatabase]
    public async Task A_new_password_ends_all_other_sessions_and_keeps_this_one(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var here = await Visitor.SignedInAsync(person);
        using var there = await Visitor.SignedInAsync(person);
        var tokens = await there.TokensAsync(person);
        const string Changed = "eleven patient otters";

        (await here.ChangeAsync(HttpMethod.Put, "/auth/password", new { currentPassword = person.Password, newPassword = Changed })).ShouldBe(HttpStatusCode.NoContent);

        (await here.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
        (await there.MeAsync(person.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await there.MeAsync(person.TenantId, tokens["access_token"].GetString()!)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        (await there.RefreshAsync(tokens["refresh_token"].GetString()!)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant");
        there.Cookie = "";
        (await there.SignInAsync(person.Email, person.Password)).ShouldFail(HttpStatusCode.Unauthorized, "sign-in-failed");
        (await there.SignInAsync(person.Email, Changed)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task No_session_that_the_old_password_began_outlives_it(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var changer = await Visitor.SignedInAsync(person);
        var visitors = Enumerable.Range(0, 8).Select(_ => new Visitor(person.Host)).ToList();

        var answers = await Race.OfAsync(9, i => i == 4
            ? changer.ChangeAsync(HttpMethod.Put, "/auth/password", new { currentPassword = person.Password, newPassword = "eleven patient otters" })
            : visitors[i < 4 ? i : i - 1].SignInAsync(person.Email, person.Password));

        answers[4].ShouldBe(HttpStatusCode.NoContent);
        foreach (var visitor in visitors) (await visitor.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.Unauthorized);
        (await changer.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
        visitors.ForEach(visitor => visitor.Dispose());
    }

    [Theory, EachDatabase]
    public async Task It_takes_the_current_one_and_guesses_at_it_count(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);
        using var other = await Visitor.SignedInAsync(person);
        for (var i = 0; i < 5; i++) (await ChangeAsync($"a wrong password {i}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/currentPassword"]);

        (await ChangeAsync(person.Password)).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/currentPassword"]);

        (await other.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync(HttpMethod.Put, "/auth/password", new { }, person.Host.NewTenant().Bearer())).ShouldFail(HttpStatusCode.Forbidden, "session-required");
        browser.Cookie = "";
        (await browser.SendAsync(HttpMethod.Put, "/auth/password", new { })).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");

        Task<Answer> ChangeAsync(string current) => browser.ChangeAsync(HttpMethod.Put, "/auth/password", new { currentPassword = current, newPassword = "eleven patient otters" });
    }

    [Theory]
    [InlineData("short", "at least 12")]
    [InlineData("password1234", "tried first")]
    [InlineData("PasswordPassword", "tried first")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", "tried first")]
    [InlineData("ada@crm.example", "e-mail address")]
    [InlineData("ADA@crm.example!", "e-mail address")]
    [InlineData("seven quiet bicycles", null)]
    [InlineData("ßüßÑ漢字かな🦦 long", null)]
    public void A_password_is_long_and_not_the_first_that_is_tried(string password, string? fault)
    {
        var found = PasswordRules.FaultOf(PasswordRules.Prepare(password), "ada@crm.example");

        if (fault is null) found.ShouldBeNull();
        else found.ShouldNotBeNull().ShouldContain(fault);
    }

    [Fact]
    public void A_password_is_the_same_however_it_is_typed() =>
        PasswordRules.Prepare("  Zu\u0308rich im Wi\uFB01nter \uFFFE").ShouldBe("Z\u00FCrich im Wifinter \uFFFD");
}
