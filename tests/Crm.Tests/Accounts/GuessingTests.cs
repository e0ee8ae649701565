using System.Net;
using System.Text.Json.Nodes;
using Crm.Api.Auth;
using Crm.Contracts.Failures;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

/// <summary>Whoever guesses learns nothing, and soon may not guess on.</summary>
public sealed class GuessingTests
{
    [Theory, EachDatabase]
    public async Task Five_wrong_passwords_lock_an_account_for_a_quarter_of_an_hour_also_for_the_right_one(Database database)
    {
        var clock = new MovableClock();
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var person = await Person.MakeAsync(host);
        using var guesser = new Visitor(host);
        using var owner = new Visitor(host);
        var wrong = new List<string>();
        for (var i = 0; i < 5; i++) wrong.Add(Told((await guesser.SignInAsync(person.Email, $"a wrong password {i}")).ShouldFail(HttpStatusCode.Unauthorized, "sign-in-failed")));

        var locked = (await owner.SignInAsync(person.Email, person.Password)).ShouldFail(HttpStatusCode.Unauthorized, "sign-in-failed");
        var unknown = (await owner.SignInAsync("nobody@crm.example", person.Password)).ShouldFail(HttpStatusCode.Unauthorized, "sign-in-failed");
        (await owner.TokensAsync(person)).ShouldFail(HttpStatusCode.BadRequest, "invalid-grant")["error"].GetString().ShouldBe("invalid_grant");

        wrong.Append(Told(locked)).Append(Told(unknown)).Distinct().Count().ShouldBe(1);
        owner.SetCookie.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromMinutes(14));
        (await owner.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.Unauthorized);
        clock.Advance(TimeSpan.FromMinutes(2));
        (await owner.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Guesses_made_at_once_count_one_by_one(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        var guessers = Enumerable.Range(0, 15).Select(_ => new Visitor(person.Host)).ToList();

        var answers = await Race.OfAsync(15, i => guessers[i].SignInAsync(person.Email, $"a wrong password {i}"));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Unauthorized);
        using var owner = new Visitor(person.Host);
        (await owner.SignInAsync(person.Email, person.Password)).ShouldFail(HttpStatusCode.Unauthorized, "sign-in-failed");
        guessers.ForEach(guesser => guesser.Dispose());
    }

    [Theory, EachDatabase]
    public async Task A_success_forgets_the_failures_before_it(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var owner = new Visitor(person.Host);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 4; i++) (await owner.SignInAsync(person.Email, "a wrong password")).ShouldBe(HttpStatusCode.Unauthorized);
            (await owner.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);
        }
    }

    [Theory, EachDatabase]
    public async Task Many_accounts_tried_from_one_address_are_soon_refused_and_other_addresses_are_not(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var stuffer = new Visitor(person.Host);

        var answers = await Race.OfAsync(40, i => i % 2 == 0 ? stuffer.SignInAsync($"victim-{i}@crm.example", "leaked elsewhere 2026") : stuffer.TokensAsync($"victim-{i}@crm.example", "leaked elsewhere 2026"));

        var let = answers.Count(answer => answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest);
        let.ShouldBeInRange(20, 20 + Environment.ProcessorCount + 5); // some more may be on their way, or come back meanwhile
        foreach (var answer in answers.Where(answer => answer.Status == HttpStatusCode.TooManyRequests)) answer.ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited").Headers["Retry-After"].ShouldBe("30");
        (answers.Length - answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests)).ShouldBe(let);
        using var other = new Visitor(person.Host);
        (await other.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>The right password costs as much work as a wrong one, and a try that ends otherwise as much as either.</summary>
    [Fact]
    public async Task One_address_may_not_try_without_end_whatever_comes_of_it()
    {
        using var attempts = new Attempts();
        var (eager, other) = (At("203.0.113.5"), At("2001:db8::1"));
        for (var i = 0; i < Attempts.Tries; i++)
        {
            if (i % 2 == 0) await attempts.TryAsync(eager, () => Task.FromResult(true));
            else await Should.ThrowAsync<OperationCanceledException>(() => attempts.TryAsync<bool>(eager, () => throw new OperationCanceledException()));
        }

        (await Should.ThrowAsync<CrmException>(() => attempts.TryAsync<bool>(eager, () => throw new InvalidOperationException("This mustn't be tried.")))).Code.ShouldBe(FailureCodes.RateLimited);
        (await attempts.TryAsync(other, () => Task.FromResult(true))).ShouldBeTrue();

        static HttpContext At(string address) => new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
    }

    [Theory, EachDatabase]
    public async Task Odd_addresses_and_passwords_are_failures_like_any_other(Database database)
    {
        using var visitor = new Visitor(await Hosts.For(database));
        foreach (var email in new[] { "\uFFFE@crm.example", "ſ@crm.example", "'; DROP TABLE accounts; --@crm.example" })
        {
            ((int)(await visitor.SignInAsync(email, "\uFFFE\uFFFE\uFFFE\uFFFE pass word")).Status).ShouldBeOneOf(400, 401);
            ((int)(await visitor.TokensAsync(email, "x")).Status).ShouldBe(400);
        }
    }

    private static string Told(Answer answer)
    {
        var body = JsonNode.Parse(answer.Text)!.AsObject();
        body["traceId"] = "";
        return string.Join('\n', answer.Headers.Where(header => header.Key is not "Date").Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal).Append(body.ToJsonString()));
    }
}
