using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Webhooks;

namespace Crm.Client;

/// <summary>The endpoints that are told of events. For admins: everybody else gets 403.</summary>
public sealed class WebhooksClient
{
    private readonly Wire wire;

    internal WebhooksClient(Wire wire) => this.wire = wire;

    /// <summary>Makes a webhook, which is told of what happens from now on. Keep the secret: it isn't shown again.</summary>
    /// <param name="fields">What to write.</param>
    /// <param name="idempotencyKey">The same key again gives the same answer, with the secret, within 24 hours.</param>
    /// <param name="ct">Stops waiting; the webhook may have been made.</param>
    /// <exception cref="CrmException">400 for an address that isn't one of the internet, or a filter that can't be asked; 409 where there are too many.</exception>
    public Task<SecretWebhookView> CreateAsync(WebhookFields fields, string? idempotencyKey, CancellationToken ct) =>
        wire.SendAsync<SecretWebhookView>(HttpMethod.Post, "webhooks", ct, fields, idempotencyKey: idempotencyKey);

    /// <exception cref="CrmException">404.</exception>
    public Task<WebhookView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<WebhookView>(HttpMethod.Get, $"webhooks/{id}", ct);

    /// <exception cref="CrmException">400 for a query that is wrong.</exception>
    public Task<Page<WebhookView>> ListAsync(WebhookQuery query, CancellationToken ct) => wire.SendAsync<Page<WebhookView>>(HttpMethod.Get, $"webhooks{QueryString.Of(query)}", ct);

    /// <param name="id">Which webhook.</param>
    /// <param name="change">An object with the members to change, such as <c>new { types = new[] { "deal.won" } }</c>.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">400 as for a new one; 404; 412 where the version is stale.</exception>
    public Task<WebhookView> ChangeAsync(Guid id, object change, int? ifVersion, CancellationToken ct) => wire.SendAsync<WebhookView>(HttpMethod.Patch, $"webhooks/{id}", ct, change, ifVersion);

    /// <summary>Deletes it for good, with the log of what was sent to it.</summary>
    /// <exception cref="CrmException">404; 412 where the version is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifVersion, CancellationToken ct) => wire.SendAsync(HttpMethod.Delete, $"webhooks/{id}", ct, null, ifVersion);

    /// <summary>Tells a disabled one of events again, from now on.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<WebhookView> EnableAsync(Guid id, CancellationToken ct) => PostAsync<WebhookView>(id, "enable", null, ct);

    /// <summary>Tells it of nothing any more.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<WebhookView> DisableAsync(Guid id, CancellationToken ct) => PostAsync<WebhookView>(id, "disable", null, ct);

    /// <summary>Gives it another secret. For a day the one before signs, too.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<SecretWebhookView> RotateSecretAsync(Guid id, CancellationToken ct) => PostAsync<SecretWebhookView>(id, "rotate-secret", null, ct);

    /// <summary>Sends it an event that tells of nothing, at once and once.</summary>
    /// <returns>What came of it.</returns>
    /// <exception cref="CrmException">404.</exception>
    public Task<WebhookDeliveryView> TestAsync(Guid id, CancellationToken ct) => PostAsync<WebhookDeliveryView>(id, "test", null, ct);

    /// <summary>A page of what was sent to it, and what came of it.</summary>
    /// <exception cref="CrmException">400 for a query that is wrong; 404.</exception>
    public Task<Page<WebhookDeliveryView>> ListDeliveriesAsync(Guid id, WebhookDeliveryQuery query, CancellationToken ct) =>
        wire.SendAsync<Page<WebhookDeliveryView>>(HttpMethod.Get, $"webhooks/{id}/deliveries{QueryString.Of(query)}", ct);

    /// <summary>Sends again what it refused.</summary>
    /// <returns>How many events.</returns>
    /// <exception cref="CrmException">404; 409 for a disabled one; 422 for an event that there isn't.</exception>
    public async Task<int> RedriveAsync(Guid id, RedriveWebhook command, CancellationToken ct) => (await PostAsync<WebhookRepeatView>(id, "redrive", command, ct)).Count;

    /// <summary>Sends all events again that happened since a moment.</summary>
    /// <returns>How many events of the log are looked at again.</returns>
    /// <exception cref="CrmException">400 for a moment to come; 404; 409 for a disabled one.</exception>
    public async Task<int> ReplayAsync(Guid id, DateTimeOffset since, CancellationToken ct) => (await PostAsync<WebhookRepeatView>(id, "replay", new ReplayWebhook { Since = since }, ct)).Count;

    private Task<T> PostAsync<T>(Guid id, string verb, object? body, CancellationToken ct) => wire.SendAsync<T>(HttpMethod.Post, $"webhooks/{id}/{verb}", ct, body);
}
