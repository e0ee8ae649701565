using Crm.Contracts;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>The records of one kind.</summary>
public sealed class RecordsClient<TFields, TView, TQuery> where TFields : class where TView : RecordView where TQuery : ListQuery
{
    private readonly Wire wire;
    private readonly string collection;

    internal RecordsClient(Wire wire, string collection) => (this.wire, this.collection) = (wire, collection);

    /// <param name="fields">What to write.</param>
    /// <param name="idempotencyKey">The same key again gives the same record, however often the call is repeated within 24 hours.</param>
    /// <param name="ct">Stops waiting; the record may have been made.</param>
    public Task<TView> CreateAsync(TFields fields, string? idempotencyKey, CancellationToken ct) =>
        wire.SendAsync<TView>(HttpMethod.Post, collection, ct, fields, idempotencyKey: idempotencyKey);

    public Task<TView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<TView>(HttpMethod.Get, $"{collection}/{id}", ct);

    public Task<Page<TView>> ListAsync(TQuery query, CancellationToken ct) =>
        wire.SendAsync<Page<TView>>(HttpMethod.Get, collection + QueryString.Of(query), ct);

    /// <summary>Every record that matches, page after page by cursor: none twice, and none left out that is there throughout.</summary>
    public IAsyncEnumerable<TView> ListAllAsync(TQuery query, CancellationToken ct) => Pages.AllAsync(query, ListAsync, ct);

    /// <param name="id">Which record.</param>
    /// <param name="fields">All that is writable. What is null is left out: content is cleared by that; an owner, an assignee and what else a PUT keeps stay, and are cleared by <see cref="ChangeAsync"/>.</param>
    /// <param name="ifVersion">The version that was read; null to replace whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    public Task<TView> ReplaceAsync(Guid id, TFields fields, int? ifVersion, CancellationToken ct) =>
        wire.SendAsync<TView>(HttpMethod.Put, $"{collection}/{id}", ct, fields, ifVersion);

    /// <param name="id">Which record.</param>
    /// <param name="change">An object with the members to change, such as <c>new { phone = "030 1234", email = (string?)null }</c>.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    public Task<TView> ChangeAsync(Guid id, object change, int? ifVersion, CancellationToken ct) =>
        wire.SendAsync<TView>(HttpMethod.Patch, $"{collection}/{id}", ct, change, ifVersion);

    public Task DeleteAsync(Guid id, int? ifVersion, CancellationToken ct) =>
        wire.SendAsync(HttpMethod.Delete, $"{collection}/{id}", ct, null, ifVersion);

    /// <summary>Brings a deleted record back with what went with it.</summary>
    public Task<TView> RestoreAsync(Guid id, CancellationToken ct) => wire.SendAsync<TView>(HttpMethod.Post, $"{collection}/{id}/restore", ct);
}
