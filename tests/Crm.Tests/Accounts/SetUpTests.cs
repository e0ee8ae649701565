using System.Net;
using Crm.Services.Accounts;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

public sealed class SetUpTests
{
    private const string Password = "nine brass umbrellas";

    [Theory, EachDatabase]
    public async Task The_first_account_is_the_admin_of_the_first_tenant_and_there_is_no_second_set_up(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        using var visitor = new Visitor(host);
        (await visitor.SendAsync(HttpMethod.Get, "/auth/setup")).ShouldBe(HttpStatusCode.OK)["takesCode"].GetBoolean().ShouldBeTrue();
        var body = Body(CodeOf(host));

        var account = (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", body)).ShouldBe(HttpStatusCode.OK);

        var tenant = account["tenants"].EnumerateArray().ShouldHaveSingleItem();
        (tenant.GetProperty("role").GetString(), tenant.GetProperty("name").GetString()).ShouldBe(("ADMIN", "Nordwind"));
        (await visitor.SignInAsync("first@crm.example", Password)).ShouldBe(HttpStatusCode.OK);
        (await visitor.MeAsync(tenant.GetProperty("id").GetGuid()))["role"].GetString().ShouldBe("ADMIN");
        (await visitor.SendAsync(HttpMethod.Get, "/api/pipelines", null, PlainRequests.Tenant(tenant.GetProperty("id").GetGuid()))).Items.Count.ShouldBe(1);
        var before = await DataHash.OfAsync(database, host.ConnectionString, null);
        (await visitor.SendAsync(HttpMethod.Get, "/auth/setup")).ShouldFail(HttpStatusCode.NotFound, "not-found");
        (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", body)).ShouldFail(HttpStatusCode.Conflict, "set-up-done");
        (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", Body("wrong"))).ShouldFail(HttpStatusCode.Conflict, "set-up-done");
        (await DataHash.OfAsync(database, host.ConnectionString, null)).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task Twenty_set_ups_at_once_on_two_instances_make_one_account_and_one_tenant(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connectionString);
        await using var second = await CrmHost.StartAsync(database, connectionString);
        CodeOf(second).ShouldBe(CodeOf(first));
        var visitors = Enumerable.Range(0, 20).Select(i => new Visitor(i % 2 == 0 ? first : second)).ToList();

        var answers = await Race.OfAsync(20, i => visitors[i].SendAsync(HttpMethod.Post, "/auth/setup", Body(CodeOf(first), $"admin-{i}@crm.example")));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.OK)) answer.ShouldFail(HttpStatusCode.Conflict, "set-up-done");
        await using var connection = await Sql.OpenAsync(database, connectionString);
        foreach (var table in new[] { "accounts", "account_memberships", "tenants", "members" }) (await connection.RowsAsync($"SELECT 1 FROM {table}")).Count.ShouldBe(1, table);
        visitors.ForEach(visitor => visitor.Dispose());
    }

    [Theory, EachDatabase]
    public async Task A_stranger_without_the_consoles_code_takes_over_nothing(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        using var visitor = new Visitor(host);
        var before = await DataHash.OfAsync(database, host.ConnectionString, null);

        foreach (var code in new[] { null, "wrong", CodeOf(host)[..^1], CodeOf(host).Replace("-", "", StringComparison.Ordinal), CrmHost.SigningKey })
        {
            (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", Body(code))).ShouldFail(HttpStatusCode.Forbidden, "set-up-code");
        }

        (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", Body(CodeOf(host), password: "first@crm.example"))).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/password"]);
        (await DataHash.OfAsync(database, host.ConnectionString, null)).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task Development_takes_no_code_on_its_own_machine(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Environment.EnvironmentName = "Development");
        using var visitor = new Visitor(host);

        (await visitor.SendAsync(HttpMethod.Get, "/auth/setup", null, ("Host", "evil.example")))["takesCode"].GetBoolean().ShouldBeTrue(); // a name that was given our address
        (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", Body(null), ("Host", "evil.example"), ("Origin", "http://evil.example"))).ShouldFail(HttpStatusCode.Forbidden, "set-up-code");
        (await visitor.SendAsync(HttpMethod.Get, "/auth/setup"))["takesCode"].GetBoolean().ShouldBeFalse();
        (await visitor.SendAsync(HttpMethod.Post, "/auth/setup", Body(null))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task The_pages_lead_from_the_set_up_to_a_session_without_a_script(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host.Address };
        var page = await GetAsync("/setup");
        var (token, cookie) = (FieldOf(page.Text, "form"), page.Headers["Set-Cookie"].Split(';')[0]);
        page.Headers["Content-Security-Policy"].ShouldContain("default-src 'none'");
        page.Text.ShouldNotContain("<script");

        (await PostAsync("/setup", cookie, ("form", token), ("email", "first@crm.example"), ("password", Password), ("code", "wrong"))).ShouldBe(HttpStatusCode.Forbidden).Text.ShouldContain("role=\"alert\"");
        (await PostAsync("/setup", cookie, ("form", token), ("email", "first@crm.example"), ("password", Password), ("code", CodeOf(host)), ("role", "ADMIN"))).ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync("/setup", "", ("form", token), ("email", "first@crm.example"), ("password", Password), ("code", CodeOf(host)))).ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync("/setup", cookie, ("form", token[1..]), ("email", "first@crm.example"), ("password", Password), ("code", CodeOf(host)))).ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync("/setup", cookie, ("form", token), ("email", "first@crm.example"), ("password", Password), ("code", CodeOf(host)))).ShouldBe(HttpStatusCode.Found).Headers["Location"].ShouldBe("/sign-in");
        (await GetAsync("/setup")).ShouldBe(HttpStatusCode.Found).Headers["Location"].ShouldBe("/sign-in");
        (await PostAsync("/sign-in", cookie, ("form", token), ("email", "first@crm.example"), ("password", "a wrong password"))).ShouldBe(HttpStatusCode.Unauthorized).Text.ShouldNotContain("a wrong password");
        var signedIn = (await PostAsync("/sign-in", cookie, ("form", token), ("email", "first@crm.example"), ("password", Password))).ShouldBe(HttpStatusCode.Found);
        signedIn.Headers["Set-Cookie"].ShouldStartWith("crm=");
        (await host.SendPlainAsync(HttpMethod.Get, "/auth/me", null, ("Cookie", signedIn.Headers["Set-Cookie"].Split(';')[0]))).ShouldBe(HttpStatusCode.OK);
        var again = (await PostAsync("/sign-in", $"{cookie}; {signedIn.Headers["Set-Cookie"].Split(';')[0]}", ("form", token), ("email", "first@crm.example"), ("password", Password))).ShouldBe(HttpStatusCode.Found);
        (await host.SendPlainAsync(HttpMethod.Get, "/auth/me", null, ("Cookie", signedIn.Headers["Set-Cookie"].Split(';')[0]))).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.SendPlainAsync(HttpMethod.Get, "/auth/me", null, ("Cookie", again.Headers["Set-Cookie"].Split(';')[0]))).ShouldBe(HttpStatusCode.OK);
        (await GetAsync("/invitation?token=%22%3E%3Cscript%3E")).Text.ShouldNotContain("<script");

        async Task<Answer> GetAsync(string path) => await Answer.ReadAsync(await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

        async Task<Answer> PostAsync(string path, string sent, params (string Name, string Value)[] fields)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
            if (sent.Length > 0) request.Headers.Add("Cookie", sent);
            return await Answer.ReadAsync(await http.SendAsync(request, TestContext.Current.CancellationToken));
        }
    }

    private static string FieldOf(string html, string name)
    {
        var start = html.IndexOf($"name=\"{name}\" value=\"", StringComparison.Ordinal) + $"name=\"{name}\" value=\"".Length;
        return html[start..html.IndexOf('"', start)];
    }

    private static string CodeOf(CrmHost host) => host.Services.GetRequiredService<AccountKeys>().SetUpCode;

    private static object Body(string? code, string email = "first@crm.example", string password = Password) => new { email, password, name = "The first", tenantName = "Nordwind", code };
}
