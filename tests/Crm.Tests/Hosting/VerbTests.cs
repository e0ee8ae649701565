using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Services.Demo;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Hosting;

public sealed partial class VerbTests
{
    private static readonly Dictionary<string, string> Development = new(StringComparer.Ordinal) { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };

    [Theory]
    [InlineData("", "--demo")]
    [InlineData("serve", "--urls")]
    [InlineData("worker", "background work")]
    [InlineData("migrate", "--script")]
    [InlineData("token", "--tenant")]
    [InlineData("user add", "--email")]
    [InlineData("seed", "--tenant")]
    [InlineData("health", "container")]
    public async Task Every_verb_explains_itself(string verb, string says)
    {
        var (code, output, errors) = await CrmProcess.RunAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        output.ShouldContain(says);
        errors.ShouldBeEmpty();
        code.ShouldBe(0);
    }

    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("--frob", "--frob")]
    [InlineData("token", "--tenant")]
    [InlineData("token --tenant nonsense --user ada --role ADMIN", "nonsense")]
    [InlineData("token --tenant 00000000-0000-0000-0000-000000000000 --user ada --role ADMIN", "empty UUID")]
    [InlineData("token --tenant 019aa000-0000-7000-8000-0000000000de --user ada --role BOSS", "BOSS")]
    [InlineData("token --tenant 019aa000-0000-7000-8000-0000000000de --user ada --role ADMIN --hours 0", "--hours")]
    [InlineData("token --tenant 019aa000-0000-7000-8000-0000000000de --user me --role ADMIN", "--user must not be me")]
    [InlineData("migrate --to nonsense", "nonsense")]
    [InlineData("seed --tenant nonsense", "nonsense")]
    public async Task Wrong_arguments_are_told_and_nothing_is_done(string arguments, string fault)
    {
        var folder = Directory.CreateTempSubdirectory("crm-verbs-");

        var (code, _, errors) = await CrmProcess.RunAsync(arguments.Split(' '), SettingTests.With(), folder.FullName);

        errors[0].ShouldContain(fault);
        string.Join('\n', errors).ShouldNotContain("   at ");
        code.ShouldBe(1);
        File.Exists(Path.Combine(folder.FullName, "data", "crm.db")).ShouldBeFalse();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Migrating_takes_no_key()
    {
        var (code, output, errors) = await CrmProcess.RunAsync(["migrate", "--script"]);
        (await CrmProcess.RunAsync(["migrate"])).Code.ShouldBe(0);

        errors.ShouldBeEmpty();
        output.ShouldContain("CREATE TABLE");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task Migrate_prints_its_script_and_goes_forth_and_back()
    {
        var folder = Directory.CreateTempSubdirectory("crm-verbs-");

        (await CrmProcess.RunAsync(["migrate", "--script"], SettingTests.With(), folder.FullName)).Output.ShouldContain("CREATE TABLE leads");
        (await CrmProcess.RunAsync(["migrate"], SettingTests.With(), folder.FullName)).Code.ShouldBe(0);
        (await CrmProcess.RunAsync(["migrate", "--to", "0"], SettingTests.With(), folder.FullName)).Code.ShouldBe(0);
        (await CrmProcess.RunAsync(["migrate", "--to", "initial"], SettingTests.With(), folder.FullName)).Code.ShouldBe(0);

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_token_from_the_command_line_is_good_for_the_service_that_runs_beside_it()
    {
        var folder = Directory.CreateTempSubdirectory("crm-verbs-");
        var tenantId = Guid.CreateVersion7();
        await using (var service = CrmProcess.Start([], Development, folder.FullName))
        {
            var url = await service.ListeningAsync();
            (await HealthAsync(url)).ShouldBe(0);
            var (code, token, _) = await CrmProcess.RunAsync(["token", "--tenant", $"{tenantId}", "--user", "ada", "--role", "MANAGER", "--name", "Ada"], Development, folder.FullName);

            code.ShouldBe(0);
            using var http = new HttpClient { BaseAddress = url };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            http.DefaultRequestHeaders.Add("X-Tenant-Id", tenantId.ToString());
            var me = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(new Uri("/api/me", UriKind.Relative), TestContext.Current.CancellationToken));
            me.GetProperty("id").GetString().ShouldBe("ada");
            me.GetProperty("role").GetString().ShouldBe("MANAGER");
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Health_says_who_does_not_answer()
    {
        var (code, _, errors) = await CrmProcess.RunAsync(["health"], new(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = "http://+:1" });

        errors.ShouldHaveSingleItem().ShouldStartWith("http://127.0.0.1:1/ doesn't answer");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task The_demo_survives_a_kill_while_it_is_filled_and_tells_a_curl_that_gets_a_lead()
    {
        var folder = Directory.CreateTempSubdirectory("crm-demo-");
        await using (var killed = CrmProcess.Start(["--demo"], Development, folder.FullName))
        {
            await killed.SaysAsync("Writing sample data");
            killed.Kill();
            await killed.EndAsync();
        }

        for (var start = 0; start < 2; start++)
        {
            await using var service = CrmProcess.Start(["--demo"], Development, folder.FullName);
            var url = await service.ListeningAsync();
            var curl = await service.SaysAsync("curl -s");
            var said = string.Join('\n', service.Output);
            said.ShouldContain(start == 0 ? "is filled with sample data" : "nothing was added");

            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, CurlUrl().Match(curl).Groups["url"].Value);
            foreach (Match header in CurlHeader().Matches(curl)) request.Headers.TryAddWithoutValidation(header.Groups["name"].Value, header.Groups["value"].Value);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var leads = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            leads.GetProperty("items").GetArrayLength().ShouldBe(1);

            request.RequestUri!.GetLeftPart(UriPartial.Authority).ShouldBe(url.GetLeftPart(UriPartial.Authority));
            foreach (var user in DemoData.Users) said.ShouldContain(user.Name);
            said.ShouldContain($"{url.GetLeftPart(UriPartial.Authority)}/docs");
            service.Terminate();
            (await service.EndAsync()).ShouldBe(0);
        }

        folder.Delete(recursive: true);
    }

    [GeneratedRegex("'(?<url>http[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CurlUrl();

    [GeneratedRegex("-H '(?<name>[^:]+): (?<value>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CurlHeader();

    /// <summary>What the health verb says, asked again where a busy machine let it run out of time, as a container's health check does.</summary>
    private static async Task<int> HealthAsync(Uri url)
    {
        var code = 1;
        for (var tries = 0; code != 0 && tries < 10; tries++)
        {
            code = (await CrmProcess.RunAsync(["health"], new(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = url.ToString() })).Code;
        }

        return code;
    }
}
