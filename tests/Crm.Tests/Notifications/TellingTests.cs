using System.Net;
using Crm.Contracts.Events;
using Crm.Contracts.Members;
using Crm.Database.Events;
using Crm.Services.Audit;
using Crm.Services.Events;
using Crm.Tests.Alarms;
using Crm.Tests.Conversion;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Notifications;

/// <summary>Who is told of what, and how often.</summary>
public sealed class TellingTests(NotifyingHosts hosts) : IClassFixture<NotifyingHosts>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task What_somebody_else_gives_one_is_told_with_what_it_is_and_who_gave_it(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        var lead = await ada.MakeAsync("leads", new { firstName = "Grace", lastName = "Hopper", ownerId = "bea" });
        var deal = await ada.MakeAsync("deals", new { name = "Engine", ownerId = "bea" });
        var task = await ada.MakeAsync("tasks", new { title = "Call her", assigneeId = "bea" });
        var events = await ada.EventsAsync(task);

        await ada.Host.TellAsync();

        events.ShouldBe(["task.created"]);
        var told = await bea.NotificationsAsync();
        told.Select(item => (item.GetProperty("kind").GetString(), item.GetProperty("subject").GetString(), item.GetProperty("title").GetString(), item.GetProperty("number").GetInt64())).ShouldBe(
        [
            ("TASK_ASSIGNED", $"tasks/{task}", "Call her", 3L),
            ("DEAL_ASSIGNED", $"deals/{deal}", "Engine", 2L),
            ("LEAD_ASSIGNED", $"leads/{lead}", "Grace Hopper", 1L),
        ]);
        told.ShouldAllBe(item => item.GetProperty("actor").GetString() == "ada" && item.GetProperty("readAt").ValueKind == System.Text.Json.JsonValueKind.Null);
        var eventId = await ada.Host.QueryAsync(ada.TenantId, db => db.Events.Where(e => e.RecordId == task).Select(e => e.Id).SingleAsync());
        told[0].GetProperty("eventId").GetGuid().ShouldBe(eventId);
        (await ada.NotificationsAsync()).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task What_one_takes_oneself_is_no_news_and_what_is_handed_on_is(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        var cid = await ada.MemberAsync("cid");
        var lead = await bea.MakeAsync("leads", new { lastName = "Hopper", ownerId = "me" });
        var deal = await bea.MakeAsync("deals", new { name = "Engine" });
        var task = await bea.MakeAsync("tasks", new { title = "Call" });
        foreach (var (path, change) in new (string, object)[] { ($"leads/{lead}", new { ownerId = "cid" }), ($"deals/{deal}", new { ownerId = "cid" }), ($"tasks/{task}", new { assigneeId = "cid" }) })
        {
            (await ada.PatchAsync($"/api/{path}", change)).ShouldBe(HttpStatusCode.OK);
        }

        await ada.Host.TellAsync();

        (await bea.NotificationsAsync()).ShouldBeEmpty();
        (await cid.KindsAsync()).ShouldBe(["LEAD_ASSIGNED", "DEAL_ASSIGNED", "TASK_ASSIGNED"], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_deal_that_another_wins_or_loses_is_told_to_its_owner(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        var (won, lost, own) = (await bea.MakeAsync("deals", new { name = "Won" }), await bea.MakeAsync("deals", new { name = "Lost" }), await bea.MakeAsync("deals", new { name = "Own" }));
        (await ada.PutAsync($"/api/deals/{won}/stage", new { stage = "CLOSED_WON" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PutAsync($"/api/deals/{lost}/stage", new { stage = "CLOSED_LOST", lostReason = "Too dear" })).ShouldBe(HttpStatusCode.OK);
        (await bea.PutAsync($"/api/deals/{own}/stage", new { stage = "CLOSED_WON" })).ShouldBe(HttpStatusCode.OK);

        await ada.Host.TellAsync();

        (await bea.NotificationsAsync()).Select(item => (item.GetProperty("kind").GetString(), item.GetProperty("title").GetString())).ShouldBe([("DEAL_LOST", "Lost"), ("DEAL_WON", "Won")]);
    }

    [Theory, EachDatabase]
    public async Task What_comes_by_the_passing_of_time_is_told_to_whom_it_concerns(Database database)
    {
        var bea = (await hosts.For(database)).NewTenant(Role.Rep, "bea");
        var (reminded, due) = (await bea.MakeTaskAsync(remind: TimeSpan.FromHours(1)), await bea.MakeTaskAsync(due: TimeSpan.FromHours(1)));
        var deal = await bea.MakeAsync("deals", new { name = "Engine" });
        foreach (var task in new[] { reminded, due }) await bea.LetPassAsync(task, TimeSpan.FromHours(2));
        await bea.LetPassAsync(deal, days: 31);

        await bea.Host.RingAsync();
        await bea.Host.TellAsync();

        (await bea.NotificationsAsync()).Select(item => (item.GetProperty("kind").GetString(), item.GetProperty("subject").GetString(), item.GetProperty("title").GetString(), item.GetProperty("actor").GetString())).ShouldBe(
            [("TASK_REMINDER", $"tasks/{reminded}", "Call", "system"), ("TASK_OVERDUE", $"tasks/{due}", "Call", "system"), ("DEAL_ROTTING", $"deals/{deal}", "Engine", "system")], ignoreOrder: true);
    }

    [Theory, EachDatabase]
    public async Task A_conversion_that_the_registry_refuses_is_told_to_who_asked_and_to_the_leads_owner(Database database)
    {
        await using var stubbed = await StubbedHost.StartAsync(database);
        stubbed.Registry.AnswerPosts(_ => Results.Json(new { detail = "No." }, statusCode: 422));
        var ada = stubbed.Host.NewTenant(Role.Manager);
        var bea = await ada.MemberAsync("bea");
        var lead = await bea.MakeAsync("leads", new { firstName = "Grace", lastName = "Hopper", ownerId = "bea" });
        (await ada.PostAsync($"/api/leads/{lead}/convert")).ShouldFail(HttpStatusCode.UnprocessableEntity, "registry-rejected");

        await stubbed.Host.TellAsync();

        var conversion = (await ada.GetAsync("/api/conversions")).Items.ShouldHaveSingleItem().GetProperty("conversionId").GetGuid();
        foreach (var user in new[] { ada, bea })
        {
            var told = (await user.NotificationsAsync()).ShouldHaveSingleItem();
            (told.GetProperty("kind").GetString(), told.GetProperty("subject").GetString(), told.GetProperty("title").GetString()).ShouldBe(("CONVERSION_FAILED", $"conversions/{conversion}", "Grace Hopper"));
        }
    }

    [Theory, EachDatabase]
    public async Task A_webhook_that_was_switched_off_is_told_to_all_active_admins_but_who_did_it(Database database)
    {
        var host = await hosts.For(database);
        var ada = host.NewTenant();
        var (bea, cid, dan, eve) = (await ada.MemberAsync("bea"), await ada.MemberAsync("cid"), await ada.MemberAsync("dan"), await ada.MemberAsync("eve"));
        foreach (var user in new[] { "ada", "bea", "dan" }) (await ada.PatchAsync($"/api/members/{user}", new { role = "ADMIN" })).ShouldBe(HttpStatusCode.OK);
        (await ada.PatchAsync("/api/members/dan", new { active = false })).ShouldBe(HttpStatusCode.OK);
        var (named, unnamed) = (await ada.MakeAsync("webhooks", new { url = "https://hooks.crm.example/secret", name = "Orders" }), await ada.MakeAsync("webhooks", new { url = "https://hooks.crm.example/secret" }));
        foreach (var id in new[] { named, unnamed }) (await ada.PostAsync($"/api/webhooks/{id}/disable")).ShouldBe(HttpStatusCode.OK);

        await host.TellAsync();
        (await ada.PatchAsync("/api/members/dan", new { active = true })).ShouldBe(HttpStatusCode.OK);

        (await bea.NotificationsAsync()).Select(item => (item.GetProperty("kind").GetString(), item.GetProperty("subject").GetString(), item.GetProperty("title").GetString(), item.GetProperty("actor").GetString())).ShouldBe(
            [("WEBHOOK_DISABLED", $"webhooks/{unnamed}", "hooks.crm.example", "ada"), ("WEBHOOK_DISABLED", $"webhooks/{named}", "Orders", "ada")]);
        foreach (var other in new[] { ada, cid, dan, eve }) (await other.NotificationsAsync()).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task Who_is_deactivated_or_never_was_a_member_is_told_nothing(Database database)
    {
        var ada = (await hosts.For(database)).NewTenant();
        var bea = await ada.MemberAsync("bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        (await ada.PatchAsync("/api/members/bea", new { active = false })).ShouldBe(HttpStatusCode.OK);
        await ada.Host.TellAsync();
        (await ada.PatchAsync("/api/members/bea", new { active = true })).ShouldBe(HttpStatusCode.OK);

        (await bea.NotificationsAsync()).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task What_is_told_twice_is_told_once(Database database)
    {
        var host = await hosts.For(database);
        var ada = host.NewTenant();
        var bea = await ada.MemberAsync("bea");
        for (var i = 0; i < 3; i++) await ada.MakeAsync("tasks", new { title = $"Call {i}", assigneeId = "bea" });
        await host.TellAsync();
        var before = (await bea.GetAsync("/api/notifications")).Text;

        var replayed = await host.QueryAsync(ada.TenantId, db => new LogConsumers(db).ReplayAsync("notifications", DateTimeOffset.UnixEpoch, Stop));
        await host.TellAsync();
        var results = await ada.DeliverAsync(await ada.LogAsync());

        replayed.ShouldBe(results.Count);
        results.ShouldAllBe(result => result is Delivery.Done);
        (await bea.GetAsync("/api/notifications")).Text.ShouldBe(before);
        (await bea.UnreadAsync()).ShouldBe(3);
    }

    [Theory, EachDatabase]
    public async Task Two_that_tell_the_same_at_once_tell_it_once_and_number_it_without_a_gap(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connection);
        await using var second = await CrmHost.StartAsync(database, connection);
        var ada = first.NewTenant();
        var elsewhere = new Client(second, ada.TenantId, "ada", Role.Admin);
        var bea = await ada.MemberAsync("bea");
        for (var i = 0; i < 40; i++) await ada.MakeAsync("tasks", new { title = $"Call {i}", assigneeId = "bea" });
        await first.Services.GetRequiredService<Sealer>().SealAllAsync(Stop);
        var waves = (await ada.LogAsync()).Where(entry => entry.Type == EventTypes.TaskCreated).Chunk(5).ToList();
        waves.Count.ShouldBe(8);

        // Each wave by both, and the relays of both besides.
        await Task.WhenAll(
        [
            .. waves.Select(wave => ada.DeliverAsync(wave)), .. waves.Select(wave => elsewhere.DeliverAsync(wave)),
            first.Services.GetRequiredService<Relay>().RunOnceAsync(Stop), second.Services.GetRequiredService<Relay>().RunOnceAsync(Stop),
        ]);

        var told = await bea.NotificationsAsync();
        told.Select(item => item.GetProperty("number").GetInt64()).Order().ShouldBe(Enumerable.Range(1, 40).Select(i => (long)i));
        told.Select(item => item.GetProperty("eventId").GetGuid()).Distinct().Count().ShouldBe(40);
    }

    [Theory, EachDatabase]
    public async Task What_is_older_than_a_month_is_no_news_any_more(Database database)
    {
        var host = await hosts.For(database);
        var ada = host.NewTenant();
        var bea = await ada.MemberAsync("bea");
        var (old, late) = (await ada.MakeAsync("tasks", new { title = "Old", assigneeId = "bea" }), await ada.MakeAsync("tasks", new { title = "Late", assigneeId = "bea" }));
        foreach (var (id, days) in new[] { (old, 31), (late, 29) })
        {
            await host.QueryAsync(ada.TenantId, db => db.Events.Where(e => e.RecordId == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.OccurredAt, TimeProvider.System.GetUtcNow().AddDays(-days))));
        }

        await host.TellAsync();

        (await bea.NotificationsAsync()).Select(item => item.GetProperty("title").GetString()).ShouldBe(["Late"]);
    }

    [Theory, EachDatabase]
    public async Task Who_watches_the_tenant_hears_that_there_is_something_new(Database database)
    {
        var host = await hosts.For(database);
        var ada = host.NewTenant();
        await ada.MemberAsync("bea");
        await ada.MakeAsync("tasks", new { title = "Call", assigneeId = "bea" });
        await host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop);
        var signal = host.Services.GetRequiredService<LogSignal>();
        var (told, other) = (signal.NextOf(ada.TenantId), signal.NextOf(Guid.CreateVersion7()));

        await ada.DeliverAsync(await ada.LogAsync());

        told.IsCompleted.ShouldBeTrue();
        other.IsCompleted.ShouldBeFalse();
        var again = signal.NextOf(ada.TenantId);
        await ada.DeliverAsync(await ada.LogAsync());
        again.IsCompleted.ShouldBeFalse();
    }
}
