using System.Net;
using Crm.Contracts.Members;
using Crm.Services.Audit;
using Crm.Tests.ApiKeys;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

public sealed class FeedTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_feed_gives_every_change_once_in_order_and_goes_on_from_its_next(Database database)
    {
        var user = (await Hosts.For(database)).NewTenant();
        var lead = await user.MakeAsync("leads", new { lastName = "Lovelace" });
        for (var i = 0; i < 6; i++) await user.PatchAsync($"/api/leads/{lead}", new { lastName = $"Lovelace {i}" });
        await user.PatchAsync("/api/settings", new { name = "Nordwind" });
        await SealAsync(user);

        var versions = new List<int>();
        var next = "0";
        while (true)
        {
            var page = (await user.GetAsync($"/api/events?take=3&after={next}")).ShouldBe(HttpStatusCode.OK);
            versions.AddRange(page.Items.Select(item => item.GetProperty("data").GetProperty("version").GetInt32()));
            next = page["next"].GetString()!;
            if (!page["hasMore"].GetBoolean()) break;
        }

        versions.ShouldBe([1, 2, 3, 4, 5, 6, 7]);
        next.ShouldBe("8", "what is for the audit alone is passed over");
        (await user.GetAsync($"/api/events?after={next}")).Items.ShouldBeEmpty();
        var first = (await user.GetAsync("/api/events?take=1")).Items[0];
        (first.GetProperty("specversion").GetString(), first.GetProperty("type").GetString(), first.GetProperty("source").GetString(), first.GetProperty("sequence").GetString())
            .ShouldBe(("1.0", "lead.created", $"/crm/{user.TenantId}", "1"));
        (await user.GetAsync("/api/events?after=latest"))["next"].GetString().ShouldBe("8");
    }

    [Theory, EachDatabase]
    public async Task The_feed_is_narrowed_to_types_and_refuses_what_is_none(Database database)
    {
        var user = (await Hosts.For(database)).NewTenant();
        var lead = await user.MakeAsync("leads", new { lastName = "Lovelace" });
        await user.PatchAsync($"/api/leads/{lead}", new { status = "CONTACTED" });
        await user.MakeAsync("tasks", new { title = "Call" });
        await SealAsync(user);

        (await user.GetAsync("/api/events?types=lead.created,task.created")).Items.Select(item => item.GetProperty("type").GetString()).ShouldBe(["lead.created", "task.created"]);
        (await user.GetAsync("/api/events?types=task.created&types=deal.won")).Items.Count.ShouldBe(1);
        (await user.GetAsync("/api/events?types=lead.exploded")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed").Text.ShouldContain("there are activity.deleted");
        (await user.GetAsync("/api/events?types=settings.changed")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        (await user.GetAsync("/api/events?after=99")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        (await user.GetAsync("/api/events?after=-1")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
        (await user.GetAsync("/api/events?wait=31s")).ShouldFail(HttpStatusCode.BadRequest, "validation-failed");
    }

    [Theory, EachDatabase]
    public async Task Who_waits_is_answered_as_soon_as_something_happens(Database database)
    {
        var user = (await Hosts.For(database)).NewTenant();
        await user.MakeAsync("leads", new { lastName = "Lovelace" });
        await SealAsync(user);
        var waiting = user.GetAsync("/api/events?after=1&wait=30s");

        await user.MakeAsync("leads", new { lastName = "Hopper" });
        waiting.IsCompleted.ShouldBeFalse();
        await SealAsync(user);

        var page = await waiting.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        page.ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem().GetProperty("data").GetProperty("record").GetProperty("lastName").GetString().ShouldBe("Hopper");
    }

    [Theory, EachDatabase]
    public async Task Who_is_deactivated_while_waiting_hears_nothing_more(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var admin = host.NewTenant();
        var rep = admin.As(Role.Rep, "rep");
        await rep.GetAsync("/api/me");
        await SealAsync(admin);
        var end = (await rep.GetAsync("/api/events?after=latest"))["next"].GetString();
        var waiting = rep.GetAsync($"/api/events?after={end}&wait=30s");
        while (clock.Waits == 0) await Task.Delay(10, Stop);

        (await admin.PatchAsync("/api/members/rep", new { active = false })).ShouldBe(HttpStatusCode.OK);
        await admin.MakeAsync("leads", new { lastName = "Hopper" });
        await SealAsync(admin);

        (await waiting.WaitAsync(TimeSpan.FromSeconds(20), Stop)).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
        (await rep.GetAsync("/api/events")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, EachDatabase]
    public async Task Who_waits_in_vain_is_told_so(Database database)
    {
        var user = (await Hosts.For(database)).NewTenant();
        (await user.GetAsync("/api/events?wait=1")).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
    }

    /// <summary>On PostgreSQL alone: SQLite has one writer, so that nobody commits while another's transaction is open.</summary>
    [Fact]
    public async Task A_transaction_that_commits_late_is_not_skipped()
    {
        var user = (await Hosts.For(Database.Postgres)).NewTenant();
        await user.MakeAsync("leads", new { lastName = "First" });
        await SealAsync(user);
        var (begun, mayCommit) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = user.Host.QueryAsync(user.TenantId, db => db.InTransactionAsync(
            async () =>
            {
                db.Add(Crm.Database.Leads.Lead.Create(new() { LastName = "Slow" }, "EUR", db.Stamp()));
                await db.SaveChangesAsync(Stop);
                begun.SetResult();
                await mayCommit.Task;
                return true;
            },
            Stop));
        await begun.Task;
        for (var i = 0; i < 3; i++) await user.MakeAsync("leads", new { lastName = $"Quick {i}" });
        await SealAsync(user);
        var before = await user.GetAsync("/api/events?after=1");
        before.Items.Count.ShouldBe(3);

        mayCommit.SetResult();
        await slow;
        await SealAsync(user);

        (await user.GetAsync($"/api/events?after={before["next"].GetString()}")).Items.ShouldHaveSingleItem().GetProperty("data").GetProperty("record").GetProperty("lastName").GetString().ShouldBe("Slow");
    }

    [Theory, EachDatabase]
    public async Task A_rep_with_narrowed_sight_hears_of_what_is_in_sight(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        var (rep, other) = (admin.As(Role.Rep, "rep"), admin.As(Role.Rep, "other"));
        await rep.GetAsync("/api/me");
        await other.GetAsync("/api/me");
        await admin.PatchAsync("/api/settings", new { visibility = "OWN" });
        var mine = await admin.MakeAsync("leads", new { lastName = "Mine", ownerId = "rep" });
        await admin.MakeAsync("leads", new { lastName = "Other", ownerId = "other" });
        var task = await admin.MakeAsync("tasks", new { title = "Call", leadId = mine, assigneeId = "other" });
        var gone = await admin.MakeAsync("leads", new { lastName = "Gone", ownerId = "rep" });
        (await admin.DeleteAsync($"/api/leads/{gone}")).ShouldBe(HttpStatusCode.NoContent);
        await SealAsync(admin);

        (await rep.GetAsync("/api/events")).Items.Select(item => item.GetProperty("subject").GetString()).ShouldBe([$"leads/{mine}", $"tasks/{task}", $"leads/{gone}", $"leads/{gone}"]);
        (await admin.GetAsync("/api/events")).Items.Count.ShouldBe(5);
    }

    [Theory, EachDatabase]
    public async Task An_API_key_for_some_resources_hears_of_these_alone(Database database)
    {
        var admin = (await Hosts.For(database)).NewTenant();
        await admin.MakeAsync("leads", new { lastName = "Lovelace" });
        await admin.MakeAsync("tasks", new { title = "Call" });
        await SealAsync(admin);
        var key = (await admin.MakeKeyAsync(Role.Viewer, resources: ["events", "tasks"])).Key;
        var others = (await admin.MakeKeyAsync(Role.Viewer, resources: ["tasks"])).Key;

        (await admin.Host.AskAsync(key, admin.TenantId, "/api/events")).Items.Select(item => item.GetProperty("type").GetString()).ShouldBe(["task.created"]);
        (await admin.Host.AskAsync(others, admin.TenantId, "/api/events")).ShouldFail(HttpStatusCode.Forbidden, "key-forbidden");
    }

    [Theory, EachDatabase]
    public async Task Parked_events_are_listed_and_told_again_on_demand(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database, new FakeConsumer { Tries = 1 });
        var user = relay.Host.NewTenant();
        var lead = await user.MakeAsync("leads", new { lastName = "Lovelace" });
        relay.Consumer.Answer = _ => new Crm.Services.Events.Delivery.Refused("No queue takes it.");
        await relay.SealAndRelayAsync();

        var parked = (await user.GetAsync("/api/events/parked")).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
        (parked.GetProperty("consumer").GetString(), parked.GetProperty("tries").GetInt32(), parked.GetProperty("problem").GetString(), parked.GetProperty("type").GetString(), parked.GetProperty("subject").GetString())
            .ShouldBe(("fake", 1, "No queue takes it.", "lead.created", $"leads/{lead}"));
        (await user.GetAsync("/api/events/consumers")).Items.Single(item => item.GetProperty("name").GetString() == "fake").GetProperty("parked").GetInt32().ShouldBe(1);

        relay.Consumer.Answer = _ => Crm.Services.Events.Delivery.Told;
        (await user.PostAsync("/api/events/redrive", new { consumer = "fake", eventId = parked.GetProperty("eventId").GetGuid() }))["count"].GetInt32().ShouldBe(1);
        await relay.RelayAsync();

        relay.Consumer.Told.Count.ShouldBe(1);
        (await user.GetAsync("/api/events/parked")).Items.ShouldBeEmpty();
        (await user.PostAsync("/api/events/redrive", new { consumer = "nobody" })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/consumer"]);
        (await user.PostAsync("/api/events/redrive", new { consumer = "fake", eventId = Guid.CreateVersion7() })).ShouldFail(HttpStatusCode.UnprocessableEntity, "unknown-reference").Faults.ShouldBe(["/eventId"]);
    }

    [Theory, EachDatabase]
    public async Task A_parked_event_that_is_gone_is_not_listed(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database, new FakeConsumer { Tries = 1 });
        var user = relay.Host.NewTenant();
        foreach (var name in new[] { "Gone", "Stays" }) await user.MakeAsync("leads", new { lastName = name });
        relay.Consumer.Answer = _ => new Crm.Services.Events.Delivery.Refused("No queue takes it.");
        await relay.SealAndRelayAsync();
        var ids = (await user.GetAsync("/api/events/parked")).Items.Select(item => item.GetProperty("eventId").GetGuid()).ToList();
        ids.Count.ShouldBe(2);

        await relay.QueryAsync(user, db => db.Events.Where(e => e.Id == ids[0]).ExecuteDeleteAsync());

        (await user.GetAsync("/api/events/parked")).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem().GetProperty("eventId").GetGuid().ShouldBe(ids[1]);
    }

    private static Task<int> SealAsync(Client user) => user.Host.Services.GetRequiredService<Sealer>().SealBatchAsync(user.TenantId, Stop);
}
