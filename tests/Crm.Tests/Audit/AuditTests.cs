using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Contracts.Routing;
using Crm.Contracts.Scoring;
using Crm.Services.Audit;
using Crm.Tests.Kit;
using Crm.Tests.Members;
using Crm.Tests.Walls;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Audit;

public sealed class AuditTests
{
    private static readonly string[] Untold = ["deleted", "restored"]; // the type says what was before and after

    [Theory, EachDatabase]
    public async Task Every_operation_that_changes_something_says_who_by_what_from_where_and_what_was_before_and_after(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var world = await World.MakeAsync(client, $"user-{Guid.CreateVersion7():N}");
        var token = Tokens.Of(client.TenantId, "zoe", ("role", "ADMIN"), ("jti", "the-one-of-zoe"));
        await client.AsAsync(token, HttpMethod.Get, "/api/me");
        var operations = Operation.Api(client.Host).Where(operation => operation.Method != "GET" && !IsTold(operation)).ToList();
        operations.Count.ShouldBeGreaterThan(20);
        foreach (var operation in operations)
        {
            var fresh = await world.FreshAsync();
            var path = operation.PathIds.Count == 0 ? operation.Path : operation.PathWith(Samples.IdsFor(operation, new IdPlace(PlaceKind.Path, operation.PathIds[0]), fresh)![0]);
            if (path.EndsWith("/restore", StringComparison.Ordinal)) (await client.DeleteAsync(path[..^"/restore".Length])).ShouldBe(HttpStatusCode.NoContent);
            if (path.EndsWith("/enable", StringComparison.Ordinal)) (await client.PostAsync($"{path[..^"/enable".Length]}/disable")).ShouldBe(HttpStatusCode.OK);
            if (path.EndsWith("/activate", StringComparison.Ordinal)) (await client.PostAsync($"{path[..^"/activate".Length]}/deactivate")).ShouldBe(HttpStatusCode.OK);
            if (operation is { Method: "DELETE", Path: "/api/tasks/{id}/complete" }) (await client.PutAsync(path)).ShouldBe(HttpStatusCode.OK);
            var before = (await client.GetAsync("/api/audit?total=exact&take=1"))["total"].GetInt32();

            var answer = await client.AsAsync(token, new HttpMethod(operation.Method), path, ChangingBody(operation, fresh));

            ((int)answer.Status).ShouldBeInRange(200, 299, $"{operation.Name}: {answer.Text}");
            var count = (await client.GetAsync("/api/audit?total=exact&take=1"))["total"].GetInt32() - before;
            count.ShouldBeGreaterThan(0, $"{operation.Name} left no entry in the audit");
            foreach (var entry in (await client.GetAsync($"/api/audit?take={count}")).Items)
            {
                entry.GetProperty("actor").GetString().ShouldBe("zoe", operation.Name);
                entry.GetProperty("credential").GetString().ShouldBe("token:the-one-of-zoe", operation.Name);
                entry.GetProperty("address").GetString().ShouldBe("127.0.0.1", operation.Name);
                entry.GetProperty("traceId").GetString()!.Length.ShouldBe(32, operation.Name);
                if (Untold.Contains(entry.GetProperty("type").GetString()!.Split('.')[1])) continue;
                entry.GetProperty("changes").EnumerateObject().ShouldNotBeEmpty(operation.Name);
                foreach (var change in entry.GetProperty("changes").EnumerateObject()) change.Value.GetProperty("from").ToString().ShouldNotBe(change.Value.GetProperty("to").ToString(), operation.Name);
            }
        }
    }

    /// <summary>What only has something told again or tried, which the log of deliveries or the list of runs tells; what one has read of one's own notifications; and what learns, of more outcomes than there are here.</summary>
    private static bool IsTold(Operation operation) =>
        operation.Collection == "notifications" || operation.Path is "/api/events/redrive" or "/api/webhooks/{id}/test" or "/api/webhooks/{id}/redrive" or "/api/webhooks/{id}/replay" or "/api/automation/scoring/train"
            or "/api/automation/runs/{id}/retry" or "/api/automation/workflows/{id}/test" or "/api/automation/workflows/{id}/rehearse";

    [Theory, EachDatabase]
    public async Task A_change_of_a_role_and_of_the_settings_is_told_once_and_of_nothing_where_nothing_changed(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.As(Role.Rep, "bob").GetAsync("/api/me");

        (await client.PatchAsync("/api/members/bob", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync("/api/members/bob", new { role = "MANAGER" })).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync("/api/settings", new { name = "Nordwind", timeZone = "Europe/Berlin" })).ShouldBe(HttpStatusCode.OK);
        (await client.PatchAsync("/api/settings", new { name = "Nordwind" })).ShouldBe(HttpStatusCode.OK);

        var entries = (await client.GetAsync("/api/audit")).Items;
        entries.Select(entry => entry.GetProperty("type").GetString()).ShouldBe(["settings.changed", "member.role_changed"]);
        entries.Select(entry => entry.GetProperty("subject").GetString()).ShouldBe(["settings", "members/bob"]);
        entries.ShouldAllBe(entry => entry.GetProperty("version").ValueKind == JsonValueKind.Null);
        entries[0].GetProperty("changes").GetRawText().ShouldBe("""{"name":{"from":null,"to":"Nordwind"},"timeZone":{"from":"UTC","to":"Europe/Berlin"}}""");
        entries[1].GetProperty("changes").GetRawText().ShouldBe("""{"role":{"from":"REP","to":"MANAGER"}}""");
        (await client.GetAsync("/api/audit?subject=members/bob")).Items.Count.ShouldBe(1);
        (await client.GetAsync("/api/audit?subject=settings")).Items.Count.ShouldBe(1);
        (await client.GetAsync("/api/audit?subject=members/ada")).Items.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task What_happened_outside_a_request_is_written_for_tenants_that_there_are(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        await client.GetAsync("/api/me");
        var log = client.Host.Services.GetRequiredService<AuditLog>();
        var failed = new AuditEntry("sign_in.failed", "ada", "members", "ada", "203.0.113.9", "password");

        (await log.WriteAsync(client.TenantId, failed, TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await log.WriteAsync(Guid.CreateVersion7(), failed, TestContext.Current.CancellationToken)).ShouldBeFalse();

        var entry = (await client.GetAsync("/api/audit")).Items.ShouldHaveSingleItem();
        (entry.GetProperty("type").GetString(), entry.GetProperty("address").GetString(), entry.GetProperty("credential").GetString()).ShouldBe(("sign_in.failed", "203.0.113.9", "password"));
        entry.GetProperty("changes").EnumerateObject().ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task Nobody_sees_an_entry_of_another_tenant_by_any_filter(Database database)
    {
        var host = await Hosts.For(database);
        var (own, foreign) = (host.NewTenant(), host.NewTenant());
        var lead = await foreign.MakeAsync("leads", new { lastName = "Kanarienvogel" });
        await foreign.PatchAsync("/api/settings", new { name = "Kanarienvogel" });
        await own.MakeAsync("leads", new { lastName = "Lovelace" });

        foreach (var query in new[] { "", "?actor=ada", "?type=lead.created", $"?recordId={lead}", $"?subject=leads/{lead}", "?subject=settings", "?address=127.0.0.1", "?format=csv", "?sort=occurredAt&total=exact" })
        {
            var seen = await own.GetAsync($"/api/audit{query}");
            seen.ShouldBe(HttpStatusCode.OK).Text.ShouldNotContain("Kanarienvogel");
            seen.Text.ShouldNotContain($"{lead}");
            seen.Headers["Content-Type"].ShouldStartWith(query.Contains("csv", StringComparison.Ordinal) ? "text/csv" : "application/json");
        }

        (await own.GetAsync("/api/audit"))["total"].GetInt32().ShouldBe(1);
        (await foreign.GetAsync("/api/audit"))["total"].GetInt32().ShouldBe(2);
    }

    [Theory, EachDatabase]
    public async Task Every_filter_finds_what_it_names_and_nothing_else(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var bob = client.As(Role.Rep, "bob");
        var first = await client.MakeAsync("leads", new { lastName = "First" });
        var second = await bob.MakeAsync("leads", new { lastName = "Second" });
        await bob.PatchAsync($"/api/leads/{first}", new { lastName = "Changed" });
        var all = (await client.GetAsync("/api/audit?sort=occurredAt")).Items;
        var middle = Uri.EscapeDataString(all[1].GetProperty("occurredAt").GetString()!);
        var credential = Uri.EscapeDataString(all[1].GetProperty("credential").GetString()!);

        await ShouldFindAsync("", 0, 1, 2);
        await ShouldFindAsync("actor=bob", 1, 2);
        await ShouldFindAsync("actor=me", 0);
        await ShouldFindAsync("actor=me,bob", 0, 1, 2);
        await ShouldFindAsync("actor=none");
        await ShouldFindAsync("type=lead.created", 0, 1);
        await ShouldFindAsync("type=lead.created&actor=bob", 1);
        await ShouldFindAsync($"recordId={first}", 0, 2);
        await ShouldFindAsync($"recordId={first},{second}", 0, 1, 2);
        await ShouldFindAsync($"subject=leads/{second}", 1);
        await ShouldFindAsync($"subject=deals/{second}");
        await ShouldFindAsync($"occurredFrom={middle}", 1, 2);
        await ShouldFindAsync($"occurredTo={middle}", 0);
        await ShouldFindAsync($"credential={credential}", 1, 2);
        await ShouldFindAsync("address=127.0.0.1", 0, 1, 2);
        await ShouldFindAsync("address=10.0.0.1");
        foreach (var (query, fault) in new[] { ("format=xml", "format"), ("search=x", "search"), ("sort=actor", "sort"), ("format=csv&take=5", "take"), ("format=csv&cursor=x", "cursor"), ("format=csv&total=none", "total"), ($"occurredFrom={middle}&occurredTo=2001-01-01T00:00:00Z", "occurredTo") })
        {
            (await client.GetAsync($"/api/audit?{query}")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([fault], query);
        }

        async Task ShouldFindAsync(string query, params int[] which) => (await client.GetAsync($"/api/audit?sort=occurredAt&{query}")).ShouldBe(HttpStatusCode.OK)
            .Items.Select(entry => entry.GetProperty("id").GetString()).ShouldBe(which.Select(i => all[i].GetProperty("id").GetString()), query);
    }

    [Theory, EachDatabase]
    public async Task Walking_by_cursor_while_others_write_gives_every_entry_that_was_there_once(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        for (var i = 0; i < 30; i++) await client.MakeAsync("leads", new { lastName = $"Before {i}" });
        var there = (await client.GetAsync("/api/audit?take=200")).Items.Select(entry => entry.GetProperty("id").GetString()!).ToHashSet(StringComparer.Ordinal);
        foreach (var sort in new[] { "occurredAt", "-occurredAt" })
        {
            using var stop = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested) await client.MakeAsync("leads", new { lastName = "Meanwhile" });
            }, TestContext.Current.CancellationToken);
            var seen = new List<string>();
            var path = $"/api/audit?sort={sort}&take=3&total=none";
            for (var page = await client.GetAsync(path); ; page = await client.GetAsync($"{path}&cursor={page["nextCursor"].GetString()}"))
            {
                seen.AddRange(page.Items.Select(entry => entry.GetProperty("id").GetString()!));
                if (page["nextCursor"].ValueKind == JsonValueKind.Null || there.IsSubsetOf(seen)) break;
            }

            await stop.CancelAsync();
            await writing;
            seen.ShouldBeUnique();
            there.IsSubsetOf(seen).ShouldBeTrue();
        }
    }

    private static Dictionary<string, object?>? ChangingBody(Operation operation, World world)
    {
        if (Samples.BodyFor(operation, world) is not { } body) return null;
        if (operation.Body!.Type == typeof(MemberFields)) body["role"] = operation.Method == "PUT" ? "MANAGER" : "VIEWER";
        else if (operation.Body.Type == typeof(Crm.Contracts.Settings.SettingsFields)) body["name"] = $"Name by {operation.Method}";
        else if (operation.Body.Type == typeof(AvailabilityFields)) body["leadsPerDay"] = 7;
        else if (operation.Body.Type == typeof(RoutingFields)) body["fallbackId"] = world.Member;
        else if (operation.Body.Type == typeof(ScoringFields)) body["rules"] = new[] { new { name = "Referred", points = 1 } };
        else if (operation.Method is "PUT" or "PATCH") foreach (var name in new[] { "lastName", "name", "title", "subject" }.Where(body.ContainsKey)) body[name] = $"Changed by {operation.Method}";
        return body;
    }
}
