using Crm.Contracts.Conversion;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>The conversions of leads to customers.</summary>
public sealed class ConversionsClient
{
    private readonly Wire wire;

    internal ConversionsClient(Wire wire) => this.wire = wire;

    /// <summary>Converts a lead. Where the registry is slow or away the conversion comes back pending, and completes by itself; asked again for a converted lead, the same customer comes back.</summary>
    /// <param name="leadId">Which lead.</param>
    /// <param name="command">With the deal to make; null for none.</param>
    /// <param name="idempotencyKey">The same key again gives the same answer, within 24 hours.</param>
    /// <param name="ct">Stops waiting; the conversion goes on.</param>
    /// <exception cref="CrmException">404; 409 for an unqualified lead; 422 where the registry won't have the customer.</exception>
    public Task<ConversionView> ConvertAsync(Guid leadId, ConvertLead? command, string? idempotencyKey, CancellationToken ct) =>
        wire.SendAsync<ConversionView>(HttpMethod.Post, $"leads/{leadId}/convert", ct, command, idempotencyKey: idempotencyKey);

    /// <summary>Converts up to 500 leads, each for itself; the outcomes come in the order of the ids.</summary>
    /// <param name="command">Which leads, and whether with deals.</param>
    /// <param name="idempotencyKey">The same key again gives the same answer, within 24 hours.</param>
    /// <param name="ct">Stops waiting; the conversions go on.</param>
    /// <exception cref="CrmException">400 for no ids or too many; what is wrong with a lead is told by its outcome.</exception>
    public async Task<IReadOnlyList<ConversionOutcome>> ConvertManyAsync(ConvertLeads command, string? idempotencyKey, CancellationToken ct) =>
        (await wire.SendAsync<ConversionList>(HttpMethod.Post, "leads/convert", ct, command, idempotencyKey: idempotencyKey)).Items;

    /// <summary>How far it is with a conversion.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<ConversionView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<ConversionView>(HttpMethod.Get, $"conversions/{id}", ct);

    /// <summary>A page of the conversions that match.</summary>
    /// <exception cref="CrmException">400 for a query that is wrong.</exception>
    public Task<Page<ConversionView>> ListAsync(ConversionQuery query, CancellationToken ct) =>
        wire.SendAsync<Page<ConversionView>>(HttpMethod.Get, $"conversions{QueryString.Of(query)}", ct);

    /// <summary>Every conversion that matches, page after page by cursor.</summary>
    public IAsyncEnumerable<ConversionView> ListAllAsync(ConversionQuery query, CancellationToken ct) => Pages.AllAsync(query, ListAsync, ct);

    /// <summary>Goes on with a pending conversion at once.</summary>
    /// <exception cref="CrmException">404; 409 for one that has ended; 422 where the registry won't have the customer.</exception>
    public Task<ConversionView> RetryAsync(Guid id, CancellationToken ct) => wire.SendAsync<ConversionView>(HttpMethod.Post, $"conversions/{id}/retry", ct);

    /// <summary>Ends a pending conversion, so that the lead can be changed again.</summary>
    /// <exception cref="CrmException">404; 409 for one that has ended, is being worked on, or of which there is a customer; 503 where the registry can't tell.</exception>
    public Task<ConversionView> CancelAsync(Guid id, CancellationToken ct) => wire.SendAsync<ConversionView>(HttpMethod.Post, $"conversions/{id}/cancel", ct);
}
