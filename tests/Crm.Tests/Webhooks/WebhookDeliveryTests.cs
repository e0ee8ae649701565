using System.Net;
using Crm.Services.Events;
using Crm.Services.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Webhooks;

/// <summary>What a webhook is told of, in which order, and what is kept of it.</summary>
public sealed class WebhookDeliveryTests(WebhookHosts hosts) : IClassFixture<WebhookHosts>
{
    [Theory, EachDatabase]
    public async Task A_webhook_is_told_of_its_types_and_as_its_filter_has_it(Database database)
    {
        var crm = await hosts.For(database);
        var admin = crm.Host.NewTenant();
        var all = await crm.MakeAsync(admin);
        var some = await crm.MakeAsync(admin, ["deal.created", "deal.updated"], new { any = new object[] { new { field = "value", greaterThan = 1000 }, new { field = "name", changed = true } } });
        await admin.MakeAsync("leads", new { lastName = "Lovelace" });
        var small = await admin.MakeAsync("deals", new { name = "Small", value = 1000 });
        var large = await admin.MakeAsync("deals", new { name = "Large", value = 1000.01m });
        await admin.PatchAsync($"/api/deals/{small}", new { description = "Nothing new" });
        await admin.PatchAsync($"/api/deals/{small}", new { name = "Tiny" });
        await admin.PatchAsync("/api/settings", new { name = "Of no record" });

        await crm.TellAsync();

        all.Sent.Select(sent => sent.Type).Order(StringComparer.Ordinal).ShouldBe(["deal.created", "deal.created", "deal.updated", "deal.updated", "lead.created"]);
        some.Sent.Select(sent => (sent.Type, sent.Json.GetProperty("subject").GetString()!)).ShouldBe([("deal.created", $"deals/{large}"), ("deal.updated", $"deals/{small}")], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_webhook_begins_where_the_log_ends_and_a_replay_brings_the_rest(Database database)
    {
        var crm = await hosts.For(database);
        var admin = crm.Host.NewTenant();
        await admin.MakeAsync("leads", new { lastName = "First" });
        await crm.TellAsync();
        var since = TimeProvider.System.GetUtcNow();
        var lead = await admin.MakeAsync("leads", new { lastName = "Second" });
        await admin.PatchAsync($"/api/leads/{lead}", new { lastName = "Third" });
        await crm.TellAsync();
        var hook = await crm.MakeAsync(admin);
        await admin.PatchAsync($"/api/leads/{lead}", new { lastName = "Fourth" });
        await crm.TellAsync();
        Names(hook).ShouldBe(["Fourth"]);

        var count = (await admin.PostAsync($"{hook.Path}/replay", new { since })).ShouldBe(HttpStatusCode.OK)["count"].GetInt32();
        await crm.TellAsync();

        count.ShouldBeGreaterThanOrEqualTo(3);
        Names(hook).ShouldBe(["Fourth", "Second", "Third", "Fourth"]);
        hook.Sent[3].Id.ShouldBe(hook.Sent[0].Id);
        (await hook.DeliveriesAsync($"&eventId={hook.Sent[0].Id}")).Select(delivery => delivery.GetProperty("attempt").GetInt32()).ShouldBe([1, 2]);
    }

    [Theory, EachDatabase]
    public async Task A_records_events_come_in_order_though_one_of_them_is_refused(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var (held, other) = (await hook.Admin.MakeAsync("leads", new { lastName = "0" }), await hook.Admin.MakeAsync("leads", new { lastName = "0" }));
        foreach (var i in Enumerable.Range(1, 5))
        {
            foreach (var lead in new[] { held, other }) await hook.Admin.PatchAsync($"/api/leads/{lead}", new { lastName = $"{i}" });
        }

        crm.Endpoint.Answer(hook.Url, context =>
        {
            var asked = hook.Sent.Last(sent => sent.Id == context.Request.Headers["webhook-id"]);
            return Task.FromResult(Results.StatusCode(asked.Json.GetProperty("subject").GetString() == $"leads/{held}" ? 500 : 204));
        });
        await crm.TellAsync();
        Versions(hook, other).ShouldBe([1, 2, 3, 4, 5, 6]);
        Versions(hook, held).Distinct().ShouldBe([1]);
        (await hook.HeldAsync()).Count.ShouldBe(6);

        crm.Endpoint.GetWell(hook.Url);
        (await hook.Admin.PostAsync($"{hook.Path}/redrive", new { })).ShouldBe(HttpStatusCode.OK)["count"].GetInt32().ShouldBe(1);
        await crm.TellAsync();

        Versions(hook, held).SkipWhile(version => version == 1).ShouldBe([2, 3, 4, 5, 6]);
        (await hook.HeldAsync()).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task Told_twice_by_a_relay_that_was_killed_it_sends_the_same_id(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var consumer = crm.Host.Services.GetServices<IEventConsumer>().OfType<WebhookConsumer>().Single();
        var turn = new ConsumerTurn(hook.Admin.TenantId, hook.Consumer);
        var entry = EntryOf(hook.Admin.TenantId);

        foreach (var _ in (int[])[1, 2]) (await consumer.DeliverAsync(turn, [entry], TestContext.Current.CancellationToken)).ShouldBe([Delivery.Told]);

        hook.Sent.Select(sent => sent.Id).ShouldBe([$"{entry.Id}", $"{entry.Id}"]);
        hook.Sent[1].Body.ShouldBe(hook.Sent[0].Body);
    }

    [Theory, EachDatabase]
    public async Task Eight_events_are_in_flight_at_once(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var (waiting, most, all) = (0, 0, new TaskCompletionSource());
        crm.Endpoint.Answer(hook.Url, async _ =>
        {
            var now = Interlocked.Increment(ref waiting);
            InterlockedMax(ref most, now);
            if (now == 8) all.TrySetResult();
            await Task.WhenAny(all.Task, Task.Delay(TimeSpan.FromMilliseconds(2500), TestContext.Current.CancellationToken));
            Interlocked.Decrement(ref waiting);
            return Results.NoContent();
        });
        for (var i = 0; i < 20; i++) await hook.Admin.MakeAsync("leads", new { lastName = $"Lovelace {i}" });

        await crm.TellAsync();

        hook.Sent.Count.ShouldBe(20);
        most.ShouldBe(8);
    }

    [Theory, EachDatabase]
    public async Task Each_attempt_is_kept_with_what_was_sent_and_answered(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        crm.Endpoint.Answer(hook.Url, context =>
        {
            context.Response.Headers["X-Request-Id"] = "r-1";
            context.Response.Headers.SetCookie = "session=canary";
            return Task.FromResult(Results.Text(new string('x', 5000) + "\0", statusCode: 422));
        });
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await crm.TellAsync();
        crm.Endpoint.GetWell(hook.Url);
        await hook.LetPassAsync();
        await crm.TellAsync();

        var deliveries = await hook.DeliveriesAsync();

        deliveries.Select(d => (d.GetProperty("attempt").GetInt32(), d.GetProperty("outcome").GetString())).ShouldBe([(1, "FAILED"), (2, "SUCCEEDED")]);
        var first = deliveries[0];
        (first.GetProperty("type").GetString(), first.GetProperty("status").GetInt32(), first.GetProperty("problem").GetString()).ShouldBe(("lead.created", 422, "The endpoint answered HTTP 422."));
        first.GetProperty("requestBody").GetString().ShouldBe(hook.Sent[0].Body);
        foreach (var name in new[] { "webhook-id", "webhook-timestamp", "webhook-signature" }) first.GetProperty("requestHeaders").GetProperty(name).GetString().ShouldBe(hook.Sent[0].Headers[name].ToString());
        first.GetProperty("answerBody").GetString().ShouldBe(new string('x', 4096));
        first.GetProperty("answerHeaders").GetRawText().ShouldContain("r-1");
        first.GetRawText().ShouldNotContain("canary");
        deliveries[1].GetProperty("problem").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await hook.DeliveriesAsync("&outcome=FAILED")).Count.ShouldBe(1);
        (await hook.DeliveriesAsync("&type=lead.created&outcome=SUCCEEDED")).Count.ShouldBe(1);
        (await hook.DeliveriesAsync("&type=lead.updated")).ShouldBeEmpty();
        (await hook.ReadAsync())["lastDeliveredAt"].GetDateTimeOffset().ShouldBe(deliveries[1].GetProperty("at").GetDateTimeOffset());
    }

    [Theory, EachDatabase]
    public async Task The_list_of_deliveries_goes_by_pages(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        for (var i = 0; i < 5; i++) await hook.Admin.MakeAsync("leads", new { lastName = $"Lovelace {i}" });
        await crm.TellAsync();

        var seen = new List<Guid>();
        for (string? cursor = null, path = $"{hook.Path}/deliveries?take=2"; path is not null; path = cursor is null ? null : $"{hook.Path}/deliveries?take=2&cursor={Uri.EscapeDataString(cursor)}")
        {
            var page = (await hook.Admin.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
            seen.AddRange(page.Items.Select(item => item.GetProperty("id").GetGuid()));
            cursor = page["nextCursor"].GetString();
        }

        seen.Distinct().Count().ShouldBe(5);
        (await hook.Admin.GetAsync($"/api/webhooks/{Guid.CreateVersion7()}/deliveries")).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    [Theory, EachDatabase]
    public async Task What_is_old_or_too_much_is_deleted_by_who_writes(Database database)
    {
        var crm = await hosts.For(database);
        var admin = crm.Host.NewTenant();
        var (hook, quiet) = (await crm.MakeAsync(admin, ["lead.created"]), await crm.MakeAsync(admin, ["deal.created"]));
        foreach (var one in new[] { hook, quiet }) await admin.PostAsync($"{one.Path}/test");
        var old = TimeProvider.System.GetUtcNow().AddDays(-15);
        await crm.Host.QueryAsync(admin.TenantId, async db =>
        {
            await db.WebhookDeliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.At, old));
            for (var i = 0; i < 1050; i++)
            {
                db.Add(new Crm.Database.Webhooks.WebhookDelivery
                {
                    TenantId = admin.TenantId,
                    Id = Guid.CreateVersion7(),
                    WebhookId = hook.Id,
                    EventId = Guid.CreateVersion7(),
                    Type = "lead.created",
                    Attempt = 1,
                    At = old.AddDays(10).AddSeconds(i),
                    RequestHeaders = "{}",
                    AnswerHeaders = "{}",
                });
            }

            return await db.SaveChangesAsync();
        });

        await admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await crm.TellAsync();

        var kept = await crm.Host.QueryAsync(admin.TenantId, db => db.WebhookDeliveries.Where(d => d.WebhookId == hook.Id).OrderBy(d => d.At).Select(d => d.At).ToListAsync());
        kept.Count.ShouldBe(1000);
        kept[0].ShouldBe(Crm.Contracts.Json.InstantConverter.ToMicroseconds(old.AddDays(10).AddSeconds(51)));
        (await quiet.DeliveriesAsync()).Count.ShouldBe(1); // who isn't told of anything has nothing deleted
    }

    [Theory, EachDatabase]
    public async Task A_tenants_events_go_to_its_own_webhooks_alone(Database database)
    {
        var crm = await hosts.For(database);
        var (own, foreign) = (await crm.MakeAsync(crm.Host.NewTenant()), await crm.MakeAsync(crm.Host.NewTenant()));
        await own.Admin.MakeAsync("leads", new { lastName = "Ours" });
        await foreign.Admin.MakeAsync("leads", new { lastName = "Theirs" });

        await crm.TellAsync();

        Names(own).ShouldBe(["Ours"]);
        Names(foreign).ShouldBe(["Theirs"]);
        (await own.Admin.GetAsync(foreign.Path)).ShouldFail(HttpStatusCode.NotFound, "not-found");
        foreach (var action in new[] { "test", "redrive", "enable", "rotate-secret" }) (await own.Admin.PostAsync($"{foreign.Path}/{action}", new { })).ShouldFail(HttpStatusCode.NotFound, "not-found");
    }

    internal static LogEntry EntryOf(Guid tenantId, string type = "lead.created") => new()
    {
        TenantId = tenantId,
        Position = 1,
        Id = Guid.CreateVersion7(),
        Type = type,
        Collection = "leads",
        RecordId = Guid.CreateVersion7(),
        SubjectId = null,
        Version = 1,
        Actor = "ada",
        Time = TimeProvider.System.GetUtcNow(),
        TraceId = null,
        Changes = new Dictionary<string, Crm.Contracts.Events.FieldChange>(StringComparer.Ordinal),
        Record = System.Text.Json.JsonSerializer.SerializeToElement(new { lastName = "Lovelace" }),
    };

    private static IEnumerable<string?> Names(Hook hook) => hook.Sent.Select(sent => sent.Json.GetProperty("data").GetProperty("record").GetProperty("lastName").GetString());

    private static IEnumerable<int> Versions(Hook hook, Guid lead) =>
        hook.Sent.Where(sent => sent.Json.GetProperty("subject").GetString() == $"leads/{lead}").Select(sent => sent.Json.GetProperty("data").GetProperty("version").GetInt32());

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }
}
