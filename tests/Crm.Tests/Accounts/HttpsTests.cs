using System.Net;
using System.Text.Json;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

/// <summary>Behind a proxy that ends TLS and says so.</summary>
public sealed class HttpsTests
{
    [Theory, EachDatabase]
    public async Task By_https_the_cookie_is_one_that_no_other_host_and_no_unsafe_page_can_set(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Configuration["Proxy:Known"] = "127.0.0.0/8");
        var person = await Person.MakeAsync(host);
        (string, string)[] browser = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.7"), ("Host", "crm.example"), ("Origin", "https://crm.example")];

        var answer = (await host.SendPlainAsync(HttpMethod.Post, "/auth/sign-in", (JsonSerializer.Serialize(new { email = person.Email, password = person.Password }), "application/json"), browser)).ShouldBe(HttpStatusCode.OK);

        var cookie = answer.Headers["Set-Cookie"];
        cookie.ShouldStartWith("__Host-crm=");
        foreach (var part in new[] { "; secure", "; httponly", "; samesite=strict", "; path=/" }) cookie.ToLowerInvariant().ShouldContain(part);
        cookie.ToLowerInvariant().ShouldNotContain("domain");
        var (named, secret) = (cookie.Split(';')[0], cookie.Split(';')[0]["__Host-crm=".Length..]);
        (await host.SendPlainAsync(HttpMethod.Get, "/auth/me", null, [("Cookie", named), .. browser])).ShouldBe(HttpStatusCode.OK);
        (await host.SendPlainAsync(HttpMethod.Get, "/auth/me", null, [("Cookie", $"crm={secret}"), .. browser])).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.SendPlainAsync(HttpMethod.Get, "/auth/me", null, ("Cookie", named))).ShouldBe(HttpStatusCode.Unauthorized);
        await using var connection = await Sql.OpenAsync(database, host.ConnectionString);
        (await connection.RowsAsync("SELECT DISTINCT address FROM events WHERE address IS NOT NULL")).ShouldHaveSingleItem()[0].ShouldBe("203.0.113.7");
    }
}
