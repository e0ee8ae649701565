using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Crm.Api.Http;
using Crm.Tests.Input;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Lists;

/// <summary>SQL in every parameter of every list: refused, or text like any other that nothing is found by.</summary>
public sealed class InjectionTests
{
    private static readonly string[] Injections =
    [
        "'", "''", "\"", "`", "\\", "\\'", "';", "--", "'--", "' --", "'#", "/*", "'/*", "*/", ";", "%", "_", "%'", "$1", "@p0", "{0}", "$$", "'||'", "\u00bf'",
        "' OR '1'='1", "' OR 1=1--", "' OR 1=1#", "\" OR \"\"=\"", "') OR ('1'='1", "' OR 'x' LIKE '%", "x' AND 1=0 UNION SELECT NULL--", "' UNION SELECT NULL,NULL,NULL--", "' UNION ALL SELECT user_id FROM members--",
        "1; DROP TABLE leads", "'; DROP TABLE leads;--", "'; DELETE FROM events;--", "'; UPDATE members SET role='ADMIN';--", "'; INSERT INTO tenants DEFAULT VALUES;--", "1' AND SLEEP(5)--", "1; SELECT pg_sleep(5)", "'||(SELECT pg_sleep(5))||'",
        "'; COPY leads TO PROGRAM 'id';--", "'; ATTACH DATABASE 'x.db' AS x;--", "' AND randomblob(1000000000)--", "'; PRAGMA journal_mode=DELETE;--", "createdAt; DROP TABLE leads", "createdAt DESC--", "(SELECT 1)", "CASE WHEN 1=1 THEN id ELSE name END",
        "id", "1", "-", "--createdAt", "created_at", "tenant_id", "createdAt,(SELECT 1)", "CURRENT_USER", "version()", "sqlite_version()", "\u02bc OR 1=1", "＇ OR 1=1--", "0x27", "%27%20OR%201=1", "E'\\x27'", "'\nOR\n1=1",
    ];

    private static readonly string[] Tags = ["vip"];

    [Theory, EachDatabase]
    public async Task SQL_in_a_parameter_of_a_list_has_no_effect(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var records = await OneOfEach.MakeAsync(client);
        await client.PatchAsync($"/api/leads/{records.Ids["leads"]}", new { tags = Tags, ownerId = "me", email = "lovelace@example.com", phone = "+44 20 7946 9999" }); // no part of it is one of the texts
        var lists = client.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<QueryMetadata>() is not null)
            .Select(endpoint => (Path: records.PathOf("/" + endpoint.RoutePattern.RawText!.Trim('/')), endpoint.Metadata.GetMetadata<QueryMetadata>()!.Type)).ToList();
        var requests =
            from list in lists
            from property in list.Type.GetProperties()
            let name = JsonNamingPolicy.CamelCase.ConvertName(property.Name)
            from injection in Injections
            select (list.Path, Name: name, Injection: injection, Takes: TakesText(property.PropertyType, name));
        var before = await client.DataHashAsync();
        var findings = new ConcurrentBag<string>();

        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (request, _) =>
        {
            var needed = request.Path.StartsWith("/api/search", StringComparison.Ordinal) && request.Name != "q" ? "&q=nothing" : "";
            var answer = await client.GetAsync($"{request.Path}?{request.Name}={Uri.EscapeDataString(request.Injection)}{needed}");
            var found = answer.Status == HttpStatusCode.OK && request.Takes && answer.IsOfNothing;
            var harmless = answer.Status == HttpStatusCode.OK && request.Injection == "1"; // a number is one
            if (!found && !harmless && Findings.Fault(answer, 400, "validation-failed", request.Name) is { } fault) findings.Add($"{request.Path}?{request.Name}={request.Injection} {fault}");
        });

        lists.Count.ShouldBeGreaterThan(5);
        findings.ShouldBeEmpty();
        (await client.DataHashAsync()).ShouldBe(before);
        foreach (var collection in new[] { "leads", "deals", "tasks", "activities" }) (await client.GetAsync($"/api/{collection}"))["total"].GetInt32().ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task SQL_in_a_path_or_in_the_name_of_a_parameter_has_no_effect(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.GetAsync("/api/me");
        var before = await client.DataHashAsync();
        foreach (var injection in Injections)
        {
            var text = Uri.EscapeDataString(injection);
            (await client.GetAsync($"/api/members/{text}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
            (await client.GetAsync($"/api/leads/{text}")).ShouldFail(HttpStatusCode.NotFound, "not-found");
            (await client.GetAsync($"/api/leads?x{text}=1")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([$"x{injection}"]);
        }

        (await client.DataHashAsync()).ShouldBe(before);
    }

    private static bool TakesText(Type type, string name) =>
        name is not ("sort" or "cursor") && (type == typeof(string) || type == typeof(IReadOnlyList<string>));
}
