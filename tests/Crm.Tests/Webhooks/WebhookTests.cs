using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Services.Webhooks;
using Crm.Tests.ApiKeys;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Webhooks;

public sealed class WebhookTests(WebhookHosts hosts) : IClassFixture<WebhookHosts>
{
    private const string Url = "https://hooks.crm.example/in";

    [Theory, EachDatabase]
    public async Task A_webhook_shows_its_secret_once(Database database)
    {
        var crm = await hosts.For(database);
        var admin = crm.Host.NewTenant();

        var made = (await admin.PostAsync("/api/webhooks", new { url = Url, name = "Warehouse", types = new[] { "lead.created", "deal.won" }, filter = new { field = "tags", contains = "vip" } })).ShouldBe(HttpStatusCode.Created);

        made.Headers["Location"].ShouldBe($"/api/webhooks/{made.Id}");
        var secret = made["secret"].GetString()!;
        secret.ShouldStartWith("whsec_");
        Convert.FromBase64String(secret["whsec_".Length..]).Length.ShouldBe(32);
        made["state"].GetString().ShouldBe("ACTIVE");
        made["types"].EnumerateArray().Select(type => type.GetString()).ShouldBe(["deal.won", "lead.created"]);
        made["filter"].GetRawText().ShouldBe("""{"field":"tags","contains":"vip"}""");
        foreach (var path in new[] { $"/api/webhooks/{made.Id}", "/api/webhooks", "/api/audit" }) (await admin.GetAsync(path)).ShouldBe(HttpStatusCode.OK).Text.ShouldNotContain(secret[6..30]);
        (await admin.GetAsync($"/api/webhooks/{made.Id}")).Json.TryGetProperty("secret", out _).ShouldBeFalse();
        (await admin.GetAsync("/api/webhooks")).Items.ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("Warehouse");
    }

    [Theory, EachDatabase]
    public async Task Asked_again_under_its_key_the_answer_shows_the_same_secret(Database database)
    {
        var crm = await hosts.For(database);
        var admin = crm.Host.NewTenant();
        var first = (await admin.PostAsync("/api/webhooks", new { url = Url }, ("Idempotency-Key", "one"))).ShouldBe(HttpStatusCode.Created);

        var again = await admin.PostAsync("/api/webhooks", new { url = Url }, ("Idempotency-Key", "one"));

        again.Text.ShouldBe(first.Text);
        (await admin.GetAsync("/api/webhooks")).Items.Count.ShouldBe(1);
        var kept = await crm.Host.QueryAsync(admin.TenantId, db => db.IdempotencyKeys.Select(k => k.Body).SingleAsync());
        System.Text.Encoding.Latin1.GetString(kept!).ShouldNotContain(first["secret"].GetString()!);
    }

    [Theory, EachDatabase]
    public async Task What_an_admin_does_to_a_webhook_stands_in_the_audit_without_its_secret(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());

        (await hook.Admin.PatchAsync(hook.Path, new { name = "Other" })).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(2);
        (await hook.Admin.PatchAsync(hook.Path, new { name = "Other" })).ShouldBe(HttpStatusCode.OK)["version"].GetInt32().ShouldBe(2);
        var rotated = (await hook.Admin.PostAsync($"{hook.Path}/rotate-secret")).ShouldBe(HttpStatusCode.OK);
        foreach (var _ in (int[])[1, 2]) (await hook.Admin.PostAsync($"{hook.Path}/disable")).ShouldBe(HttpStatusCode.OK)["disabledReason"].GetString().ShouldBe("REQUESTED");
        foreach (var _ in (int[])[1, 2]) (await hook.Admin.PostAsync($"{hook.Path}/enable")).ShouldBe(HttpStatusCode.OK)["state"].GetString().ShouldBe("ACTIVE");
        await hook.Admin.PostAsync($"{hook.Path}/test");
        (await hook.Admin.DeleteAsync(hook.Path)).ShouldBe(HttpStatusCode.NoContent);
        (await hook.Admin.DeleteAsync(hook.Path)).ShouldBe(HttpStatusCode.NotFound);

        (await hook.AuditedAsync()).ShouldBe(["webhook.created", "webhook.changed", "webhook.secret_rotated", "webhook.disabled", "webhook.enabled", "webhook.deleted"]);
        var log = await crm.Host.QueryAsync(hook.Admin.TenantId, async db => string.Concat((await db.Events.ToListAsync()).Select(e => e.Changes + e.Record)));
        foreach (var secret in new[] { hook.Secret, rotated["secret"].GetString()! }) log.ShouldNotContain(secret[6..30]);
        (await crm.Host.QueryAsync(hook.Admin.TenantId, db => db.WebhookDeliveries.CountAsync())).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_stale_change_is_refused(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var tag = (await hook.ReadAsync()).ETag;
        await hook.Admin.PatchAsync(hook.Path, new { name = "First" }, ("If-Match", tag));

        (await hook.Admin.PatchAsync(hook.Path, new { name = "Second" }, ("If-Match", tag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        foreach (var action in new[] { "disable", "enable", "rotate-secret" }) (await hook.Admin.PostAsync($"{hook.Path}/{action}", null, ("If-Match", tag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await hook.Admin.DeleteAsync(hook.Path, ("If-Match", tag))).ShouldFail(HttpStatusCode.PreconditionFailed, "stale");
        (await hook.ReadAsync())["name"].GetString().ShouldBe("First");
    }

    [Theory]
    [EachDatabase("""{ "url": "https://hooks.crm.example", "types": [] }""", "/types"), EachDatabase("""{ "url": "https://hooks.crm.example", "types": ["lead.created", "lead.created"] }""", "/types")]
    [EachDatabase("""{ "url": "https://hooks.crm.example", "types": ["member.role_changed"] }""", "/types"), EachDatabase("""{ "url": "https://hooks.crm.example", "types": ["lead.*"] }""", "/types")]
    [EachDatabase("""{ "url": "hooks.crm.example" }""", "/url"), EachDatabase("""{ "url": "https://crm:secret@hooks.crm.example" }""", "/url"), EachDatabase("""{ "url": "https://hooks.crm.example", "secret": "whsec_mine" }""", "/secret")]
    [EachDatabase("""{ "url": "https://hooks.crm.example", "types": ["lead.created"], "filter": { "field": "stage", "is": "LEAD" } }""", "/filter/field")]
    public async Task What_is_no_webhook_is_400_at_its_place(Database database, string body, string fault)
    {
        var admin = (await hosts.For(database)).Host.NewTenant();

        (await admin.PostAsync("/api/webhooks", body)).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe([fault]);
    }

    [Theory, EachDatabase]
    public async Task A_change_is_held_against_what_stays(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant(), ["deal.won"], new { field = "stage", @is = "CLOSED_WON" });

        (await hook.Admin.PatchAsync(hook.Path, new { types = new[] { "lead.created" } })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/filter/field"]);
        var changed = (await hook.Admin.PatchAsync(hook.Path, """{ "types": ["lead.created"], "filter": null }""")).ShouldBe(HttpStatusCode.OK);

        changed["filter"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory, EachDatabase]
    public async Task A_key_with_limits_makes_no_webhook_which_outlives_or_exceeds_it(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var (_, narrow) = await hook.Admin.MakeKeyAsync(Role.Admin, resources: ["webhooks"]);
        var (_, whole) = await hook.Admin.MakeKeyAsync(Role.Admin);

        (await hook.Admin.ByKeyAsync(narrow, HttpMethod.Post, "/api/webhooks", new { url = Url })).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        (await hook.Admin.ByKeyAsync(narrow, HttpMethod.Patch, hook.Path, new { url = Url })).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        foreach (var action in new[] { "enable", "rotate-secret" }) (await hook.Admin.ByKeyAsync(narrow, HttpMethod.Post, $"{hook.Path}/{action}")).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
        (await hook.Admin.ByKeyAsync(narrow, HttpMethod.Get, hook.Path)).ShouldBe(HttpStatusCode.OK);
        (await hook.Admin.ByKeyAsync(whole, HttpMethod.Post, "/api/webhooks", new { url = Url })).ShouldBe(HttpStatusCode.Created);
    }

    [Theory, EachDatabase]
    public async Task A_key_sees_no_record_among_the_deliveries_that_it_is_not_for(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await crm.TellAsync();
        (await hook.Admin.PostAsync($"{hook.Path}/test")).ShouldBe(HttpStatusCode.OK);

        foreach (var (resources, types) in new (string[]?, string[])[] { (["webhooks"], ["webhook.test"]), (["webhooks", "tasks"], ["webhook.test"]), (["webhooks", "leads"], ["lead.created", "webhook.test"]), (null, ["lead.created", "webhook.test"]) })
        {
            var (_, key) = await hook.Admin.MakeKeyAsync(Role.Admin, resources: resources);
            (await hook.Admin.ByKeyAsync(key, HttpMethod.Get, $"{hook.Path}/deliveries?sort=at")).ShouldBe(HttpStatusCode.OK).Items.Select(item => item.GetProperty("type").GetString()).ShouldBe(types);
        }
    }

    [Theory, EachDatabase]
    public async Task A_tenant_has_no_more_webhooks_than_can_be_told(Database database)
    {
        var admin = (await hosts.For(database)).Host.NewTenant();
        for (var i = 0; i < WebhookService.Most; i++) (await admin.PostAsync("/api/webhooks", new { url = Url, enabled = false })).ShouldBe(HttpStatusCode.Created);

        (await admin.PostAsync("/api/webhooks", new { url = Url })).ShouldFail(HttpStatusCode.Conflict, "limit-reached");

        (await admin.GetAsync("/api/webhooks?total=exact"))["total"].GetInt32().ShouldBe(WebhookService.Most);
    }

    [Theory, EachDatabase]
    public async Task A_test_is_sent_at_once_and_answered_with_what_came_of_it(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        await hook.Admin.PostAsync($"{hook.Path}/disable");

        var taken = (await hook.Admin.PostAsync($"{hook.Path}/test")).ShouldBe(HttpStatusCode.OK);
        crm.Endpoint.Answer(hook.Url, 500);
        var refused = (await hook.Admin.PostAsync($"{hook.Path}/test")).ShouldBe(HttpStatusCode.OK);

        (taken["outcome"].GetString(), taken["status"].GetInt32(), taken["type"].GetString(), taken["attempt"].GetInt32()).ShouldBe(("SUCCEEDED", 204, "webhook.test", 1));
        (refused["outcome"].GetString(), refused["status"].GetInt32()).ShouldBe(("FAILED", 500));
        refused["problem"].GetString()!.ShouldContain("500");
        hook.Sent.Select(sent => sent.Type).ShouldBe(["webhook.test", "webhook.test"]);
        hook.Sent[0].Id.ShouldBe(taken["eventId"].GetString());
        hook.Sent[0].Json.GetProperty("source").GetString().ShouldBe($"/crm/{hook.Admin.TenantId}");
        (await hook.DeliveriesAsync()).Select(delivery => delivery.GetProperty("id").GetGuid()).ShouldBe([taken.Id, refused.Id]);
        (await hook.ReadAsync())["failingSince"].ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory, EachDatabase]
    public async Task A_webhook_that_is_deleted_while_it_is_tested_leaves_nothing_behind(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        crm.Endpoint.Answer(hook.Url, async _ =>
        {
            (await hook.Admin.DeleteAsync(hook.Path)).ShouldBe(HttpStatusCode.NoContent);
            return Results.NoContent();
        });

        (await hook.Admin.PostAsync($"{hook.Path}/test")).ShouldFail(HttpStatusCode.NotFound, "not-found");

        (await crm.Host.QueryAsync(hook.Admin.TenantId, db => db.WebhookDeliveries.CountAsync())).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_disabled_webhook_is_not_sent_again_what_it_missed(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        await hook.Admin.PostAsync($"{hook.Path}/disable");

        (await hook.Admin.PostAsync($"{hook.Path}/redrive", new { })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await hook.Admin.PostAsync($"{hook.Path}/replay", new { since = "2026-01-01T00:00:00Z" })).ShouldFail(HttpStatusCode.Conflict, "invalid-transition");
        (await hook.Admin.PostAsync($"{hook.Path}/replay", new { since = "2999-01-01T00:00:00Z" })).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Faults.ShouldBe(["/since"]);
        (await hook.Admin.GetAsync("/api/webhooks?state=DISABLED")).Items.Count.ShouldBe(1);
        (await hook.Admin.GetAsync("/api/webhooks?state=ACTIVE")).Items.ShouldBeEmpty();
    }
}
