using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Json;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

[Collection(RabbitTests.Name)]
public sealed class RabbitMessageTests(RabbitServer server)
{
    [Theory, EachDatabase]
    public async Task A_change_comes_as_a_cloud_event_that_says_what_when_and_whose_it_is(Database database)
    {
        await using var crm = await RabbitHost.StartAsync(database, server.Uri);
        await using var queue = await RabbitQueue.OpenAsync(server, "#");
        var ada = crm.Host.NewTenant();
        var lead = await ada.MakeAsync("leads", new { lastName = "Lovelace" });
        await ada.PatchAsync($"/api/leads/{lead}", new { lastName = "Byron" });

        await crm.PublishAsync();

        var messages = await queue.OfAsync(ada.TenantId, 2);
        messages.Select(m => (m.RoutingKey, m.ContentType, m.IsPersistent, m.TenantId, m.Subject)).ShouldBe(
        [
            ("lead.created", "application/cloudevents+json", true, $"{ada.TenantId}", $"leads/{lead}"),
            ("lead.updated", "application/cloudevents+json", true, $"{ada.TenantId}", $"leads/{lead}"),
        ]);
        var events = await crm.Host.QueryAsync(ada.TenantId, db => db.Events.AsNoTracking().Where(e => e.RecordId == lead).OrderBy(e => e.Version).ToListAsync());
        messages.Select(m => (m.Id, m.TraceId)).ShouldBe(events.Select(e => (e.Id, e.TraceId)));
        foreach (var (message, stored) in messages.Zip(events))
        {
            var view = message.Body.Deserialize<EventView>(CrmJson.Options)!;
            (view.Id, view.Type, view.Source, view.Time, view.Data.Version, view.Data.Actor).ShouldBe((stored.Id, stored.Type, $"/crm/{ada.TenantId}", stored.OccurredAt, stored.Version!.Value, "ada"));
            (view.Specversion, view.Datacontenttype).ShouldBe(("1.0", "application/json"));
        }

        messages[1].Body.GetProperty("data").GetProperty("changes").GetProperty("lastName").GetRawText().ShouldBe("""{"from":"Lovelace","to":"Byron"}""");
    }

    [Theory, EachDatabase]
    public async Task Only_the_chosen_types_are_published_and_the_others_wait_for_no_queue(Database database)
    {
        await using var crm = await RabbitHost.StartAsync(database, server.Uri, ("RabbitMq:Types", "deal.*, lead.updated"));
        await using var queue = await RabbitQueue.OpenAsync(server, "#");
        var ada = crm.Host.NewTenant();
        var lead = await ada.MakeAsync("leads", new { lastName = "Lovelace" });
        await ada.MakeAsync("tasks", new { title = "Call" });
        await ada.MakeAsync("deals", new { name = "Engine" });
        await ada.PatchAsync($"/api/leads/{lead}", new { lastName = "Byron" });

        await crm.PublishAsync();

        (await queue.OfAsync(ada.TenantId, 2)).Select(m => m.RoutingKey).ShouldBe(["deal.created", "lead.updated"], ignoreOrder: true);
        await ShouldHaveHeardAllAsync(crm, ada);
    }

    [Theory, EachDatabase]
    public async Task What_belongs_to_the_audit_alone_is_not_published(Database database)
    {
        await using var crm = await RabbitHost.StartAsync(database, server.Uri);
        await using var queue = await RabbitQueue.OpenAsync(server, "#");
        var ada = crm.Host.NewTenant();
        await ada.PostAsync("/api/teams", new { name = "North" });
        await ada.MakeAsync("leads", new { lastName = "Lovelace" });

        await crm.PublishAsync();

        (await queue.OfAsync(ada.TenantId, 1)).Select(m => m.RoutingKey).ShouldBe(["lead.created"]);
        await ShouldHaveHeardAllAsync(crm, ada);
    }

    private static async Task ShouldHaveHeardAllAsync(RabbitHost crm, Client ada)
    {
        var place = await crm.Host.QueryAsync(ada.TenantId, db => db.LogConsumers.AsNoTracking().SingleAsync(c => c.Name == RabbitHost.Consumer));
        place.Position.ShouldBe(place.Target);
        (await crm.Host.QueryAsync(ada.TenantId, db => db.HeldDeliveries.CountAsync())).ShouldBe(0);
    }
}
