using System.Diagnostics;
using System.Net;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Accounts;

public sealed class UserVerbTests
{
    [Theory, EachDatabase]
    public async Task An_operator_adds_an_account_with_a_password_that_is_no_argument(Database database)
    {
        var host = await Hosts.For(database);
        var (tenant, other, email) = (Guid.CreateVersion7(), Guid.CreateVersion7(), $"added-{Guid.CreateVersion7():N}@crm.example");

        var weak = await AddAsync(host, "password1234\n", email, tenant);
        var added = await AddAsync(host, "nine brass umbrellas\n", email, tenant);
        var refused = await AddAsync(host, "", email, other, "--role", "VIEWER");
        var again = await AddAsync(host, "", email, other, "--role", "VIEWER", "--existing");
        var demoted = await AddAsync(host, "", email, tenant, "--role", "REP", "--existing");

        (weak.Code, weak.Errors.Trim().Split('\n').Length).ShouldBe((1, 1));
        weak.Errors.ShouldContain("tried first");
        (added.Code, added.Errors).ShouldBe((0, ""));
        (again.Code, again.Errors).ShouldBe((0, ""));
        (refused.Code, refused.Errors.Trim().Split('\n').Length).ShouldBe((1, 1));
        refused.Errors.ShouldContain($"user password --email {email}"); // whoever made the account may be another
        (demoted.Code, demoted.Errors.Trim()).ShouldSatisfyAllConditions(end => end.Code.ShouldBe(1), end => end.Item2.ShouldContain("the last active member with the role ADMIN"));
        added.Output.ShouldNotContain("umbrellas");
        using var visitor = new Visitor(host);
        (await visitor.SignInAsync(email, "nine brass umbrellas")).ShouldBe(HttpStatusCode.OK)["tenants"].EnumerateArray()
            .Select(of => (of.GetProperty("id").GetGuid(), of.GetProperty("role").GetString())).ShouldBe([(tenant, "ADMIN"), (other, "VIEWER")]);
    }

    [Theory, EachDatabase]
    public async Task An_operator_gives_an_account_a_new_password_which_ends_its_sessions(Database database)
    {
        var host = await Hosts.For(database);
        var person = await Person.MakeAsync(host);
        using var squatter = await Visitor.SignedInAsync(person);
        using var owner = new Visitor(host);
        using var guesser = new Visitor(host);
        for (var i = 0; i < 5; i++) (await guesser.SignInAsync(person.Email, $"a wrong password {i}")).ShouldBe(HttpStatusCode.Unauthorized); // which locks it

        (await RunAsync(host, "ten brass umbrellas\n", "password", "--email", person.Email)).Code.ShouldBe(0);
        (await RunAsync(host, "ten brass umbrellas\n", "password", "--email", $"{Guid.CreateVersion7()}@crm.example")).Errors.ShouldContain("There is no account of");

        (await squatter.MeAsync(person.TenantId)).ShouldBe(HttpStatusCode.Unauthorized);
        (await owner.SignInAsync(person.Email, person.Password)).ShouldBe(HttpStatusCode.Unauthorized);
        (await owner.SignInAsync(person.Email, "ten brass umbrellas")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_console_of_a_new_service_tells_the_code_with_which_it_is_set_up()
    {
        await using var service = CrmProcess.Start([], new(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["Auth__SigningKey"] = CrmHost.SigningKey });

        var said = await service.SaysAsync("There is no account yet");

        var url = new Uri(said[said.IndexOf("http", StringComparison.Ordinal)..said.IndexOf("/setup", StringComparison.Ordinal)]);
        var code = said.TrimEnd('.').Split(' ')[^1];
        using var http = new HttpClient { BaseAddress = url };
        using var answer = await http.PostAsync(
            new Uri("/auth/setup", UriKind.Relative),
            new StringContent($$"""{"email":"first@crm.example","password":"nine brass umbrellas","code":"{{code}}"}""", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<(int Code, string Output, string Errors)> AddAsync(CrmHost host, string typed, string email, Guid tenant, params string[] more) =>
        RunAsync(host, typed, ["add", "--email", email, "--tenant", $"{tenant}", .. more]);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(CrmHost host, string typed, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Crm.Api.dll"), "user", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Crm"] = host.ConnectionString;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(typed);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
