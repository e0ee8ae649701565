using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Accounts;
using Crm.Tests.Auth;
using Crm.Tests.Kit;
using Crm.Tests.Scale;
using Crm.Tests.Walls;
using Shouldly;
using Xunit;

namespace Crm.Tests.Edge;

public sealed class RateLimitTests
{
    private const string Me = "/api/me";

    [Theory, EachDatabase]
    public async Task A_user_who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is(Database database)
    {
        var clock = new SteadyClock();
        await using var host = await LimitedHost.StartAsync(database, clock, ("RateLimit:UserPerMinute", "60"));
        var client = host.NewTenant();
        for (var left = 9; left >= 0; left--)
        {
            var answer = (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
            answer.Headers["RateLimit-Policy"].ShouldBe("\"user\";q=10;w=10");
            answer.Headers["RateLimit"].ShouldBe($"\"user\";r={left};t={10 - left}");
            answer.Headers.Keys.ShouldNotContain("Retry-After");
        }

        var refused = (await client.PostAsync("/api/leads", new { lastName = "Lovelace" })).ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited");
        refused.Headers["Retry-After"].ShouldBe("1");
        refused.Headers["RateLimit"].ShouldBe("\"user\";r=0;t=10");
        refused["detail"].GetString()!.ShouldContain("\"user\"");
        refused["detail"].GetString()!.ShouldContain("try again in 1 s");

        (await client.As(Role.Admin, "bob").GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        (await host.NewTenant().GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        clock.Advance(0.999);
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.TooManyRequests);
        clock.Advance(0.001);
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.TooManyRequests);
        clock.Advance(60);
        (await client.GetAsync(Me)).Headers["RateLimit"].ShouldBe("\"user\";r=9;t=1");
    }

    [Theory, EachDatabase]
    public async Task All_users_of_a_tenant_share_its_limit_and_other_tenants_have_their_own(Database database)
    {
        var clock = new SteadyClock();
        await using var host = await LimitedHost.StartAsync(database, clock, ("RateLimit:TenantPerMinute", "60"), ("RateLimit:UserPerMinute", "48"));
        var client = host.NewTenant();
        for (var i = 0; i < 8; i++) (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);

        (await client.GetAsync(Me)).ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited")["detail"].GetString()!.ShouldContain("\"user\"");
        var bob = client.As(Role.Rep, "bob");
        for (var i = 0; i < 2; i++) (await bob.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        var refused = (await bob.GetAsync(Me)).ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited");

        refused["detail"].GetString()!.ShouldContain("\"tenant\"");
        refused.Headers["RateLimit-Policy"].ShouldBe("\"tenant\";q=10;w=10, \"user\";q=8;w=10");
        refused.Headers["RateLimit"].ShouldBe("\"user\";r=5;t=4, \"tenant\";r=0;t=10");
        (await host.NewTenant().GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_request_that_is_refused_changes_nothing_and_a_tenant_is_not_even_made(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, new SteadyClock(), ("RateLimit:UserPerMinute", "6"));
        var client = host.NewTenant();
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        var other = new Client(host, Guid.CreateVersion7(), "ada", Role.Admin);
        (await host.SendPlainAsync(HttpMethod.Get, Me, null, other.Bearer(), PlainRequests.Tenant(client.TenantId))).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
        var before = await DataHash.OfAsync(host.Database, host.ConnectionString, null);

        (await client.PostAsync("/api/leads", new { lastName = "Lovelace" })).ShouldBe(HttpStatusCode.TooManyRequests);
        // What names no tenant of the token counts by itself, and takes nothing from any tenant.
        (await host.SendPlainAsync(HttpMethod.Get, Me, null, other.Bearer(), PlainRequests.Tenant(client.TenantId))).ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited");
        (await DataHash.OfAsync(host.Database, host.ConnectionString, null)).ShouldBe(before);
        (await other.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Guessing_tokens_is_slow_and_whoever_showed_a_good_one_goes_on()
    {
        var clock = new SteadyClock();
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, clock, ("RateLimit:FailuresPerMinute", "60"));
        var client = host.NewTenant();
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        for (var i = 0; i < 10; i++)
        {
            var wrong = (await GuessAsync(host, i)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
            wrong.Headers["RateLimit-Policy"].ShouldBe("\"address\";q=10;w=10");
            wrong.Headers["RateLimit"].ShouldBe($"\"address\";r={9 - i};t={i + 1}");
        }

        var refused = (await GuessAsync(host, 10)).ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited");
        refused.Headers["Retry-After"].ShouldBe("1");
        refused.Headers["RateLimit"].ShouldBe("\"address\";r=0;t=10");
        // Even a right guess isn't told apart from a wrong one; a token that was good before is no guess.
        (await client.As(Role.Admin, "eve").GetAsync(Me)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await client.GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        using var health = await host.Http.GetAsync("/health/live", TestContext.Current.CancellationToken);
        health.StatusCode.ShouldBe(HttpStatusCode.OK);

        clock.Advance(1);
        (await client.As(Role.Admin, "eve").GetAsync(Me)).ShouldBe(HttpStatusCode.OK);
        (await GuessAsync(host, 11)).ShouldBe(HttpStatusCode.Unauthorized);
        (await GuessAsync(host, 12)).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("10.0.0.1, 127.0.0.1", true)]
    [InlineData("10.0.0.0/8", false)]
    public async Task A_proxy_tells_who_asks_only_if_it_is_known(string? known, bool isBelieved)
    {
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, new SteadyClock(), ("RateLimit:FailuresPerMinute", "6"), ("Proxy:Known", known ?? ""));

        (await FromAsync("203.0.113.1")).ShouldBe(HttpStatusCode.Unauthorized);
        (await FromAsync("203.0.113.1")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await FromAsync("203.0.113.2")).ShouldBe(isBelieved ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests);
        // What the client itself put before its proxy's word isn't believed.
        (await FromAsync("203.0.113.77, 203.0.113.1")).ShouldBe(HttpStatusCode.TooManyRequests);
        // All of an IPv6 network of 64 bits is one.
        (await FromAsync("2001:db8::1")).ShouldBe(isBelieved ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests);
        (await FromAsync("2001:db8::2")).ShouldBe(HttpStatusCode.TooManyRequests);

        async Task<HttpStatusCode> FromAsync(string address) => (await host.SendPlainAsync(HttpMethod.Get, Me, null, ("X-Forwarded-For", address))).Status;
    }

    [Fact]
    public async Task Guessing_cookies_at_the_door_is_as_slow_as_guessing_tokens()
    {
        await using var host = await LimitedHost.StartAsync(Database.Sqlite, new SteadyClock(), ("RateLimit:FailuresPerMinute", "12"));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++) answers.Add((await host.SendPlainAsync(HttpMethod.Get, "/auth/me", null, ("Cookie", $"crm={new string((char)('a' + i), 43)}"))).Status);

        answers.ShouldBe([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests]);
    }

    [Theory, EachDatabase]
    public async Task A_broken_program_does_not_shut_the_door_for_those_who_share_its_address(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, new SteadyClock(), ("RateLimit:FailuresPerMinute", "6"), ("RateLimit:UserPerMinute", "30"));
        var person = await Person.MakeAsync(host);
        using var visitor = new Visitor(host);
        (await visitor.SendAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer("worn out"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await visitor.SendAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer("worn out"))).ShouldBe(HttpStatusCode.TooManyRequests);

        (await visitor.SignInAsync(person.Email, "a wrong password")).ShouldFail(HttpStatusCode.Unauthorized, "sign-in-failed");
        (await visitor.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);
        (await visitor.TokensAsync(person)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Whoever_is_signed_in_may_not_ask_without_end_who_it_is(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, new SteadyClock(), ("RateLimit:UserPerMinute", "18"));
        var person = await Person.MakeAsync(host);
        using var visitor = new Visitor(host);
        (await visitor.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.OK);

        var answers = new List<Answer>();
        for (var i = 0; i < 5; i++) answers.Add(await visitor.SendAsync(HttpMethod.Get, "/auth/me"));

        answers.ConvertAll(answer => answer.Status).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests]);
        answers[0].Headers.Keys.ShouldContain("RateLimit");
        answers[0].Headers.Keys.ShouldContain("RateLimit-Policy");
    }

    [Theory, EachDatabase]
    public async Task What_is_used_up_for_one_tenant_keeps_nobody_from_another(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, new SteadyClock(), ("RateLimit:TenantPerMinute", "6"));
        var (busy, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var token = Jwt.Sign(Jwt.Claims(busy, ("tenant_id", new[] { busy, other })));
        (await host.SendPlainAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer(token), PlainRequests.Tenant(busy))).ShouldBe(HttpStatusCode.OK);

        for (var i = 0; i < 3; i++) (await host.SendPlainAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer(token), PlainRequests.Tenant(busy))).ShouldBe(HttpStatusCode.TooManyRequests);

        (await host.SendPlainAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer(token), PlainRequests.Tenant(other))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task A_key_that_used_up_its_limit_is_not_looked_up_until_it_may_ask_again(Database database)
    {
        var clock = new SteadyClock();
        await using var host = await LimitedHost.StartAsync(database, clock, ("RateLimit:UserPerMinute", "6"));
        var admin = host.NewTenant();
        var key = (await admin.PostAsync("/api/api-keys", new { name = "Program", role = "REP" })).ShouldBe(HttpStatusCode.Created)["key"].GetString()!;
        (await AskAsync()).ShouldBe(HttpStatusCode.OK);
        (await AskAsync()).ShouldBe(HttpStatusCode.TooManyRequests);
        using var commands = CapturedCommands.Of(database, host.ConnectionString);

        var refused = await AskAsync();

        refused.ShouldFail(HttpStatusCode.TooManyRequests, "rate-limited").Headers["Retry-After"].ShouldBe("10");
        commands.Take().ShouldBeEmpty();
        clock.Advance(10);
        (await AskAsync()).ShouldBe(HttpStatusCode.OK);

        Task<Answer> AskAsync() => host.SendPlainAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer(key), PlainRequests.Tenant(admin.TenantId));
    }

    [Theory, EachDatabase]
    public async Task A_key_that_names_a_new_foreign_tenant_each_time_is_not_looked_up_each_time(Database database)
    {
        await using var host = await LimitedHost.StartAsync(database, new SteadyClock(), ("RateLimit:UserPerMinute", "6"));
        var key = (await host.NewTenant().PostAsync("/api/api-keys", new { name = "Program", role = "REP" })).ShouldBe(HttpStatusCode.Created)["key"].GetString()!;
        (await AskAsync()).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
        (await AskAsync()).ShouldBe(HttpStatusCode.TooManyRequests);
        using var commands = CapturedCommands.Of(database, host.ConnectionString);

        for (var i = 0; i < 5; i++) (await AskAsync()).ShouldBe(HttpStatusCode.TooManyRequests);

        commands.Take().ShouldBeEmpty();

        Task<Answer> AskAsync() => host.SendPlainAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer(key), PlainRequests.Tenant(Guid.CreateVersion7()));
    }

    [Theory, EachDatabase]
    public async Task Every_operation_tells_the_limits_with_every_answer(Database database)
    {
        await using var host = await LimitedHost.StartAsync(
            database, null, ("RateLimit:UserPerMinute", "100000"), ("RateLimit:TenantPerMinute", "100000"), ("RateLimit:FailuresPerMinute", "100000"));
        var world = await World.MakeAsync(host.NewTenant(), "bob");
        foreach (var operation in Operation.Api(host))
        {
            var path = operation.PathIds.Count == 0 ? operation.Path : operation.PathWith(Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), world)![0]);
            foreach (var isKnown in new[] { true, false })
            {
                var headers = isKnown ? new[] { world.Client.Bearer(), PlainRequests.Tenant(world.Client.TenantId) } : [];
                var answer = await host.SendPlainAsync(new HttpMethod(operation.Method), path, null, headers);
                answer.Headers["RateLimit-Policy"].ShouldContain(isKnown ? "\"tenant\";q=" : "\"address\";q=", customMessage: operation.Name);
                answer.Headers["RateLimit"].ShouldContain(isKnown ? "\"user\";r=" : "\"address\";r=", customMessage: operation.Name);
            }
        }
    }

    private static Task<Answer> GuessAsync(CrmHost host, int guess) =>
        host.SendPlainAsync(HttpMethod.Get, Me, null, PlainRequests.Bearer($"guess.number.{guess}"), PlainRequests.Tenant(Guid.CreateVersion7()));
}
