using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Api.OpenApi;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.OpenApi;

public sealed class DocumentTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_committed_document_is_the_one_that_the_service_serves()
    {
        var host = await Hosts.For(Database.Sqlite);

        var served = (await host.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Stop)).Split('\n');

        var committed = (await File.ReadAllTextAsync(OpenApiDocument.File, Stop)).Split('\n');
        var line = Enumerable.Range(0, Math.Max(served.Length, committed.Length)).FirstOrDefault(i => served.ElementAtOrDefault(i) != committed.ElementAtOrDefault(i), -1);
        line.ShouldBe(-1, $"docs/openapi.json isn't what the service serves: run bin/openapi, look at the difference and commit it. It begins in line {line + 1}, served is: {served.ElementAtOrDefault(line)}");
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    [InlineData("de-CH")]
    public async Task The_document_is_the_same_byte_for_byte_wherever_the_service_runs(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        await using var host = await CrmHost.StartAsync(Database.Sqlite, await Hosts.NewDatabaseAsync(Database.Sqlite));

        var json = await host.Services.GetRequiredService<WrittenDocument>().JsonAsync();

        Encoding.UTF8.GetString(json).ShouldBe(await File.ReadAllTextAsync(OpenApiDocument.File, Stop));
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task The_document_and_its_page_are_there_for_anybody(string environment)
    {
        await using var host = await CrmHost.StartAsync(
            Database.Sqlite, await Hosts.NewDatabaseAsync(Database.Sqlite), builder => builder.Environment.EnvironmentName = environment);
        host.Services.GetRequiredService<IWebHostEnvironment>().EnvironmentName.ShouldBe(environment);

        using var document = await host.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), Stop);
        using var page = await host.Http.GetAsync(new Uri("/docs/index.html", UriKind.Relative), Stop);
        using var script = await host.Http.GetAsync(new Uri("/docs/swagger-ui-bundle.js", UriKind.Relative), Stop);

        document.StatusCode.ShouldBe(HttpStatusCode.OK);
        document.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        script.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.Http.GetStringAsync(new Uri("/docs/index.js", UriKind.Relative), Stop)).ShouldContain("/openapi/v1.json");
    }

    [Fact]
    public void Every_pattern_is_one_that_ECMA_262_knows()
    {
        var patterns = PatternsIn(JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(OpenApiDocument.File))).Distinct(StringComparer.Ordinal).ToList();

        patterns.ShouldNotBeEmpty();
        foreach (var pattern in patterns) Should.NotThrow(() => new Regex(pattern, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)), pattern);
    }

    private static IEnumerable<string> PatternsIn(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => member.NameEquals("pattern") ? [member.Value.GetString()!] : PatternsIn(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(PatternsIn),
        _ => [],
    };
}
