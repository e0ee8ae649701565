using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

public sealed class ReplayTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_replay_tells_again_what_happened_since_a_moment_in_order(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        var first = await user.MakeAsync("leads", new { lastName = "Lovelace" });
        var since = await relay.QueryAsync(user, db => db.Events.Where(e => e.RecordId == first).Select(e => e.OccurredAt).SingleAsync());
        for (var i = 0; i < 3; i++) await user.PatchAsync($"/api/leads/{first}", new { lastName = $"Lovelace {i}" });
        await relay.SealAndRelayAsync();

        (await relay.WithConsumersAsync(user, consumers => consumers.ReplayAsync("fake", since.AddMicroseconds(1), Stop))).ShouldBe(3);
        await relay.RelayAsync();

        relay.Consumer.Told.Select(entry => entry.Version).ShouldBe([1, 2, 3, 4, 2, 3, 4]);
    }

    /// <summary>As after a transaction that took long: what happened first in it was sealed behind what happened meanwhile.</summary>
    [Theory, EachDatabase]
    public async Task A_replay_begins_before_all_that_happened_since_also_where_an_earlier_event_was_sealed_later(Database database)
    {
        await using var relay = await RelayHost.StartAsync(database);
        var user = relay.Host.NewTenant();
        foreach (var name in new[] { "Quick", "Slow" }) await user.MakeAsync("leads", new { lastName = name });
        await relay.SealAndRelayAsync();
        var began = await relay.QueryAsync(user, db => db.Events.MinAsync(e => e.OccurredAt)) - TimeSpan.FromSeconds(20);
        await relay.QueryAsync(user, db => db.Events.Where(e => db.Seals.Any(s => s.EventId == e.Id && s.Position == 2)).ExecuteUpdateAsync(set => set.SetProperty(e => e.OccurredAt, began)));

        (await relay.WithConsumersAsync(user, consumers => consumers.ReplayAsync("fake", began, Stop))).ShouldBe(2);
        await relay.RelayAsync();

        relay.Consumer.Told.Select(entry => entry.Record.GetProperty("lastName").GetString()).ShouldBe(["Quick", "Slow", "Quick", "Slow"]);
    }
}
