using System.Data.Common;
using System.Net;
using Crm.Database.Accounts;
using Crm.Database.Postgres;
using Crm.Database.Sqlite;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Auth;

/// <summary>What isn't a right token is told so, alike for all, and before the database is asked for anything.</summary>
public sealed class TokenTests(TokenTests.Doors doors) : IClassFixture<TokenTests.Doors>
{
    private static readonly Guid Tenant = Guid.CreateVersion7();

    public static TheoryData<Database, string> SpoiltOnEachDatabase()
    {
        var rows = new TheoryData<Database, string>();
        foreach (var database in Enum.GetValues<Database>())
        {
            foreach (var fault in SpoiltTokens.Headers.Keys) rows.Add(database, fault);
        }

        return rows;
    }

    [Theory, MemberData(nameof(SpoiltOnEachDatabase))]
    public async Task A_spoilt_token_is_refused_before_the_database_is_asked(Database database, string fault)
    {
        var door = await doors.OfAsync(database);

        var answer = await AskAsync(door.Host, SpoiltTokens.Headers[fault](Tenant));

        ShouldBeRefused(answer);
        door.Connections.Opened.ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_right_token_is_let_in_and_the_database_is_asked(Database database)
    {
        await using var host = await StartAsync(database, out var connections);

        (await AskAsync(host, $"Bearer {SpoiltTokens.Right(Tenant)}")).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(host, $"bearer {SpoiltTokens.Right(Tenant)}")).ShouldBe(HttpStatusCode.OK);

        connections.Opened.ShouldBeGreaterThan(0);
    }

    [Theory, EachDatabase]
    public async Task A_token_is_right_for_half_a_minute_after_it_expired(Database database)
    {
        var host = await Hosts.For(database);

        (await host.AskAsync(Jwt.Sign(Jwt.Claims(Tenant, ("exp", Jwt.Now - 5))), Tenant)).ShouldBe(HttpStatusCode.OK);
        (await host.AskAsync(Jwt.Sign(Jwt.Claims(Tenant, ("nbf", Jwt.Now + 20))), Tenant)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Issuer_and_audience_do_not_matter_where_none_is_set(Database database)
    {
        var host = await Hosts.For(database);

        (await host.AskAsync(Jwt.Sign(Jwt.Claims(Tenant, ("iss", "anybody"), ("aud", "anything"))), Tenant)).ShouldBe(HttpStatusCode.OK);
        (await host.AskAsync(Jwt.Sign(Jwt.Claims(Tenant, ("sub", new string('a', 128)))), Tenant)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task Two_lines_of_authorization_are_refused_though_each_is_right(Database database)
    {
        var door = await doors.OfAsync(database);
        var line = ("Authorization", $"Bearer {SpoiltTokens.Right(Tenant)}");

        var answer = await RawHttp.SendAsync(door.Host.Address, "GET", "/api/me", line, line, ("X-Tenant-Id", Tenant.ToString()));

        RawHttp.StatusOf(answer).ShouldBe(401, answer);
        answer.ShouldContain("WWW-Authenticate: Bearer");
        answer.ShouldContain("application/problem+json");
        door.Connections.Opened.ShouldBe(0);
    }

    [Theory]
    [EachDatabase("access_token")]
    [EachDatabase("token")]
    public async Task A_token_in_the_address_or_a_cookie_is_not_looked_at(Database database, string name)
    {
        var door = await doors.OfAsync(database);
        var token = SpoiltTokens.Right(Tenant);

        ShouldBeRefused(await AskAsync(door.Host, "", $"/api/me?{name}={token}", ("Cookie", $"{name}={token}")));
        door.Connections.Opened.ShouldBe(0);
    }

    [Theory]
    [EachDatabase("crm=nonsense")]
    [EachDatabase("crm=")]
    [EachDatabase("crm=+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+")]
    [EachDatabase("__Host-crm=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_cookie_that_can_be_none_of_a_session_is_refused_before_the_database_is_asked(Database database, string cookie)
    {
        var door = await doors.OfAsync(database);

        ShouldBeRefused(await AskAsync(door.Host, "", headers: ("Cookie", cookie)));
        door.Connections.Opened.ShouldBe(0);
    }

    [Theory]
    [EachDatabase("another issuer's")]
    [EachDatabase("019aa3c8-51d0-7c4e-9a57-3f0e6d1b2a44")]
    [EachDatabase("crm-")]
    public async Task A_session_of_another_issuer_is_nothing_to_us_and_one_of_ours_that_there_is_not_ends_the_token(Database database, string sid)
    {
        var host = await Hosts.For(database);

        (await host.AskAsync(Jwt.Sign(Jwt.Claims(Tenant, ("sid", sid))), Tenant)).ShouldBe(HttpStatusCode.OK);
        (await host.AskAsync(Jwt.Sign(Jwt.Claims(Tenant, ("sid", $"crm-{Guid.CreateVersion7()}"))), Tenant)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    private static void ShouldBeRefused(Answer answer)
    {
        answer.ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        answer.Headers["WWW-Authenticate"].ShouldStartWith("Bearer");
        answer["type"].GetString().ShouldBe("/problems/unauthenticated");
    }

    private static async Task<Answer> AskAsync(CrmHost host, string authorization, string path = "/api/me", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.Add("X-Tenant-Id", Tenant.ToString());
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await host.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private static Task<CrmHost> StartAsync(Database database, out Connections connections)
    {
        var counted = connections = new Connections();
        return StartAsync();

        async Task<CrmHost> StartAsync()
        {
            var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder =>
            {
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Auth:Issuer"] = SpoiltTokens.Issuer,
                    ["Auth:Audience"] = SpoiltTokens.Audience,
                });
                builder.Services.ConfigureDbContext<SqliteCrmDbContext>(options => options.AddInterceptors(counted), ServiceLifetime.Singleton);
                builder.Services.ConfigureDbContext<PostgresCrmDbContext>(options => options.AddInterceptors(counted), ServiceLifetime.Singleton);
                builder.Services.ConfigureDbContext<SqliteAccountsDbContext>(options => options.AddInterceptors(counted), ServiceLifetime.Singleton);
                builder.Services.ConfigureDbContext<PostgresAccountsDbContext>(options => options.AddInterceptors(counted), ServiceLifetime.Singleton);
            });
            counted.Opened = 0; // migrating needed some
            return host;
        }
    }

    /// <summary>A service a database, which nobody with a right token ever asks anything: its database must stay unasked.</summary>
    public sealed class Doors : IAsyncDisposable
    {
        private readonly Dictionary<Database, (Task<CrmHost> Host, Connections Connections)> started = [];

        public async Task<(CrmHost Host, Connections Connections)> OfAsync(Database database)
        {
            if (!started.TryGetValue(database, out var door)) started[database] = door = (StartAsync(database, out var connections), connections);
            return (await door.Host, door.Connections);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (host, _) in started.Values) await (await host).DisposeAsync();
        }
    }

    /// <summary>Counts connections: no command runs without one.</summary>
    public sealed class Connections : DbConnectionInterceptor
    {
        public int Opened { get; set; }

        public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
        {
            Opened++;
            return result;
        }

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            Opened++;
            return new(result);
        }
    }
}
