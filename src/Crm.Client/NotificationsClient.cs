using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Notifications;

namespace Crm.Client;

/// <summary>What the user is told.</summary>
public sealed class NotificationsClient
{
    private readonly Wire wire;

    internal NotificationsClient(Wire wire) => this.wire = wire;

    /// <summary>A page of the user's notifications that match.</summary>
    /// <exception cref="CrmException">400 for a query that is wrong.</exception>
    public Task<Page<NotificationView>> ListAsync(NotificationQuery query, CancellationToken ct) =>
        wire.SendAsync<Page<NotificationView>>(HttpMethod.Get, $"notifications{QueryString.Of(query)}", ct);

    /// <summary>Every one that matches, page after page by cursor.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public IAsyncEnumerable<NotificationView> ListAllAsync(NotificationQuery query, CancellationToken ct) => Pages.AllAsync(query, ListAsync, ct);

    /// <summary>How many the user hasn't read.</summary>
    public Task<UnreadCountView> UnreadCountAsync(CancellationToken ct) => wire.SendAsync<UnreadCountView>(HttpMethod.Get, "notifications/unread-count", ct);

    /// <summary>Marks one as read.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<NotificationView> ReadAsync(Guid id, CancellationToken ct) => wire.SendAsync<NotificationView>(HttpMethod.Put, $"notifications/{id}/read", ct);

    /// <summary>Marks one as unread.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<NotificationView> UnreadAsync(Guid id, CancellationToken ct) => wire.SendAsync<NotificationView>(HttpMethod.Delete, $"notifications/{id}/read", ct);

    /// <summary>Marks as read all that were made until an instant, or all there are.</summary>
    /// <returns>What is unread then.</returns>
    public Task<UnreadCountView> ReadAllAsync(DateTimeOffset? until, CancellationToken ct) => wire.SendAsync<UnreadCountView>(HttpMethod.Post, "notifications/read-all", ct, new ReadAll { Until = until });

    /// <summary>How the user is told of what.</summary>
    public Task<PreferenceView> PreferencesAsync(CancellationToken ct) => wire.SendAsync<PreferenceView>(HttpMethod.Get, "notifications/preferences", ct);

    /// <param name="change">An object with the kinds to change, such as <c>new { taskOverdue = new { email = true } }</c>.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">400 for a kind that there isn't; 412 where the version is stale.</exception>
    public Task<PreferenceView> ChangePreferencesAsync(object change, int? ifVersion, CancellationToken ct) =>
        wire.SendAsync<PreferenceView>(HttpMethod.Patch, "notifications/preferences", ct, change, ifVersion);
}
