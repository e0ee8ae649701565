using System.Security.Cryptography;
using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Webhooks;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Database.Workflows;
using Crm.Services.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>A step that calls a webhook.</summary>
/// <param name="Run">Of which run.</param>
/// <param name="WebhookId">Which webhook.</param>
/// <param name="Record">As it is.</param>
/// <param name="LeasedUntil">Nobody else calls it before.</param>
internal sealed record WorkflowCall(WorkflowRun Run, Guid WebhookId, JsonElement Record, DateTimeOffset LeasedUntil)
{
    /// <summary>The same whenever it is called again, so that a receiver that remembers ids does nothing twice.</summary>
    public Guid MessageId => new(SHA256.HashData([.. Run.Id.ToByteArray(), .. BitConverter.GetBytes(Run.Done)]).AsSpan(0, 16));
}

/// <summary>Sends records to webhooks as workflows want it.</summary>
internal sealed class WorkflowCalls(CrmDbContext db, WebhookSender sender, WebhookSettings settings)
{
    /// <summary>Longer than an endpoint may take.</summary>
    public TimeSpan Lease => (settings.Timeout * 2) + TimeSpan.FromSeconds(30);

    /// <exception cref="CrmException">The endpoint didn't take it, or the webhook is disabled or gone.</exception>
    public async Task SendAsync(WorkflowCall call, CancellationToken ct)
    {
        var webhook = await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Id == call.WebhookId, ct) ?? throw CrmException.NotFound("webhook", call.WebhookId);
        if (webhook.State == WebhookState.Disabled) throw CrmException.InvalidTransition("The webhook is disabled.");
        var message = await MessageAsync(call, ct);
        var attempt = await sender.SendAsync(webhook, message, ct);
        await db.InTransactionAsync(
            async () =>
            {
                var id = webhook.Id;
                var isThere = (await db.Webhooks.Where(w => w.Id == id).ForUpdate().Select(w => w.Id).ToListAsync(ct)).Count > 0;
                return isThere ? await WebhookJournal.AddAsync(db, id, attempt, ct) : null;
            },
            ct);
        if (!attempt.Succeeded) throw CrmException.InvalidTransition(attempt.Problem!);
    }

    private async Task<WebhookMessage> MessageAsync(WorkflowCall call, CancellationToken ct)
    {
        var run = call.Run;
        var definition = await db.WorkflowVersions.Where(v => v.WorkflowId == run.WorkflowId && v.Number == run.WorkflowVersion).Select(v => v.Definition).SingleAsync(ct);
        var body = new
        {
            Specversion = "1.0",
            Id = call.MessageId,
            Source = $"/crm/{run.TenantId}",
            Type = EventTypes.WorkflowRun,
            Subject = $"{run.Collection}/{run.RecordId}",
            Time = run.TriggeredAt,
            Datacontenttype = "application/json",
            Data = new
            {
                run.WorkflowId,
                Workflow = Workflow.Read(definition).Name,
                RunId = run.Id,
                run.EventId,
                run.EventType,
                call.Record,
            },
        };
        return new WebhookMessage(call.MessageId, EventTypes.WorkflowRun, JsonSerializer.SerializeToUtf8Bytes(body, CrmJson.Options));
    }
}
