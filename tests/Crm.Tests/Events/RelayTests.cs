using System.Text.Json;
using Crm.Database.Events;
using Crm.Services.Events;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

public sealed class RelayTests
{
    private static readonly Delivery No = new Delivery.Refused("No.");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_consumer_is_told_of_each_event_once_in_the_order_of_the_log(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        var leads = new List<Guid>();
        for (var i = 0; i < 3; i++) leads.Add(await user.MakeAsync("leads", new { lastName = $"Lovelace {i}" }));
        for (var i = 0; i < 100; i++) await user.PatchAsync($"/api/leads/{leads[i % 3]}", new { lastName = $"Hopper {i}" });

        await relay.SealAndRelayAsync();
        await relay.SealAndRelayAsync();

        var told = relay.Consumer.Told;
        told.Select(entry => entry.Position).Order().ShouldBe(Enumerable.Range(1, 103).Select(i => (long)i));
        foreach (var lead in leads) told.Where(entry => entry.RecordId == lead).Select(entry => entry.Version!.Value).ShouldBe(Enumerable.Range(1, told.Count(entry => entry.RecordId == lead)));
        (await PlaceAsync(relay, user)).ShouldBe((103, 103, null, null));
    }

    [Theory, EachDatabase]
    public async Task A_worker_that_starts_tells_what_another_left(Database database)
    {
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var gone = await RelayHost.StartAsync(database, connectionString: connection);
        var lead = await gone.Host.NewTenant().MakeAsync("leads", new { lastName = "Lovelace" });
        await gone.SealAsync();

        await using var relay = await RelayHost.StartAsync(database, connectionString: connection, configure: builder => builder.Configuration["Worker:Enabled"] = "true");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (relay.Consumer.Told.Count == 0) await Task.Delay(20, patience.Token);
        relay.Consumer.Told.ShouldHaveSingleItem().RecordId.ShouldBe(lead);
    }

    [Theory, EachDatabase]
    public async Task What_is_of_no_record_is_in_the_log_too(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        await user.PatchAsync("/api/settings", new { name = "Nordwind" });

        await relay.SealAndRelayAsync();

        var entry = relay.Consumer.Told.ShouldHaveSingleItem();
        (entry.Type, entry.RecordId, entry.Version, entry.Changes["name"].To!.Value.GetString()).ShouldBe(("settings.changed", null, null, "Nordwind"));
    }

    [Theory, EachDatabase]
    public async Task An_event_goes_out_as_a_CloudEvent(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        var lead = await user.MakeAsync("leads", new { lastName = "Lovelace", estimatedValue = 12.5 });

        await relay.SealAndRelayAsync();

        var entry = relay.Consumer.Told.ShouldHaveSingleItem();
        var cloudEvent = JsonDocument.Parse(entry.CloudEvent).RootElement;
        cloudEvent.EnumerateObject().Select(member => member.Name).ShouldBe(["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence", "data"]);
        (cloudEvent.GetProperty("specversion").GetString(), cloudEvent.GetProperty("source").GetString(), cloudEvent.GetProperty("type").GetString(), cloudEvent.GetProperty("subject").GetString(), cloudEvent.GetProperty("sequence").GetString())
            .ShouldBe(("1.0", $"/crm/{user.TenantId}", "lead.created", $"leads/{lead}", "1"));
        var data = cloudEvent.GetProperty("data");
        (data.GetProperty("version").GetInt32(), data.GetProperty("actor").GetString(), data.GetProperty("record").GetProperty("estimatedValue").GetDecimal()).ShouldBe((1, user.User, 12.5m));
    }

    [Theory, EachDatabase]
    public async Task What_is_refused_is_held_with_what_follows_of_its_record_while_the_others_flow(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        var (bad, good) = (await user.MakeAsync("leads", new { lastName = "Bad" }), await user.MakeAsync("leads", new { lastName = "Good" }));
        relay.Consumer.Answer = entry => entry.RecordId == bad && entry.Version == 1 ? No : Delivery.Told;
        await user.PatchAsync($"/api/leads/{bad}", new { lastName = "Worse" });
        await user.PatchAsync($"/api/leads/{good}", new { lastName = "Better" });
        await relay.SealAndRelayAsync();
        await user.PatchAsync($"/api/leads/{bad}", new { lastName = "Worst" });
        await relay.SealAndRelayAsync();

        relay.Consumer.Told.Select(entry => (entry.RecordId, entry.Version)).ShouldBe([(good, 1), (good, 2)]);
        (await HeldAsync(relay, user)).Select(held => (held.Tries, held.DueAt is not null, held.Problem, held.ParkedAt is not null)).ShouldBe([(1, true, "No.", false), (0, false, null, false), (0, false, null, false)]);

        relay.Consumer.Answer = _ => Delivery.Told;
        await relay.RelayAsync();
        relay.Consumer.Told.Count.ShouldBe(2, "it isn't due yet");
        await relay.MakeDueAsync(user);
        await relay.RelayAsync();

        relay.Consumer.Told.Skip(2).Select(entry => (entry.RecordId, entry.Version)).ShouldBe([(bad, 1), (bad, 2), (bad, 3)]);
        (await HeldAsync(relay, user)).ShouldBeEmpty();
        (await PlaceAsync(relay, user)).ShouldBe((5, 5, null, null));
    }

    [Theory, EachDatabase]
    public async Task Poison_is_parked_after_ten_tries_and_lets_its_record_go_on(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        var lead = await user.MakeAsync("leads", new { lastName = "Bad" });
        await user.PatchAsync($"/api/leads/{lead}", new { lastName = "Worse" });
        var asked = 0;
        relay.Consumer.Answer = entry =>
        {
            if (entry.Version != 1) return Delivery.Told;
            asked++;
            return No;
        };

        await relay.SealAndRelayAsync();
        for (var i = 0; i < 15; i++)
        {
            await relay.MakeDueAsync(user);
            await relay.RelayAsync();
        }

        asked.ShouldBe(10);
        relay.Consumer.Told.ShouldHaveSingleItem().Version.ShouldBe(2);
        var parked = (await HeldAsync(relay, user)).ShouldHaveSingleItem();
        (parked.Tries, parked.DueAt, parked.ParkedAt is not null).ShouldBe((10, null, true));

        relay.Consumer.Answer = _ => Delivery.Told;
        (await relay.WithConsumersAsync(user, consumers => consumers.RedriveAsync("fake", parked.EventId, null, Stop))).ShouldBe(1);
        await relay.RelayAsync();
        relay.Consumer.Told.Select(entry => entry.Version).ShouldBe([2, 1]);
        (await HeldAsync(relay, user)).ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task What_fails_unforeseen_blames_the_one_event_that_it_fails_at(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        var leads = new List<Guid>();
        for (var i = 0; i < 5; i++) leads.Add(await user.MakeAsync("leads", new { lastName = $"Lovelace {i}" }));
        relay.Consumer.Before = (wave, _) => wave.Any(entry => entry.RecordId == leads[2]) ? throw new InvalidOperationException("Poison.") : Task.CompletedTask;

        await relay.SealAndRelayAsync();

        relay.Consumer.Told.Select(entry => entry.RecordId!.Value).ShouldBe(leads.Where((_, i) => i != 2));
        (await HeldAsync(relay, user)).ShouldHaveSingleItem().RecordId.ShouldBe(leads[2]);
    }

    [Theory, EachDatabase]
    public async Task Who_is_away_rests_and_hears_everything_later_without_a_try_counted(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        await user.MakeAsync("leads", new { lastName = "Lovelace" });
        relay.Consumer.Before = (_, _) => throw new ConsumerAwayException("Nobody is at home.", TimeSpan.FromMinutes(1));

        await relay.SealAndRelayAsync();

        relay.Consumer.Told.ShouldBeEmpty();
        (await PlaceAsync(relay, user)).ShouldBe((0, 1, "Nobody is at home.", null));
        (await HeldAsync(relay, user)).ShouldBeEmpty();
        relay.Consumer.Before = (_, _) => Task.CompletedTask;
        await relay.RelayAsync();
        relay.Consumer.Told.ShouldBeEmpty("it rests");
        await relay.MakeDueAsync(user);
        await relay.RelayAsync();
        relay.Consumer.Told.Count.ShouldBe(1);
        (await PlaceAsync(relay, user)).ShouldBe((1, 1, null, null));
    }

    [Theory, EachDatabase]
    public async Task Whoever_has_lost_the_lease_stores_nothing(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        await user.MakeAsync("leads", new { lastName = "Lovelace" });
        relay.Consumer.Before = (_, _) => relay.QueryAsync(user, db => db.LogConsumers.ExecuteUpdateAsync(set => set.SetProperty(c => c.Lease, Guid.CreateVersion7()).SetProperty(c => c.DueAt, DateTimeOffset.MaxValue.AddYears(-1))));

        await relay.SealAndRelayAsync();

        relay.Consumer.Told.Count.ShouldBe(1);
        (await relay.QueryAsync(user, db => db.LogConsumers.Where(c => c.Name == "fake").Select(c => c.Position).SingleAsync())).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_tenant_that_was_there_before_the_consumer_is_heard_of_from_then_on(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        Client user;
        await using (var before = await CrmHost.StartAsync(database, connectionString))
        {
            user = before.NewTenant();
            await user.MakeAsync("leads", new { lastName = "Lovelace" });
            await new RelayHost(before, new FakeConsumer()).SealAsync();
        }

        await using var relay = await RelayHost.StartAsync(database, connectionString: connectionString);
        user = new Client(relay.Host, user.TenantId, user.User, Crm.Contracts.Members.Role.Admin);
        var lead = await user.MakeAsync("leads", new { lastName = "Hopper" });
        await relay.SealAndRelayAsync();

        relay.Consumer.Told.ShouldHaveSingleItem().RecordId.ShouldBe(lead);
    }

    [Theory, EachDatabase]
    public async Task A_consumer_of_a_kind_that_is_not_set_up_here_is_left_to_others(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        await user.GetAsync("/api/me");
        await relay.QueryAsync(user, async db =>
        {
            db.AddRange(new LogConsumer { TenantId = user.TenantId, Name = "other" }, new LogConsumer { TenantId = user.TenantId, Name = "other:of-one" });
            return await db.SaveChangesAsync(Stop);
        });
        await user.MakeAsync("leads", new { lastName = "Lovelace" });

        await relay.SealAndRelayAsync();

        relay.Consumer.Told.Count.ShouldBe(1);
        await relay.QueryAsync(user, async db =>
        {
            (await db.LogConsumers.AsNoTracking().Where(c => c.Position < c.Target).OrderBy(c => c.Name).Select(c => c.Name).ToListAsync(Stop)).ShouldBe(["other", "other:of-one"]);
            (await db.TenantsToRelay(["fake"]).ToListAsync(Stop)).ShouldBeEmpty("it would be looked at each second for nothing");
            (await db.TenantsToRelay(["fake", "other"]).ToListAsync(Stop)).ShouldBe([user.TenantId]);
            return true;
        });
    }

    [Theory, EachDatabase]
    public async Task A_consumer_that_is_due_for_something_held_where_nothing_is_comes_to_rest(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var ada = relay.Host.NewTenant();
        await ada.MakeAsync("leads", new { lastName = "Lovelace" });
        await relay.SealAndRelayAsync();
        await relay.QueryAsync(ada, db => db.LogConsumers.ExecuteUpdateAsync(set => set.SetProperty(c => c.HeldDueAt, DateTimeOffset.UnixEpoch)));

        await relay.RelayAsync();

        (await relay.QueryAsync(ada, db => db.LogConsumers.Select(c => c.HeldDueAt).Distinct().ToListAsync())).ShouldBe([null]);
    }

    private static Task<(long Position, long Target, string? Problem, DateTimeOffset? BehindSince)> PlaceAsync(RelayHost relay, Client user) => relay.QueryAsync(user, async db =>
    {
        var place = await db.LogConsumers.AsNoTracking().SingleAsync(c => c.Name == "fake");
        place.Lease.ShouldBeNull();
        return (place.Position, place.Target, place.Problem, place.Position < place.Target ? null : place.BehindSince);
    });

    private static Task<List<HeldDelivery>> HeldAsync(RelayHost relay, Client user) => relay.QueryAsync(user, db => db.HeldDeliveries.AsNoTracking().OrderBy(h => h.Position).ToListAsync());
}
