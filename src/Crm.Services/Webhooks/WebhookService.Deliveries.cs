using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Crm.Contracts.Webhooks;
using Crm.Database.Tenancy;
using Crm.Database.Webhooks;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Webhooks;

public sealed partial class WebhookService
{
    private static readonly Sorting<WebhookDelivery> DeliverySorts = new Sorting<WebhookDelivery>("webhook-deliveries", d => d.Id).By("at", d => d.At);

    /// <summary>What was sent to a webhook, and what came of it.</summary>
    /// <exception cref="CrmException">404.</exception>
    public async Task<Page<WebhookDeliveryView>> ListDeliveriesAsync(Guid id, WebhookDeliveryQuery query, CancellationToken ct)
    {
        if (!await db.Webhooks.AnyAsync(w => w.Id == id, ct)) throw CrmException.NotFound("webhook", id);
        var deliveries = db.WebhookDeliveries.AsNoTracking().Where(d => d.WebhookId == id);
        if (caller.Key?.Resources is { } resources)
        {
            // They show the records that were sent: of what the key isn't for, nothing.
            var readable = EventTypes.OfRecords.Where(type => resources.Contains(CollectionOf(type), StringComparer.Ordinal)).Append(EventTypes.WebhookTest).ToList();
            deliveries = deliveries.Where(d => readable.Contains(d.Type));
        }

        if (query.Outcome is { } outcomes) deliveries = deliveries.Where(d => outcomes.Contains(d.Outcome));
        if (query.Type is { } types) deliveries = deliveries.Where(d => types.Contains(d.Type));
        if (query.EventId is { } events) deliveries = deliveries.Where(d => events.Contains(d.EventId));
        return (await deliveries.ToPageAsync(query, DeliverySorts, d => d, ct)).Select(WebhookViews.Of);
    }

    /// <summary>Sends an event that tells of nothing, at once and once, to an active webhook or a disabled one.</summary>
    /// <exception cref="CrmException">404.</exception>
    public async Task<WebhookDeliveryView> TestAsync(Guid id, CancellationToken ct)
    {
        var webhook = await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct) ?? throw CrmException.NotFound("webhook", id);
        var attempt = await sender.SendAsync(webhook, TestMessage(webhook), ct);
        return await db.InTransactionAsync(
            async () =>
            {
                if ((await db.Webhooks.Where(w => w.Id == id).ForUpdate().Select(w => w.Id).ToListAsync(ct)).Count == 0) throw CrmException.NotFound("webhook", id);
                return WebhookViews.Of(await WebhookJournal.AddAsync(db, id, attempt, ct));
            },
            ct);
    }

    /// <summary>Sends again at once what the endpoint refused and waits for its next try, or was given up.</summary>
    /// <returns>How many events that is.</returns>
    /// <exception cref="CrmException">404; 409 for one that is disabled; 422 for an event that there isn't.</exception>
    public async Task<WebhookRepeatView> RedriveAsync(Guid id, RedriveWebhook command, CancellationToken ct)
    {
        await RequireActiveAsync(id, ct);
        if (command.EventId is { } eventId && !await db.Events.AnyAsync(e => e.Id == eventId, ct)) throw CrmException.UnknownReference("/eventId", "event", eventId);
        return new WebhookRepeatView { Count = await consumers.RedriveAsync(WebhookConsumer.NameOf(id), command.EventId, command.Since, ct) };
    }

    /// <summary>Sends all events again that happened since a moment, in their order.</summary>
    /// <returns>How many events are looked at again.</returns>
    /// <exception cref="CrmException">400 for a moment to come; 404; 409 for one that is disabled.</exception>
    public async Task<WebhookRepeatView> ReplayAsync(Guid id, ReplayWebhook command, CancellationToken ct)
    {
        if (command.Since > db.Stamp().At) throw CrmException.Invalid("/since", "must not be in the future");
        await RequireActiveAsync(id, ct);
        return new WebhookRepeatView { Count = await consumers.ReplayAsync(WebhookConsumer.NameOf(id), command.Since!.Value, ct) };
    }

    private async Task RequireActiveAsync(Guid id, CancellationToken ct)
    {
        var webhook = await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct) ?? throw CrmException.NotFound("webhook", id);
        if (webhook.State == WebhookState.Disabled) throw CrmException.InvalidTransition("The webhook is disabled, and is sent nothing. Enable it first; then what happened meanwhile can be replayed.");
    }

    /// <summary>The collection of the records that a type of event tells of, as the resources of keys are named.</summary>
    private static string CollectionOf(string type) => type.Split('.')[0] switch { "lead" => "leads", "deal" => "deals", "task" => "tasks", "dashboard" => "dashboards", _ => "activities" };

    private WebhookMessage TestMessage(Webhook webhook)
    {
        var (id, at) = (Guid.CreateVersion7(db.Stamp().At), db.Stamp().At);
        var body = new
        {
            Specversion = "1.0",
            Id = id,
            Source = $"/crm/{webhook.TenantId}",
            Type = EventTypes.WebhookTest,
            Subject = $"{Collection}/{webhook.Id}",
            Time = at,
            Datacontenttype = "application/json",
            Data = new { Actor = caller.UserId },
        };
        return new WebhookMessage(id, EventTypes.WebhookTest, JsonSerializer.SerializeToUtf8Bytes(body, CrmJson.Options));
    }
}
