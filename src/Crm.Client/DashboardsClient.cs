using Crm.Contracts.Dashboards;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>Named sets of reports: the user's own, and those that everybody in the tenant sees.</summary>
public sealed class DashboardsClient
{
    private readonly Wire wire;

    internal DashboardsClient(Wire wire) => this.wire = wire;

    /// <param name="fields">What to write; the parameters of a report such as <c>JsonSerializer.SerializeToElement(new { period = "last-month", groupBy = "owner" })</c>.</param>
    /// <param name="idempotencyKey">The same key again gives the same answer, within 24 hours.</param>
    /// <param name="ct">Stops waiting; the dashboard may have been made.</param>
    /// <exception cref="CrmException">400 for parameters that a report doesn't take, and a schedule that doesn't fit together; 403 for a viewer; 409 where the owner has too many; 422 for somebody who is no active member.</exception>
    public Task<DashboardView> CreateAsync(DashboardFields fields, string? idempotencyKey, CancellationToken ct) =>
        wire.SendAsync<DashboardView>(HttpMethod.Post, "dashboards", ct, fields, idempotencyKey: idempotencyKey);

    /// <exception cref="CrmException">404.</exception>
    public Task<DashboardView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<DashboardView>(HttpMethod.Get, $"dashboards/{id}", ct);

    /// <exception cref="CrmException">400 for a query that is wrong.</exception>
    public Task<Page<DashboardView>> ListAsync(DashboardQuery query, CancellationToken ct) => wire.SendAsync<Page<DashboardView>>(HttpMethod.Get, $"dashboards{QueryString.Of(query)}", ct);

    /// <summary>All that match, page after page.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public IAsyncEnumerable<DashboardView> AllAsync(DashboardQuery query, CancellationToken ct) => Pages.AllAsync(query, ListAsync, ct);

    /// <param name="id">Which dashboard.</param>
    /// <param name="fields">What it is from now on; without a schedule it isn't delivered any more.</param>
    /// <param name="ifVersion">The version that was read; null to replace whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">As for a new one; 403 for somebody else's without the role MANAGER; 404; 412 where the version is stale.</exception>
    public Task<DashboardView> ReplaceAsync(Guid id, DashboardFields fields, int? ifVersion, CancellationToken ct) =>
        wire.SendAsync<DashboardView>(HttpMethod.Put, $"dashboards/{id}", ct, fields, ifVersion);

    /// <param name="id">Which dashboard.</param>
    /// <param name="change">An object with the members to change, such as <c>new { isShared = true }</c>.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <inheritdoc cref="ReplaceAsync"/>
    public Task<DashboardView> ChangeAsync(Guid id, object change, int? ifVersion, CancellationToken ct) => wire.SendAsync<DashboardView>(HttpMethod.Patch, $"dashboards/{id}", ct, change, ifVersion);

    /// <summary>Deletes it for good, with the list of its deliveries.</summary>
    /// <exception cref="CrmException">403 for somebody else's without the role MANAGER; 404; 412 where the version is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifVersion, CancellationToken ct) => wire.SendAsync(HttpMethod.Delete, $"dashboards/{id}", ct, null, ifVersion);

    /// <summary>What all its reports answer, of one instant.</summary>
    /// <exception cref="CrmException">400 for an instant in the future; 404.</exception>
    public Task<DashboardAnswersView> AnswersAsync(Guid id, DashboardAnswersQuery query, CancellationToken ct) =>
        wire.SendAsync<DashboardAnswersView>(HttpMethod.Get, $"dashboards/{id}/reports{QueryString.Of(query)}", ct);

    /// <summary>What one of its reports answers.</summary>
    /// <exception cref="CrmException">400 for what the report itself refuses; 404.</exception>
    public Task<DashboardAnswerView> AnswerAsync(Guid id, string key, DashboardAnswersQuery query, CancellationToken ct) =>
        wire.SendAsync<DashboardAnswerView>(HttpMethod.Get, $"dashboards/{id}/reports/{Uri.EscapeDataString(key)}{QueryString.Of(query)}", ct);

    /// <summary>What was delivered, and what came of it.</summary>
    /// <exception cref="CrmException">400 for a query that is wrong; 404.</exception>
    public Task<Page<DashboardDeliveryView>> ListDeliveriesAsync(Guid id, DashboardDeliveryQuery query, CancellationToken ct) =>
        wire.SendAsync<Page<DashboardDeliveryView>>(HttpMethod.Get, $"dashboards/{id}/deliveries{QueryString.Of(query)}", ct);
}
