using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Crm.Tests.Walls;
using Shouldly;
using Xunit;

namespace Crm.Tests.Auth;

/// <summary>A request with two faults is told of the one that is checked first.</summary>
public sealed class OrderOfChecksTests
{
    /// <summary>In the order in which they are checked. The first two of a kind (415 and 413) exclude each other.</summary>
    private static readonly (string Name, int Status, string Code)[] Checks =
    [
        ("no token", 401, "unauthenticated"),
        ("no tenant", 400, "tenant-required"),
        ("another tenant", 403, "tenant-forbidden"),
        ("role", 403, "role-forbidden"),
        ("no JSON", 415, "unsupported-media-type"),
        ("too large", 413, "too-large"),
        ("unknown member", 400, "validation-failed"),
        ("no such deal", 404, "not-found"),
        ("stale", 412, "stale"),
        ("closed", 409, "invalid-transition"),
        ("no such lead", 422, "unknown-reference"),
    ];

    public static TheoryData<Database, string, string> Pairs()
    {
        var pairs = new TheoryData<Database, string, string>();
        foreach (var database in Enum.GetValues<Database>())
        {
            for (var i = 0; i < Checks.Length; i++)
            {
                for (var j = i + 1; j < Checks.Length; j++)
                {
                    if (CanBeBoth(Checks[i].Name, Checks[j].Name)) pairs.Add(database, Checks[i].Name, Checks[j].Name);
                }
            }
        }

        return pairs;
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Of_two_faults_the_one_that_is_checked_first_is_told(Database database, string first, string second)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var deal = await client.MakeAsync("deals", new { name = "Engine", stage = "CLOSED_WON" });
        await client.As(Role.Viewer, "viewer").GetAsync("/api/me");
        var before = await DataHash.OfAsync(client.Host, client.TenantId);

        foreach (var alone in new[] { first, second }) ShouldBe(await SendAsync(client, deal, [alone]), alone);
        ShouldBe(await SendAsync(client, deal, [first, second]), first);

        (await DataHash.OfAsync(client.Host, client.TenantId)).ShouldBe(before);
        RawHttp.StatusOf(await SendAsync(client, deal, [])).ShouldBe(200);
    }

    [Theory, EachDatabase]
    public async Task Every_operation_checks_token_tenant_role_and_media_type_before_anything_of_its_own(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Viewer, "viewer").GetAsync("/api/me");
        foreach (var operation in Operation.Api(client.Host))
        {
            var wrong = new List<string> { "no token", "another tenant", "role", "no JSON", "no such deal", "malformed tag" };
            if (operation.Role == Role.Viewer) wrong.Remove("role");
            if (operation.Body is null) wrong.Remove("no JSON");
            while (wrong[0] is not "no such deal")
            {
                var answer = await SendAsync(client, Guid.CreateVersion7(), wrong, operation);
                ShouldBe(answer, wrong[0], operation.Name);
                wrong.RemoveAt(0);
            }
        }
    }

    [Theory]
    [EachDatabase("leads", """{"lastName":"L","status":"CONVERTED","ownerId":"nobody"}""", 409)]
    [EachDatabase("deals", """{"name":"D","stage":"CLOSED_LOST","leadId":"019aa000-0000-7000-8000-000000000000"}""", 400)]
    [EachDatabase("deals", """{"name":"D","closedAt":"2020-01-01T00:00:00Z","leadId":"019aa000-0000-7000-8000-000000000000"}""", 400)]
    [EachDatabase("activities", """{"type":"CALL","subject":"A","occurredAt":"2999-01-01T00:00:00Z","leadId":"019aa000-0000-7000-8000-000000000000"}""", 400)]
    public async Task What_the_request_says_is_checked_before_what_it_refers_to(Database database, string collection, string body, int status)
    {
        var world = await World.MakeAsync((await Hosts.For(database)).NewTenant(), $"user-{Guid.CreateVersion7():N}");
        var id = collection switch { "leads" => world.Lead, "deals" => world.Deal, _ => world.Activity };

        ((int)(await world.Client.PostAsync($"/api/{collection}", body)).Status).ShouldBe(status);
        ((int)(await world.Client.PutAsync($"/api/{collection}/{id}", body)).Status).ShouldBe(status);
        ((int)(await world.Client.PatchAsync($"/api/{collection}/{id}", body)).Status).ShouldBe(status);
    }

    private static bool CanBeBoth(string first, string second) => (first, second) switch
    {
        ("no tenant", "another tenant") => false,
        ("no JSON", "too large") => false, // checked together
        ("no such deal", "stale" or "closed") => false,
        _ => true,
    };

    private static void ShouldBe(string answer, string fault, string? about = null)
    {
        var (_, status, code) = Checks.Single(check => check.Name == fault);
        RawHttp.StatusOf(answer).ShouldBe(status, $"{about} {fault}: {answer}");
        answer.ShouldContain($"\"code\":\"{code}\"", customMessage: about);
    }

    private static Task<string> SendAsync(Client client, Guid deal, IReadOnlyCollection<string> faults, Operation? operation = null)
    {
        var id = faults.Contains("no such deal") ? Guid.CreateVersion7() : deal;
        var (user, role) = faults.Contains("role") ? ("viewer", Role.Viewer) : ("ada", Role.Admin);
        var headers = new List<(string, string)>();
        if (!faults.Contains("no token")) headers.Add(("Authorization", $"Bearer {client.Host.Token(client.TenantId, user, role)}"));
        if (!faults.Contains("no tenant")) headers.Add(("X-Tenant-Id", (faults.Contains("another tenant") ? Guid.CreateVersion7() : client.TenantId).ToString()));
        if (faults.Contains("stale")) headers.Add(("If-Match", "\"999\""));
        if (faults.Contains("malformed tag")) headers.Add(("If-Match", "one"));

        var body = new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = "Engine" };
        if (faults.Contains("unknown member")) body["shoeSize"] = 38;
        if (faults.Contains("closed")) (body["stage"], body["lostReason"]) = ("CLOSED_LOST", "Price");
        if (faults.Contains("no such lead")) body["leadId"] = Guid.CreateVersion7();
        var json = operation is { Body: null } ? "" : JsonSerializer.Serialize(body);
        if (json.Length > 0)
        {
            headers.Add(("Content-Type", faults.Contains("no JSON") ? "text/plain" : "application/json"));
            headers.Add(("Content-Length", faults.Contains("too large") ? "1048577" : $"{json.Length}")); // told alone: nobody waits for the rest
        }

        return RawHttp.SendAsync(client.Host.Address, operation?.Method ?? "PATCH", operation?.PathWith(id.ToString()) ?? $"/api/deals/{id}", json, [.. headers]);
    }
}
