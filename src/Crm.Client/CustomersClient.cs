using Crm.Contracts.Conversion;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>The customers that the service keeps itself. Where a registry of its own keeps them, every call fails with 404 and says so.</summary>
public sealed class CustomersClient
{
    private readonly Wire wire;

    internal CustomersClient(Wire wire) => this.wire = wire;

    /// <exception cref="CrmException">404.</exception>
    public Task<CustomerView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<CustomerView>(HttpMethod.Get, $"customers/{id}", ct);

    /// <exception cref="CrmException">404 where a registry of its own keeps them.</exception>
    public Task<Page<CustomerView>> ListAsync(CustomerQuery query, CancellationToken ct) =>
        wire.SendAsync<Page<CustomerView>>(HttpMethod.Get, $"customers{QueryString.Of(query)}", ct);

    /// <summary>Every customer that matches, page after page by cursor.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public IAsyncEnumerable<CustomerView> ListAllAsync(CustomerQuery query, CancellationToken ct) => Pages.AllAsync(query, ListAsync, ct);
}
