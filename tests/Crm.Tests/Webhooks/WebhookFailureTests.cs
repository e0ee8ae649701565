using System.Net;
using Crm.Contracts.Webhooks;
using Crm.Database.Tenancy;
using Crm.Database.Webhooks;
using Crm.Services.Events;
using Crm.Services.Webhooks;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Webhooks;

/// <summary>What an endpoint refuses, how long it is tried, and when it is given up.</summary>
public sealed class WebhookFailureTests(WebhookHosts hosts) : IClassFixture<WebhookHosts>
{
    [Fact]
    public void An_event_is_tried_for_three_days_and_then_no_more()
    {
        TimeSpan[] waits = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24)];

        for (var tries = 1; tries <= waits.Length; tries++) WebhookSchedule.NextTry(tries).ShouldNotBeNull().ShouldBeInRange(waits[tries - 1], waits[tries - 1] * 1.1);
        WebhookSchedule.NextTry(waits.Length + 1).ShouldBeNull();
        waits.Aggregate((sum, wait) => sum + wait).ShouldBeGreaterThan(TimeSpan.FromDays(3));
    }

    [Fact]
    public void An_endpoint_is_left_alone_for_longer_each_time_but_not_for_ever()
    {
        var rests = Enumerable.Range(1, 40).Select(WebhookSchedule.Rest).ToList();

        rests[0].ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
        rests[3].ShouldBeInRange(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(44));
        rests[^1].ShouldBeInRange(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16.5));
    }

    [Theory]
    [EachDatabase(500), EachDatabase(400), EachDatabase(404), EachDatabase(302), EachDatabase(429)]
    public async Task What_is_answered_with_anything_but_2xx_is_held_and_sent_again_until_it_is_parked(Database database, int status)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        crm.Endpoint.Answer(hook.Url, status, ("Location", $"{crm.Endpoint.Address}elsewhere"));
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await crm.TellAsync();
        (await hook.HeldAsync()).ShouldHaveSingleItem().Tries.ShouldBe(1);
        for (var tries = 2; tries <= 10; tries++)
        {
            await hook.LetPassAsync();
            await crm.TellAsync();
        }

        var (eventId, last, isParked) = (await hook.HeldAsync()).ShouldHaveSingleItem();
        (last, isParked).ShouldBe((10, true));
        hook.Sent.Count.ShouldBe(10);
        crm.Endpoint.SentTo($"{crm.Endpoint.Address}elsewhere").ShouldBeEmpty();
        (await hook.ReadAsync())["failingSince"].GetDateTimeOffset().ShouldBe((await hook.DeliveriesAsync())[0].GetProperty("at").GetDateTimeOffset());

        crm.Endpoint.GetWell(hook.Url);
        (await hook.Admin.PostAsync($"{hook.Path}/redrive", new { eventId })).ShouldBe(HttpStatusCode.OK)["count"].GetInt32().ShouldBe(1);
        await crm.TellAsync();
        hook.Sent.Count.ShouldBe(11);
        (await hook.HeldAsync()).ShouldBeEmpty();
        (await hook.ReadAsync())["failingSince"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [EachDatabase(429), EachDatabase(503)]
    public async Task Who_asks_for_time_gets_it_within_bounds(Database database, int status)
    {
        var crm = await hosts.For(database);
        var (hook, greedy, date) = (await crm.MakeAsync(crm.Host.NewTenant()), await crm.MakeAsync(crm.Host.NewTenant()), await crm.MakeAsync(crm.Host.NewTenant()));
        crm.Endpoint.Answer(hook.Url, status, ("Retry-After", "600"));
        crm.Endpoint.Answer(greedy.Url, status, ("Retry-After", "99999999"));
        crm.Endpoint.Answer(date.Url, status, ("Retry-After", TimeProvider.System.GetUtcNow().AddHours(2).ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var one in new[] { hook, greedy, date }) await one.Admin.MakeAsync("leads", new { lastName = "Lovelace" });

        await crm.TellAsync();

        (await WaitOfAsync(hook)).ShouldBeInRange(TimeSpan.FromSeconds(570), TimeSpan.FromSeconds(600));
        (await WaitOfAsync(greedy)).ShouldBeInRange(TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));
        (await WaitOfAsync(date)).ShouldBeInRange(TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
    }

    [Theory, EachDatabase]
    public async Task Who_asks_for_hardly_any_time_is_not_tried_sooner_than_others(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        crm.Endpoint.Answer(hook.Url, 503, ("Retry-After", "0"));
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });

        await crm.TellAsync();

        (await WaitOfAsync(hook)).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5.5));
        hook.Sent.Count.ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task An_endpoint_that_does_not_answer_is_left_alone_and_loses_nothing(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        await crm.TellAsync(); // of the webhook itself, which is in the log, too, and of no interest to it
        crm.Endpoint.Answer(hook.Url, StubEndpoint.HangAsync);
        for (var i = 0; i < 30; i++) await hook.Admin.MakeAsync("leads", new { lastName = $"Lovelace {i}" });
        await crm.TellAsync();
        hook.Sent.Count.ShouldBe(8); // one wave, and not each of its thirty events
        for (var i = 0; i < 2; i++)
        {
            await hook.LetPassAsync();
            await crm.TellAsync();
        }

        hook.Sent.Count.ShouldBe(10); // one ahead each time
        (await hook.HeldAsync()).ShouldBeEmpty();
        (await hook.RowAsync()).Failures.ShouldBe(3);
        (await hook.DeliveriesAsync())[0].GetProperty("problem").GetString()!.ShouldContain("within 3 s");
        crm.Endpoint.GetWell(hook.Url);
        await hook.LetPassAsync();
        await crm.TellAsync();

        hook.Sent.Select(sent => sent.Id).Distinct().Count().ShouldBe(30);
        (await hook.RowAsync()).Failures.ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task An_endpoint_that_refuses_several_events_in_a_row_is_left_alone(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        await crm.TellAsync(); // of the webhook itself, which is in the log, too, and of no interest to it
        crm.Endpoint.Answer(hook.Url, 500);
        for (var i = 0; i < 100; i++) await hook.Admin.MakeAsync("leads", new { lastName = $"Lovelace {i}" });

        await crm.TellAsync();
        hook.Sent.Count.ShouldBe(8);
        for (var i = 0; i < 3; i++)
        {
            await hook.LetPassAsync();
            await crm.TellAsync();
        }

        hook.Sent.Count.ShouldBe(32);
        (await hook.HeldAsync()).ShouldBeEmpty(); // no try of any of them counts
        crm.Endpoint.GetWell(hook.Url);
        await hook.LetPassAsync();
        await crm.TellAsync();
        hook.Sent.Select(sent => sent.Id).Distinct().Count().ShouldBe(100);
    }

    [Theory, EachDatabase]
    public async Task One_event_that_is_refused_does_not_hold_up_the_others(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var poison = await hook.Admin.MakeAsync("leads", new { lastName = "Poison" });
        crm.Endpoint.Answer(hook.Url, context => Task.FromResult(Results.StatusCode(hook.Sent.Last(sent => sent.Id == context.Request.Headers["webhook-id"]).Body.Contains("Poison", StringComparison.Ordinal) ? 500 : 204)));
        await crm.TellAsync();
        for (var i = 0; i < 12; i++)
        {
            await hook.Admin.MakeAsync("leads", new { lastName = $"Lovelace {i}" });
            await hook.LetPassAsync();
            await crm.TellAsync();
        }

        hook.Sent.Where(sent => sent.Json.GetProperty("subject").GetString() != $"leads/{poison}").Select(sent => sent.Id).Distinct().Count().ShouldBe(12);
        (await hook.HeldAsync()).ShouldHaveSingleItem().IsParked.ShouldBeTrue();
        (await hook.ReadAsync())["state"].GetString().ShouldBe("ACTIVE");
    }

    [Theory, EachDatabase]
    public async Task One_event_that_is_never_answered_does_not_hold_up_the_others_and_its_tries_count(Database database)
    {
        await using var crm = await WebhookHost.StartAsync(database, ("Webhooks:TimeoutSeconds", "1"));
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var poison = await hook.Admin.MakeAsync("leads", new { lastName = "Poison" });
        crm.Endpoint.Answer(hook.Url, context => hook.Sent.Last(sent => sent.Id == context.Request.Headers["webhook-id"]).Body.Contains("Poison", StringComparison.Ordinal) ? StubEndpoint.HangAsync(context) : Task.FromResult(Results.NoContent()));
        await crm.TellAsync();
        for (var i = 0; i < 3; i++)
        {
            await hook.Admin.MakeAsync("leads", new { lastName = $"Lovelace {i}" });
            await hook.LetPassAsync();
            await crm.TellAsync();
        }

        hook.Sent.Where(sent => sent.Json.GetProperty("subject").GetString() != $"leads/{poison}").Select(sent => sent.Id).Distinct().Count().ShouldBe(3);
        (await hook.HeldAsync()).ShouldHaveSingleItem().Tries.ShouldBe(3);
        (await hook.RowAsync()).Failures.ShouldBe(0);
    }

    [Fact]
    public void A_failure_after_a_long_time_without_any_is_the_first()
    {
        var (start, day) = (new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(1));
        var hook = new Webhook(new WebhookFields { Url = "https://hooks.example/" }, [1], new Stamp(Guid.CreateVersion7(), "ada", start));
        hook.Fail(start, null);
        hook.Fail(start + day, start);
        (hook.FailingSince, hook.IsLost(start + day)).ShouldBe((start, false));

        hook.Fail(start + (9 * day), start + day);

        (hook.FailingSince, hook.IsLost(start + (9 * day))).ShouldBe((start + (9 * day), false));
    }

    [Fact]
    public void Another_endpoint_or_interest_begins_the_count_of_failures_anew_and_another_name_does_not()
    {
        var stamp = new Stamp(Guid.CreateVersion7(), "ada", new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        var fields = new WebhookChange { Url = "https://hooks.example/", Name = "Orders" };
        foreach (var (change, failures) in new[] { (fields with { Name = "Sales" }, 1), (fields with { Url = "https://hooks.example/new" }, 0), (fields with { Types = ["deal.won"] }, 0), (fields with { Name = "Sales", Url = "https://hooks.example/new" }, 0) })
        {
            var hook = new Webhook(new WebhookFields { Url = fields.Url, Name = fields.Name }, [1], stamp);
            hook.Fail(stamp.At, null);

            hook.Change(change, stamp).ShouldBeTrue();

            (hook.Failures, hook.FailingSince is null).ShouldBe((failures, failures == 0), $"{change}");
        }
    }

    [Theory, EachDatabase]
    public async Task An_endpoint_that_is_gone_is_told_no_more(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        crm.Endpoint.Answer(hook.Url, 410);
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await crm.TellAsync();
        await hook.Admin.MakeAsync("leads", new { lastName = "Hopper" });
        await crm.TellAsync();

        hook.Sent.Count.ShouldBe(1);
        await ShouldBeDisabledAsync(hook, "GONE");
        crm.Endpoint.GetWell(hook.Url);
        (await hook.Admin.PostAsync($"{hook.Path}/enable")).ShouldBe(HttpStatusCode.OK)["disabledReason"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        await hook.Admin.MakeAsync("leads", new { lastName = "Hamilton" });
        await crm.TellAsync();
        hook.Sent.Count.ShouldBe(2);
        hook.Sent[1].Body.ShouldContain("Hamilton");
    }

    [Theory, EachDatabase]
    public async Task An_endpoint_that_takes_nothing_for_four_days_is_told_no_more(Database database)
    {
        var crm = await hosts.For(database);
        var (lost, late) = (await crm.MakeAsync(crm.Host.NewTenant()), await crm.MakeAsync(crm.Host.NewTenant()));
        foreach (var hook in new[] { lost, late })
        {
            crm.Endpoint.Answer(hook.Url, 503);
            await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });
        }

        await crm.TellAsync();
        foreach (var (hook, ago) in new[] { (lost, TimeSpan.FromHours(96.1)), (late, TimeSpan.FromHours(95.9)) })
        {
            var since = TimeProvider.System.GetUtcNow() - ago;
            await crm.Host.QueryAsync(hook.Admin.TenantId, db => db.Webhooks.ExecuteUpdateAsync(set => set.SetProperty(w => w.FailingSince, since)));
            await hook.LetPassAsync();
        }

        await crm.TellAsync();

        await ShouldBeDisabledAsync(lost, "FAILING");
        (await late.ReadAsync())["state"].GetString().ShouldBe("ACTIVE");
        (await late.HeldAsync()).Count.ShouldBe(1);
        (await lost.HeldAsync()).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task An_answer_without_end_is_not_read_and_counts_by_its_status(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        var written = 0L;
        var ended = new TaskCompletionSource();
        crm.Endpoint.Answer(hook.Url, async context =>
        {
            try
            {
                var chunk = new byte[16 * 1024];
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
                    written += chunk.Length;
                    await Task.Delay(1, context.RequestAborted); // what is written to a closed connection vanishes, until it is noticed
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The caller has heard enough.
            }

            ended.SetResult();
            return Results.Empty;
        });
        await hook.Admin.MakeAsync("leads", new { lastName = "Lovelace" });

        await crm.TellAsync();

        var delivery = (await hook.DeliveriesAsync()).ShouldHaveSingleItem();
        delivery.GetProperty("outcome").GetString().ShouldBe("SUCCEEDED");
        delivery.GetProperty("answerBody").GetString().ShouldBe(new string('\uFFFD', 4096));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        written.ShouldBeLessThan(16 * 1024 * 1024); // what the sockets' buffers took
    }

    [Theory, EachDatabase]
    public async Task An_endpoint_that_cannot_be_reached_is_said_to_be_so(Database database)
    {
        var crm = await hosts.For(database);
        var admin = crm.Host.NewTenant();
        await using var closed = await StubEndpoint.StartAsync();
        var url = closed.NewUrl();
        await closed.DisposeAsync();

        foreach (var (to, problem) in new[] { (url, "refuses connections"), (crm.Endpoint.NewUrl().Replace("http://", "https://", StringComparison.Ordinal), "TLS"), ("https://hooks.invalid/", "name isn't known") })
        {
            var hook = await crm.MakeAsync(admin, to);
            var test = (await admin.PostAsync($"{hook.Path}/test")).ShouldBe(HttpStatusCode.OK);
            test["status"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
            test["problem"].GetString()!.ShouldContain(problem);
        }
    }

    [Theory, EachDatabase]
    public async Task A_webhook_that_is_deleted_or_disabled_while_it_is_told_hears_nothing_more(Database database)
    {
        var crm = await hosts.For(database);
        var admin = crm.Host.NewTenant();
        foreach (var end in new Func<Hook, Task<Answer>>[] { hook => admin.DeleteAsync(hook.Path), hook => admin.PostAsync($"{hook.Path}/disable") })
        {
            var hook = await crm.MakeAsync(admin);
            var (asked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
            crm.Endpoint.Answer(hook.Url, async _ =>
            {
                asked.TrySetResult();
                await goOn.Task;
                return Results.NoContent();
            });
            await admin.MakeAsync("leads", new { lastName = "Lovelace" });
            var telling = crm.TellAsync();
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            ((int)(await end(hook)).Status).ShouldBeInRange(200, 204);
            goOn.SetResult();
            await telling;
            await admin.MakeAsync("leads", new { lastName = "Hopper" });
            await crm.TellAsync();

            hook.Sent.Count.ShouldBe(1);
            (await crm.Host.QueryAsync(admin.TenantId, db => db.LogConsumers.CountAsync(c => c.Name == hook.Consumer))).ShouldBe(0);
        }
    }

    [Theory, EachDatabase]
    public async Task A_consumer_of_a_disabled_webhook_rests(Database database)
    {
        var crm = await hosts.For(database);
        var hook = await crm.MakeAsync(crm.Host.NewTenant());
        await hook.Admin.PostAsync($"{hook.Path}/disable");
        var consumer = crm.Host.Services.GetServices<IEventConsumer>().OfType<WebhookConsumer>().Single();

        await Should.ThrowAsync<ConsumerAwayException>(() => consumer.DeliverAsync(new ConsumerTurn(hook.Admin.TenantId, hook.Consumer), [WebhookDeliveryTests.EntryOf(hook.Admin.TenantId)], TestContext.Current.CancellationToken));

        hook.Sent.ShouldBeEmpty();
        (consumer.Kind, consumer.IsStanding, consumer.AtOnce, consumer.AtOnceOfTenant).ShouldBe(("webhook", false, 256, 8));
        consumer.TurnTime.ShouldBe(TimeSpan.FromSeconds(11));
    }

    private static async Task ShouldBeDisabledAsync(Hook hook, string reason)
    {
        var read = await hook.ReadAsync();
        (read["state"].GetString(), read["disabledReason"].GetString()).ShouldBe(("DISABLED", reason));
        (await hook.AuditedAsync())[^1].ShouldBe("webhook.disabled");
        var told = await hook.Admin.Host.QueryAsync(hook.Admin.TenantId, db => db.Events.Where(e => e.Type == "webhook.disabled").Select(e => new { e.Actor, e.Changes }).SingleAsync());
        told.Actor.ShouldBe(WebhookJournal.Actor);
        told.Changes.ShouldContain($"\"disabledReason\":{{\"from\":null,\"to\":\"{reason}\"}}");
    }

    /// <summary>How long what is held has to wait from now.</summary>
    private static async Task<TimeSpan> WaitOfAsync(Hook hook) =>
        (await hook.Admin.Host.QueryAsync(hook.Admin.TenantId, db => db.HeldDeliveries.Where(h => h.Consumer == hook.Consumer).Select(h => h.DueAt).SingleAsync()))!.Value - TimeProvider.System.GetUtcNow();
}
