using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>What is refused changes nothing: all that the tenant has is the same before and after.</summary>
public sealed class RefusalTests
{
    [Theory, EachDatabase]
    public async Task What_any_operation_refuses_changes_nothing(Database database)
    {
        var host = await Hosts.For(database);
        var world = await World.MakeAsync(host.NewTenant(), $"user-{Guid.CreateVersion7():N}");
        await world.Client.As(Role.Viewer, "viewer").GetAsync("/api/me");
        var before = await DataHash.OfAsync(host, world.Client.TenantId);
        foreach (var operation in Operation.Api(host))
        {
            var right = RightFor(operation, world);
            foreach (var (status, wrong) in WrongFor(operation, right, world))
            {
                foreach (var key in operation.Method == "POST" ? [null, $"key {Guid.CreateVersion7()}"] : new string?[] { null })
                {
                    var answer = await SendAsync(host, wrong with { Key = key });
                    ((int)answer.Status).ShouldBe(status, $"{wrong}: {answer.Text}");
                    answer.Headers["Content-Type"].ShouldStartWith("application/problem+json");
                }
            }

            (await DataHash.OfAsync(host, world.Client.TenantId)).ShouldBe(before, operation.Name);
        }
    }

    [Theory]
    [EachDatabase("POST", "leads", """{"lastName":"L","status":"CONVERTED"}""", 409)]
    [EachDatabase("PATCH", "leads/LEAD", """{"status":"CONVERTED","lastName":"Changed"}""", 409)]
    [EachDatabase("DELETE", "leads/LEAD", null, 409)] // it has an open deal
    [EachDatabase("PATCH", "leads/LEAD", """{"ownerId":"nobody","lastName":"Changed"}""", 422)]
    [EachDatabase("PATCH", "leads/LEAD", """{"tags":["a","b"],"ownerId":"nobody"}""", 422)]
    [EachDatabase("PUT", "leads/LEAD", """{"firstName":"Without a last name"}""", 400)]
    [EachDatabase("GET", "leads/GONELEAD", null, 404)]
    [EachDatabase("PATCH", "leads/GONELEAD", """{"lastName":"Changed"}""", 404)]
    [EachDatabase("DELETE", "leads/GONELEAD", null, 404)]
    [EachDatabase("POST", "deals", """{"name":"D","stage":"CLOSED_LOST"}""", 400)]
    [EachDatabase("POST", "deals", """{"name":"D","stage":"CLOSED_WON","closedAt":"2999-01-01T00:00:00Z"}""", 400)]
    [EachDatabase("POST", "deals", """{"name":"D","stage":"NOWHERE"}""", 422)]
    [EachDatabase("POST", "deals", """{"name":"D","leadId":"GONELEAD"}""", 422)]
    [EachDatabase("PATCH", "deals/DEAL", """{"name":"Changed","stage":"CLOSED_LOST"}""", 400)]
    [EachDatabase("PUT", "deals/DEAL/stage", """{"stage":"PROPOSAL","lostReason":"Price"}""", 400)]
    [EachDatabase("PUT", "deals/DEAL/stage", """{"stage":"NOWHERE"}""", 422)]
    [EachDatabase("PUT", "deals/WON/stage", """{"stage":"CLOSED_LOST","lostReason":"Price"}""", 409)]
    [EachDatabase("PATCH", "deals/WON", """{"name":"Changed","stage":"CLOSED_LOST","lostReason":"Price"}""", 409)]
    [EachDatabase("POST", "tasks", """{"title":"T","assigneeId":"nobody"}""", 422)]
    [EachDatabase("POST", "tasks", """{"title":"T","dealId":"GONEDEAL"}""", 422)]
    [EachDatabase("POST", "tasks/GONETASK/restore", null, 409)] // its lead is deleted
    [EachDatabase("PUT", "tasks/GONETASK/complete", null, 404)]
    [EachDatabase("POST", "activities", """{"type":"CALL","subject":"Of nothing"}""", 400)]
    [EachDatabase("POST", "activities", """{"type":"CALL","subject":"Later","occurredAt":"2999-01-01T00:00:00Z","leadId":"LEAD"}""", 400)]
    [EachDatabase("POST", "activities", """{"type":"CALL","subject":"A","taskId":"GONETASK"}""", 422)]
    [EachDatabase("POST", "activities/GONEACTIVITY/restore", null, 409)]
    [EachDatabase("PATCH", "activities/ACTIVITY", """{"leadId":null,"dealId":null,"taskId":null,"subject":"Of nothing"}""", 400)]
    [EachDatabase("PATCH", "members/MEMBER", """{"role":"OWNER"}""", 400)]
    [EachDatabase("PATCH", "settings", """{"name":"Changed","timeZone":"Mars/Olympus"}""", 400)]
    [EachDatabase("PATCH", "settings", """{"name":"Changed","currency":"euro"}""", 400)]
    public async Task What_a_rule_refuses_changes_nothing(Database database, string method, string path, string? body, int status)
    {
        var host = await Hosts.For(database);
        var world = await World.MakeAsync(host.NewTenant(), $"user-{Guid.CreateVersion7():N}");
        var won = await world.Client.MakeAsync("deals", new { name = "Won", stage = "CLOSED_WON" });
        var before = await DataHash.OfAsync(host, world.Client.TenantId);
        var right = new Request(method, $"/api/{In(path)}", body is null ? null : In(body), world.Client.TenantId.ToString(), host.Token(world.Client.TenantId, "ada", Role.Admin));

        foreach (var key in method == "POST" ? [null, "key"] : new string?[] { null })
        {
            var answer = await SendAsync(host, right with { Key = key });
            ((int)answer.Status).ShouldBe(status, answer.Text);
        }

        (await DataHash.OfAsync(host, world.Client.TenantId)).ShouldBe(before);

        string In(string text) => text
            .Replace("GONELEAD", $"{world.DeletedLead}", StringComparison.Ordinal).Replace("GONEDEAL", $"{world.DeletedDeal}", StringComparison.Ordinal)
            .Replace("GONETASK", $"{world.DeletedTask}", StringComparison.Ordinal).Replace("GONEACTIVITY", $"{world.DeletedActivity}", StringComparison.Ordinal)
            .Replace("/LEAD", $"/{world.Lead}", StringComparison.Ordinal).Replace("\"LEAD\"", $"\"{world.Lead}\"", StringComparison.Ordinal)
            .Replace("DEAL", $"{world.Deal}", StringComparison.Ordinal).Replace("WON/", $"{won}/", StringComparison.Ordinal).Replace("deals/WON", $"deals/{won}", StringComparison.Ordinal)
            .Replace("/ACTIVITY", $"/{world.Activity}", StringComparison.Ordinal).Replace("MEMBER", world.Member, StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_hash_tells_a_change_of_one_value(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var (before, again) = (await DataHash.OfAsync(client.Host, client.TenantId), await DataHash.OfAsync(client.Host, client.TenantId));

        await client.PatchAsync($"/api/leads/{lead}", new { estimatedValue = 1 });

        again.ShouldBe(before);
        (await DataHash.OfAsync(client.Host, client.TenantId)).ShouldNotBe(before);
    }

    private sealed record Request(string Method, string Path, string? Body, string? Tenant, string? Token)
    {
        public string? Key { get; init; }
        public string? IfMatch { get; init; }
        public string ContentType { get; init; } = "application/json";
    }

    private static Request RightFor(Operation operation, World world)
    {
        var path = operation.PathIds.Count == 0 ? operation.Path : operation.PathWith(Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), world)![0]);
        var body = Samples.BodyFor(operation, world) is { } members ? JsonSerializer.Serialize(members) : null;
        return new Request(operation.Method, path, body, world.Client.TenantId.ToString(), world.Client.Host.Token(world.Client.TenantId, "ada", Role.Admin));
    }

    private static IEnumerable<(int Status, Request Request)> WrongFor(Operation operation, Request right, World world)
    {
        var host = world.Client.Host;
        yield return (401, right with { Token = null });
        yield return (401, right with { Token = right.Token![..^8] });
        yield return (400, right with { Tenant = null });
        yield return (400, right with { Tenant = "acme" });
        yield return (403, right with { Tenant = Guid.CreateVersion7().ToString() });
        yield return (405, right with { Method = "TRACE" });
        if (operation.Role > Role.Viewer) yield return (403, right with { Token = host.Token(world.Client.TenantId, "viewer", Role.Viewer) });
        if (operation.PathIds.Count > 0) yield return (404, right with { Path = operation.PathWith(Guid.CreateVersion7().ToString()) });
        if (operation.Method is "PUT" or "PATCH" or "DELETE")
        {
            yield return (412, right with { IfMatch = "\"999\"" });
            yield return (400, right with { IfMatch = "999" });
        }

        if (operation.Query is not null)
        {
            foreach (var query in new[] { "nonsense=1", "take=0", "take=x", "take=1&take=2", "cursor=nonsense" }) yield return (400, right with { Path = $"{right.Path}?{query}" });
        }

        if (operation.Body is null) yield break;
        yield return (415, right with { ContentType = "text/plain" });
        yield return (413, right with { Body = right.Body + new string(' ', 1024 * 1024) });
        var members = right.Body![1..];
        foreach (var body in new[]
        {
            "", "nonsense", "null", "[]", "{", right.Body[..^1], $"[{right.Body}]", right.Body + right.Body,
            $$"""{"shoeSize":38,{{members}}""", $$"""{"version":1,{{members}}""", $$"""{{{members[..^1]}},{{members}}""", $$"""{"tenantId":"{{Guid.CreateVersion7()}}",{{members}}""",
        })
        {
            if (body.Length > 0 || !operation.Body.IsOptional) yield return (400, right with { Body = body });
        }

        foreach (var name in Samples.Bodies[operation.Body.Type].Keys)
        {
            foreach (var value in new[] { "null", "{}", "[]", "\"\\ud800\"", "\"a\\u0000b\"" })
            {
                if (value == "[]" && name == "rules" && operation.Collection == "automation") continue; // no rules are as good as some
                yield return (400, right with { Body = JsonSerializer.Serialize(Samples.BodyFor(operation, world)!.ToDictionary(pair => pair.Key, pair => pair.Key == name ? "(value)" : pair.Value)).Replace("\"(value)\"", value, StringComparison.Ordinal) });
            }
        }
    }

    private static async Task<Answer> SendAsync(CrmHost host, Request request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Path);
        if (request.Token is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", request.Token);
        if (request.Tenant is not null) message.Headers.Add("X-Tenant-Id", request.Tenant);
        if (request.Key is not null) message.Headers.Add("Idempotency-Key", request.Key);
        if (request.IfMatch is not null) message.Headers.TryAddWithoutValidation("If-Match", request.IfMatch);
        if (request.Body is not null) message.Content = new StringContent(request.Body, Encoding.UTF8, request.ContentType);
        message.Headers.ExpectContinue = request.Body?.Length > 1024 * 1024; // what is refused by its length alone is never sent
        using var response = await host.Http.SendAsync(message);
        return await Answer.ReadAsync(response);
    }
}
