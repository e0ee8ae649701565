using System.Net;
using System.Text;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

/// <summary>What another site's page could make a browser send changes nothing.</summary>
public sealed class AntiforgeryTests
{
    [Theory, EachDatabase]
    public async Task A_change_by_cookie_takes_the_sessions_own_token(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);
        using var other = await Visitor.SignedInAsync(person);
        var before = await DataHash.OfAsync(person.Host, person.TenantId);
        foreach (var token in new[] { null, "", "nonsense", other.Csrf, browser.Csrf[..^1], browser.Cookie })
        {
            (string, string)[] headers = token is null ? [] : [("X-CSRF-Token", token)];
            foreach (var (method, path) in new[] { (HttpMethod.Post, "/api/leads"), (HttpMethod.Put, "/api/settings"), (HttpMethod.Patch, "/api/settings"), (HttpMethod.Delete, $"/api/leads/{Guid.CreateVersion7()}"), (HttpMethod.Post, "/api/invitations") })
            {
                (await browser.SendAsync(method, path, new { lastName = "Forged" }, [.. headers, PlainRequests.Tenant(person.TenantId)])).ShouldFail(HttpStatusCode.Forbidden, "antiforgery");
            }

            foreach (var (method, path) in new[] { (HttpMethod.Post, "/auth/sign-out"), (HttpMethod.Post, "/auth/sign-out-everywhere"), (HttpMethod.Put, "/auth/password") })
            {
                (await browser.SendAsync(method, path, new { }, headers)).ShouldFail(HttpStatusCode.Forbidden, "antiforgery");
            }
        }

        (await DataHash.OfAsync(person.Host, person.TenantId)).ShouldBe(before);
        (await browser.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
        (await browser.ChangeAsync(HttpMethod.Post, "/api/leads", new { lastName = "Lovelace" }, PlainRequests.Tenant(person.TenantId))).ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [EachDatabase("Origin", "https://evil.example")]
    [EachDatabase("Origin", "null")]
    [EachDatabase("Origin", "http://127.0.0.1.evil.example")]
    [EachDatabase("Origin", "http://127.0.0.1:1")]
    [EachDatabase("Sec-Fetch-Site", "cross-site")]
    [EachDatabase("Sec-Fetch-Site", "same-site")]
    public async Task Nothing_comes_from_another_origin_not_even_with_the_right_token_or_password(Database database, string header, string value)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);

        (await browser.ChangeAsync(HttpMethod.Post, "/api/leads", new { lastName = "Forged" }, PlainRequests.Tenant(person.TenantId), (header, value))).ShouldFail(HttpStatusCode.Forbidden, "antiforgery");
        (await browser.ChangeAsync(HttpMethod.Post, "/auth/sign-out", null, (header, value))).ShouldFail(HttpStatusCode.Forbidden, "antiforgery");
        (await browser.SignInAsync(person.Email, person.Password, (header, value))).ShouldFail(HttpStatusCode.Forbidden, "antiforgery");
        (await browser.SendAsync(HttpMethod.Post, "/auth/token", new { grant_type = "password", username = person.Email, password = person.Password }, (header, value))).ShouldFail(HttpStatusCode.Forbidden, "antiforgery");
        (await browser.SendAsync(HttpMethod.Post, "/sign-in", new FormUrlEncodedContent([]), (header, value))).ShouldFail(HttpStatusCode.Forbidden, "antiforgery");
    }

    [Theory, EachDatabase]
    public async Task Ones_own_origin_is_let_through(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);
        var origin = person.Host.Address.GetLeftPart(UriPartial.Authority);

        (await browser.ChangeAsync(HttpMethod.Post, "/api/leads", new { lastName = "Lovelace" }, PlainRequests.Tenant(person.TenantId), ("Origin", origin), ("Sec-Fetch-Site", "same-origin"))).ShouldBe(HttpStatusCode.Created);
        (await browser.SignInAsync(person.Email, person.Password, ("Origin", origin))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [EachDatabase("text/plain")]
    [EachDatabase("application/x-www-form-urlencoded")]
    [EachDatabase("multipart/form-data; boundary=x")]
    public async Task What_a_page_can_send_without_being_asked_is_no_JSON(Database database, string type)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);

        (await browser.ChangeAsync(HttpMethod.Post, "/api/leads", Plain("{\"lastName\":\"Forged\"}"), PlainRequests.Tenant(person.TenantId))).ShouldFail(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        (await browser.SendAsync(HttpMethod.Post, "/auth/sign-in", Plain($$"""{"email":"{{person.Email}}","password":"{{person.Password}}"}"""))).ShouldFail(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        (await browser.SendAsync(HttpMethod.Post, "/auth/setup", Plain("{}"))).ShouldFail(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");

        ByteArrayContent Plain(string text)
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return content;
        }
    }

    [Theory, EachDatabase]
    public async Task A_request_with_a_token_needs_no_other(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var program = new Visitor(person.Host);
        var access = (await program.TokensAsync(person))["access_token"].GetString()!;

        (await program.SendAsync(HttpMethod.Post, "/api/leads", new { lastName = "Lovelace" }, PlainRequests.Bearer(access), PlainRequests.Tenant(person.TenantId), ("Origin", "https://app.example"))).ShouldBe(HttpStatusCode.Created);
        (await program.SendAsync(HttpMethod.Post, "/auth/sign-out", null, PlainRequests.Bearer(access))).ShouldBe(HttpStatusCode.NoContent);
        (await program.MeAsync(person.TenantId, access)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, EachDatabase]
    public async Task Reading_takes_no_token_and_changes_nothing(Database database)
    {
        var person = await Person.MakeAsync(await Hosts.For(database));
        using var browser = await Visitor.SignedInAsync(person);

        (await browser.SendAsync(HttpMethod.Get, "/api/leads", null, PlainRequests.Tenant(person.TenantId), ("Sec-Fetch-Site", "cross-site"))).ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync(HttpMethod.Get, "/auth/sign-out")).ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await browser.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.OK);
    }
}
