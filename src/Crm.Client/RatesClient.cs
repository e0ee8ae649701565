using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Settings;

namespace Crm.Client;

/// <summary>What currencies are worth in each other.</summary>
public sealed class RatesClient
{
    private const string Rates = "settings/rates";

    private readonly Wire wire;

    internal RatesClient(Wire wire) => this.wire = wire;

    /// <summary>A page of the rates in force, the newest date first.</summary>
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    public Task<Page<RateView>> ListAsync(RateQuery query, CancellationToken ct) => wire.SendAsync<Page<RateView>>(HttpMethod.Get, $"{Rates}{QueryString.Of(query)}", ct);

    /// <summary>All rates in force that match, page after page.</summary>
    public IAsyncEnumerable<RateView> ListAllAsync(RateQuery query, CancellationToken ct) => Pages.AllAsync(query, ListAsync, ct);

    /// <summary>Tells rates, all or none: new ones, others for a pair and date that was told, and null to withdraw one.</summary>
    /// <exception cref="CrmException">400 with the pointer of each rate that is none, or told twice; 403 for who isn't an admin.</exception>
    public Task<RatesTold> TellAsync(IReadOnlyList<RateFields> rates, CancellationToken ct) => wire.SendAsync<RatesTold>(HttpMethod.Post, Rates, ct, new TellRates { Rates = rates });
}
