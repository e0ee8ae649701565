using Crm.Database.Events;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

[Collection(RabbitTests.Name)]
public sealed class RabbitRefusalTests(RabbitServer server)
{
    private const int MostTries = 10;

    [Theory, EachDatabase]
    public async Task What_no_queue_wants_is_kept_tried_again_and_parked_in_the_end_while_the_others_flow(Database database)
    {
        await using var crm = await RabbitHost.StartAsync(database, server.Uri);
        await using var queue = await RabbitQueue.OpenAsync(server, "lead.created");
        var ada = crm.Host.NewTenant();
        await ada.MakeAsync("tasks", new { title = "Call" });
        await ada.MakeAsync("leads", new { lastName = "Lovelace" });

        await crm.PublishAsync();

        await queue.OfAsync(ada.TenantId, 1);
        var held = await HeldAsync(crm, ada);
        (held.Tries, held.Problem, held.ParkedAt, held.DueAt > held.HeldAt).ShouldBe((1, "No queue is bound to crm.events for task.created.", null, true));

        for (var tries = 2; tries <= MostTries; tries++)
        {
            (await HeldAsync(crm, ada)).ParkedAt.ShouldBeNull();
            await ada.MakeAsync("leads", new { lastName = $"Lovelace {tries}" });
            await crm.PublishLaterAsync(ada.TenantId);
            (await HeldAsync(crm, ada)).Tries.ShouldBe(tries);
        }

        (await queue.OfAsync(ada.TenantId, MostTries)).ShouldAllBe(m => m.RoutingKey == "lead.created");
        held = await HeldAsync(crm, ada);
        (held.ParkedAt is not null, held.DueAt).ShouldBe((true, null));
        await crm.PublishLaterAsync(ada.TenantId);
        (await HeldAsync(crm, ada)).Tries.ShouldBe(MostTries);
    }

    [Theory, EachDatabase]
    public async Task What_a_full_queue_refuses_is_published_when_there_is_room(Database database)
    {
        await using var crm = await RabbitHost.StartAsync(database, server.Uri);
        await using var full = await RabbitQueue.OpenFullAtOneAsync(server, "lead.*");
        var ada = crm.Host.NewTenant();
        await ada.MakeAsync("leads", new { lastName = "First" });
        await crm.PublishAsync();
        var second = await ada.MakeAsync("leads", new { lastName = "Second" });
        await ada.PatchAsync($"/api/leads/{second}", new { lastName = "Renamed" });

        await crm.PublishAsync();

        var held = await crm.Host.QueryAsync(ada.TenantId, db => db.HeldDeliveries.AsNoTracking().OrderBy(h => h.Position).ToListAsync());
        held.Select(h => (h.RecordId, h.Tries, h.Problem)).ShouldBe([(second, 1, "A queue didn't take it; it may be full."), (second, 0, null)]);

        await full.PurgeAsync();
        await using var queue = await RabbitQueue.OpenAsync(server, "lead.*");
        for (var rounds = 0; rounds < 2; rounds++)
        {
            await crm.PublishLaterAsync(ada.TenantId); // the second of the record follows the first, for which there must be room again
            await full.PurgeAsync();
        }

        (await queue.OfAsync(ada.TenantId, 2)).Select(m => (m.Subject, m.Version)).ShouldBe([($"leads/{second}", 1), ($"leads/{second}", 2)]);
        (await crm.Host.QueryAsync(ada.TenantId, db => db.HeldDeliveries.CountAsync())).ShouldBe(0);
    }

    private static Task<HeldDelivery> HeldAsync(RabbitHost crm, Client ada) => crm.Host.QueryAsync(ada.TenantId, db => db.HeldDeliveries.AsNoTracking().SingleAsync(h => h.Consumer == RabbitHost.Consumer));
}
