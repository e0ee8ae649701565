using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Webhooks;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Database.Webhooks;
using Crm.Services.Audit;
using Crm.Services.Conditions;
using Crm.Services.Events;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Webhooks;

/// <summary>Endpoints that are told of the tenant's events.</summary>
public sealed partial class WebhookService(CrmDbContext db, Caller caller, LogConsumers consumers, WebhookAddresses addresses, WebhookSender sender)
{
    private const string Collection = "webhooks";

    /// <summary>How long a secret signs on after it was replaced.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>How many webhooks a tenant may have: with each event each of them has to be told.</summary>
    public const int Most = 50;

    private static readonly Sorting<Webhook> Sorts = new Sorting<Webhook>(Collection, w => w.Id).By("createdAt", w => w.CreatedAt);

    public async Task<Page<WebhookView>> ListAsync(WebhookQuery query, CancellationToken ct)
    {
        var webhooks = db.Webhooks.AsNoTracking();
        if (query.State is { } states) webhooks = webhooks.Where(w => states.Contains(w.State));
        return (await webhooks.ToPageAsync(query, Sorts, w => w, ct)).Select(WebhookViews.Of);
    }

    public async Task<WebhookView?> FindAsync(Guid id, CancellationToken ct) =>
        await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct) is { } webhook ? WebhookViews.Of(webhook) : null;

    /// <summary>Makes a webhook, which is told of what happens from now on. Its secret is in the answer, and in no later one.</summary>
    /// <exception cref="CrmException">400 for an address that isn't one of the internet, or a filter that can't be asked; 403 for a key with limits; 409 where there are <see cref="Most"/> already.</exception>
    public async Task<SecretWebhookView> CreateAsync(WebhookFields fields, CancellationToken ct)
    {
        caller.RefuseLimitedKey("make a webhook");
        var webhook = new Webhook(fields, WebhookSignature.NewSecret(), db.Stamp());
        Check(webhook.Fields());
        return await db.InTransactionAsync(
            async () =>
            {
                if (await db.Webhooks.CountAsync(ct) >= Most) throw new CrmException(FailureKind.Conflict, FailureCodes.LimitReached, $"There are {Most} webhooks already, and no tenant may have more. Delete one that isn't used any more, or have one endpoint told of more types.");
                db.Add(webhook);
                db.Audit(EventTypes.WebhookCreated, Collection, $"{webhook.Id}", Differences.Between(null, webhook.Fields()));
                await db.SaveChangesAsync(ct);
                if (webhook.State == WebhookState.Active) await consumers.StartAsync(WebhookConsumer.NameOf(webhook.Id), ct);
                return WebhookViews.WithSecret(webhook);
            },
            ct);
    }

    /// <exception cref="CrmException">400 as for a new one; 403 for a key with limits; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<WebhookView> ChangeAsync(Guid id, Changes<WebhookChange> change, int? ifMatch, CancellationToken ct)
    {
        caller.RefuseLimitedKey("change a webhook");
        return WebhookViews.Of(await WriteAsync(
            id, ifMatch,
            webhook =>
            {
                var was = webhook.Fields();
                var fields = change.ApplyTo(webhook.Fields());
                Check(fields);
                if (webhook.Change(fields, db.Stamp())) db.Audit(EventTypes.WebhookChanged, Collection, $"{id}", Differences.Between(was, webhook.Fields()));
                return Task.CompletedTask;
            },
            ct));
    }

    /// <summary>Deletes a webhook for good, with what was sent to it.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => WriteAsync(
        id, ifMatch,
        async webhook =>
        {
            await consumers.StopAsync(WebhookConsumer.NameOf(id), ct);
            await db.WebhookDeliveries.Where(d => d.WebhookId == id).ExecuteDeleteAsync(ct);
            db.Remove(webhook);
            db.Audit(EventTypes.WebhookDeleted, Collection, $"{id}", Differences.Between(webhook.Fields(), null));
        },
        ct);

    /// <summary>Tells a disabled webhook of events again, from now on; an active one stays as it is.</summary>
    /// <exception cref="CrmException">403 for a key with limits; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<WebhookView> EnableAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        caller.RefuseLimitedKey("enable a webhook");
        return WebhookViews.Of(await WriteAsync(
            id, ifMatch,
            async webhook =>
            {
                if (!webhook.Enable(db.Stamp())) return;
                db.Audit(EventTypes.WebhookEnabled, Collection, $"{id}", Differences.Of("state", WebhookState.Disabled, WebhookState.Active));
                await consumers.StartAsync(WebhookConsumer.NameOf(id), ct);
            },
            ct));
    }

    /// <summary>Tells a webhook of nothing any more; what it was behind by is forgotten. A disabled one stays as it is.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<WebhookView> DisableAsync(Guid id, int? ifMatch, CancellationToken ct) => WebhookViews.Of(await WriteAsync(
        id, ifMatch,
        async webhook =>
        {
            if (!webhook.Disable(WebhookDisabledReason.Requested, db.Stamp())) return;
            db.Audit(EventTypes.WebhookDisabled, Collection, $"{id}", WebhookViews.DisabledFor(WebhookDisabledReason.Requested));
            await consumers.StopAsync(WebhookConsumer.NameOf(id), ct);
        },
        ct));

    /// <summary>Gives a webhook another secret, which the answer shows. For a day the one before signs, too.</summary>
    /// <exception cref="CrmException">403 for a key with limits; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<SecretWebhookView> RotateSecretAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        caller.RefuseLimitedKey("be told a webhook's secret");
        return WebhookViews.WithSecret(await WriteAsync(
            id, ifMatch,
            webhook =>
            {
                var stamp = db.Stamp();
                webhook.Rotate(WebhookSignature.NewSecret(), Overlap, stamp);
                db.Audit(EventTypes.WebhookSecretRotated, Collection, $"{id}", Differences.Of("previousSecretUntil", (DateTimeOffset?)null, stamp.At + Overlap));
                return Task.CompletedTask;
            },
            ct));
    }

    private Task<Webhook> WriteAsync(Guid id, int? ifMatch, Func<Webhook, Task> change, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var webhook = await db.Webhooks.ForUpdate().SingleOrDefaultAsync(w => w.Id == id, ct) ?? throw CrmException.NotFound("webhook", id);
                if (ifMatch is { } version && version != webhook.Version) throw CrmException.Stale("webhook", id);
                await change(webhook);
                await db.SaveChangesAsync(ct);
                return webhook;
            },
            ct),
        () => ifMatch is null ? null : CrmException.Stale("webhook", id),
        () => CrmException.Contended("webhook", id),
        ct);

    private void Check(WebhookChange fields)
    {
        if (addresses.FaultOf(fields.Url) is { } fault) throw CrmException.Invalid("/url", fault);
        if (fields.Filter is { } filter) ConditionReader.Read(filter, fields.Types, "/filter");
    }
}
