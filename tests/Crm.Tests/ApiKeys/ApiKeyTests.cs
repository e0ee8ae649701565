using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Crm.Tests.Members;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Crm.Tests.ApiKeys;

public sealed class ApiKeyTests
{
    [Theory, EachDatabase]
    public async Task A_key_is_shown_once_and_kept_nowhere(Database database)
    {
        using var logs = new CapturedLogs();
        string key;
        await using (var host = await logs.StartHostAsync(database, Environments.Development))
        {
            var admin = host.NewTenant();
            var body = new { name = "Program", role = "REP", resources = new[] { "leads" } };
            var made = (await admin.PostAsync("/api/api-keys", body, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Created);
            key = made["key"].GetString()!;
            var again = (await admin.PostAsync("/api/api-keys", body, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Created);
            (await admin.ByKeyAsync(key, HttpMethod.Post, "/api/leads", new { lastName = "Lovelace" })).ShouldBe(HttpStatusCode.Created);
            (await admin.ByKeyAsync(key + "0", HttpMethod.Get, "/api/leads")).ShouldBe(HttpStatusCode.Unauthorized);

            again.Bytes.ShouldBe(made.Bytes); // sealed until then
            made["prefix"].GetString().ShouldBe(key[..key.LastIndexOf('_')]);
            foreach (var path in new[] { "/api/api-keys", $"/api/api-keys/{made.Id}", "/api/members" }) (await admin.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Text.ShouldNotContain(Secret(key));
            (await admin.GetAsync($"/api/api-keys/{made.Id}")).Json.TryGetProperty("key", out _).ShouldBeFalse();

            await using var connection = await Sql.OpenAsync(database, host.ConnectionString);
            foreach (var table in await Catalogue.TableNamesAsync(database, connection))
            {
                foreach (var value in (await connection.RowsAsync($"SELECT * FROM {table}")).SelectMany(row => row))
                {
                    (value is byte[] bytes ? Encoding.UTF8.GetString(bytes) + Convert.ToHexStringLower(bytes) : $"{value}").ShouldNotContain(Secret(key), customMessage: table);
                }
            }
        }

        logs.Lines.ShouldAllBe(line => !line.Whole.Contains(Secret(key)));
    }

    [Theory, EachDatabase]
    public async Task Its_bearer_acts_as_a_member_of_its_own_with_its_role_and_its_name(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var (id, key) = await admin.MakeKeyAsync(Role.Manager);

        var me = await admin.ByKeyAsync(key, HttpMethod.Get, "/api/me");
        var lead = (await admin.ByKeyAsync(key, HttpMethod.Post, "/api/leads", new { lastName = "Lovelace", ownerId = "me" })).ShouldBe(HttpStatusCode.Created);
        await admin.PatchAsync($"/api/api-keys/{id}", new { name = "Website form" });
        (await admin.ByKeyAsync(key, HttpMethod.Delete, $"/api/leads/{lead.Id}")).ShouldBe(HttpStatusCode.NoContent);

        (me["id"].GetString(), me["name"].GetString(), me["role"].GetString()).ShouldBe(($"key:{id}", "Program", "MANAGER"));
        (lead["createdBy"].GetString(), lead["ownerId"].GetString()).ShouldBe(($"key:{id}", $"key:{id}"));
        (await admin.RecordedAsync(lead.Id)).ShouldAllBe(told => told.Actor == $"key:{id}");
        (await admin.GetAsync($"/api/members/key:{id}"))["name"].GetString().ShouldBe("Website form");
        (await admin.PatchAsync($"/api/members/key:{id}", new { role = "ADMIN" })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
    }

    [Theory, EachDatabase]
    public async Task No_token_is_taken_whose_user_looks_like_a_key(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var (id, _) = await admin.MakeKeyAsync();

        (await admin.AsAsync(Tokens.Of(admin.TenantId, $"key:{id}"), HttpMethod.Get, "/api/me")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory, EachDatabase]
    public async Task A_revoked_key_is_refused_at_once_on_every_instance(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connection);
        await using var second = await CrmHost.StartAsync(database, connection);
        var admin = first.NewTenant();
        var (id, key) = await admin.MakeKeyAsync();
        (await second.AskAsync(key, admin.TenantId)).ShouldBe(HttpStatusCode.OK);

        (await admin.DeleteAsync($"/api/api-keys/{id}")).ShouldBe(HttpStatusCode.NoContent);

        foreach (var host in new[] { first, second }) (await host.AskAsync(key, admin.TenantId)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        var read = await admin.GetAsync($"/api/api-keys/{id}");
        read["revokedAt"].GetString().ShouldNotBeNull();
        (await admin.DeleteAsync($"/api/api-keys/{id}")).ShouldBe(HttpStatusCode.NoContent);
        (await admin.GetAsync($"/api/api-keys/{id}"))["revokedAt"].GetString().ShouldBe(read["revokedAt"].GetString());
        (await admin.GetAsync("/api/api-keys?revoked=true"))["total"].GetInt32().ShouldBe(1);
        (await admin.GetAsync("/api/api-keys?revoked=false"))["total"].GetInt32().ShouldBe(0);
        (await admin.PostAsync("/api/leads", new { lastName = "Lovelace", ownerId = $"key:{id}" })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference");
    }

    [Theory, EachDatabase]
    public async Task A_key_ends_at_its_end_and_its_use_is_noted_once_a_minute(Database database)
    {
        var clock = new MovableClock();
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var admin = host.NewTenant();
        var (id, key) = await admin.MakeKeyAsync(expiresAt: clock.GetUtcNow().AddMinutes(10));
        (await UsedAsync(0)).ShouldBeNull();

        await admin.ByKeyAsync(key, HttpMethod.Get, "/api/me");
        var first = await UsedAsync(200);
        clock.Advance(TimeSpan.FromSeconds(30));
        await admin.ByKeyAsync(key, HttpMethod.Get, "/api/me");
        var soon = await UsedAsync(0);
        clock.Advance(TimeSpan.FromSeconds(31));
        await admin.ByKeyAsync(key, HttpMethod.Get, "/api/me");
        var later = await UsedAsync(200, first);

        first.ShouldNotBeNull();
        soon.ShouldBe(first);
        later.ShouldNotBe(first);
        clock.Advance(TimeSpan.FromMinutes(10));
        (await admin.ByKeyAsync(key, HttpMethod.Get, "/api/me")).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");

        // It is noted behind the answer, so that one waits for it here, not for luck but for what must come.
        async Task<string?> UsedAsync(int tries, string? but = null)
        {
            var used = (await admin.GetAsync($"/api/api-keys/{id}"))["lastUsedAt"].GetString();
            for (; tries > 0 && used == but; tries--)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
                used = (await admin.GetAsync($"/api/api-keys/{id}"))["lastUsedAt"].GetString();
            }

            return used;
        }
    }

    [Theory, EachDatabase]
    public async Task A_key_of_one_tenant_is_none_of_another_and_provisions_nothing(Database database)
    {
        var (own, foreign, unknown) = ((await Hosts.For(database)).NewTenant(), (await Hosts.For(database)).NewTenant(), Guid.CreateVersion7());
        var (_, key) = await own.MakeKeyAsync(Role.Admin);
        await foreign.GetAsync("/api/me");
        var before = (await DataHash.OfAsync(own.Host, foreign.TenantId), await DataHash.OfAsync(own.Host, unknown));

        foreach (var tenant in new[] { foreign.TenantId, unknown })
        {
            (await own.Host.AskAsync(key, tenant)).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
            (await own.Host.AskAsync(key, tenant, "/api/leads", HttpMethod.Post, new { lastName = "Lovelace" })).ShouldFail(HttpStatusCode.Forbidden, "tenant-forbidden");
            var moved = key.Replace($"{own.TenantId:N}", $"{tenant:N}", StringComparison.Ordinal);
            foreach (var asked in new[] { tenant, own.TenantId }) (await own.Host.AskAsync(moved, asked)).ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        }

        (await own.Host.SendPlainAsync(HttpMethod.Get, "/api/me", null, PlainRequests.Bearer(key))).ShouldFail(HttpStatusCode.BadRequest, "tenant-required");
        (await DataHash.OfAsync(own.Host, foreign.TenantId), await DataHash.OfAsync(own.Host, unknown)).ShouldBe(before);
    }

    [Theory, EachDatabase]
    public async Task A_key_that_is_not_quite_one_is_refused_like_any_other(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var (_, key) = await admin.MakeKeyAsync();
        var (revoked, revokedKey) = await admin.MakeKeyAsync();
        var (_, otherKey) = await admin.MakeKeyAsync();
        await admin.DeleteAsync($"/api/api-keys/{revoked}");
        var before = await DataHash.OfAsync(admin.Host, admin.TenantId);
        var parts = key.Split('_');
        var spoilt = new List<string> { revokedKey, key.ToUpperInvariant(), "CRM" + key[3..], key[..^1], key[..^64], key + "0", key + "_", "crm_", "crm_x", "crm", string.Join('_', "crm", parts[1], otherKey.Split('_')[2], parts[3]), $"{key[..^1]}g", key.Replace('_', '-'), $"{key[..60]} {key[60..]}" };
        for (var part = 1; part < parts.Length; part++)
        {
            foreach (var at in new[] { 0, parts[part].Length / 2, parts[part].Length - 1 })
            {
                var changed = parts.ToArray();
                changed[part] = string.Concat(parts[part].Select((c, i) => i == at ? (c == '0' ? '1' : '0') : c));
                spoilt.Add(string.Join('_', changed));
            }
        }

        var answers = new List<Answer>();
        foreach (var wrong in spoilt) answers.Add(await admin.Host.AskAsync(wrong, admin.TenantId));

        foreach (var answer in answers) answer.ShouldFail(HttpStatusCode.Unauthorized, "unauthenticated");
        answers.Select(Comparable).Distinct().Count().ShouldBe(1);
        (await DataHash.OfAsync(admin.Host, admin.TenantId)).ShouldBe(before);
        (await admin.Host.AskAsync(key, admin.TenantId)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, EachDatabase]
    public async Task What_can_be_no_key_costs_no_question(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connection);
        var admin = host.NewTenant();
        var (_, key) = await admin.MakeKeyAsync();
        using var commands = Crm.Tests.Scale.CapturedCommands.Of(database, connection);

        foreach (var wrong in new[] { "crm_", key[..^1], key.ToUpperInvariant(), key + "0", $"{key[..^1]}g" }) (await host.AskAsync(wrong, admin.TenantId)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.SendPlainAsync(HttpMethod.Get, "/health/live", null, PlainRequests.Bearer(key))).ShouldBe(HttpStatusCode.OK);
        commands.Take().ShouldBeEmpty();

        (await host.AskAsync($"{key[..^1]}{(key[^1] == '0' ? '1' : '0')}", admin.TenantId)).ShouldBe(HttpStatusCode.Unauthorized);
        commands.Take().Count.ShouldBe(1);
    }

    [Theory]
    [EachDatabase("""{ "role": "REP" }""", "/name"), EachDatabase("""{ "name": "x" }""", "/role"), EachDatabase("""{ "name": "x", "role": "OWNER" }""", "/role"), EachDatabase("""{ "name": "x", "role": "REP", "resources": [] }""", "/resources")]
    [EachDatabase("""{ "name": "x", "role": "REP", "resources": ["lead"] }""", "/resources"), EachDatabase("""{ "name": "x", "role": "REP", "resources": ["leads", "leads"] }""", "/resources"), EachDatabase("""{ "name": "x", "role": "REP", "expiresAt": "2020-01-01T00:00:00Z" }""", "/expiresAt"), EachDatabase("""{ "name": "x", "role": "REP", "key": "crm_mine" }""", "/key")]
    public async Task What_is_no_key_is_400_at_its_place(Database database, string body, string fault)
    {
        var admin = (await Hosts.For(database)).NewTenant();

        (await admin.PostAsync("/api/api-keys", body)).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([fault]);
    }

    private static string Secret(string key) => key[(key.LastIndexOf('_') + 1)..];

    private static string Comparable(Answer answer)
    {
        var body = JsonNode.Parse(answer.Text)!.AsObject();
        body["traceId"] = "";
        return string.Join('\n', [.. answer.Headers.Where(header => header.Key != "Date").OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {header.Value}"), body.ToJsonString()]);
    }
}
