using Crm.Contracts.Failures;
using Crm.Contracts.Pipelines;

namespace Crm.Client;

/// <summary>The ways that the tenant's deals go.</summary>
public sealed class PipelinesClient
{
    private readonly Wire wire;

    internal PipelinesClient(Wire wire) => this.wire = wire;

    /// <summary>All of them, the default first.</summary>
    public async Task<IReadOnlyList<PipelineView>> ListAsync(CancellationToken ct) => (await wire.SendAsync<PipelineList>(HttpMethod.Get, "pipelines", ct)).Items;

    /// <exception cref="CrmException">404.</exception>
    public Task<PipelineView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<PipelineView>(HttpMethod.Get, $"pipelines/{id}", ct);

    /// <param name="fields">Its name and stages.</param>
    /// <param name="idempotencyKey">The same key again gives the same answer, within 24 hours.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="CrmException">400 for stages that make no pipeline; 409 for a name that another has, and where there are 50.</exception>
    public Task<PipelineView> CreateAsync(PipelineFields fields, string? idempotencyKey, CancellationToken ct) =>
        wire.SendAsync<PipelineView>(HttpMethod.Post, "pipelines", ct, fields, idempotencyKey: idempotencyKey);

    /// <summary>Replaces the name and the stages. Deals in a stage that isn't given any more go to the one that replaces it.</summary>
    /// <param name="id">Which pipeline.</param>
    /// <param name="fields">Its name and stages.</param>
    /// <param name="ifVersion">The version that was read; null to replace whatever is there.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="CrmException">400 for stages that make no pipeline; 404; 409 for a stage with deals that nothing replaces; 412 for another version.</exception>
    public Task<PipelineView> ReplaceAsync(Guid id, PipelineFields fields, int? ifVersion, CancellationToken ct) =>
        wire.SendAsync<PipelineView>(HttpMethod.Put, $"pipelines/{id}", ct, fields, ifVersion);

    /// <summary>Deletes a pipeline without deals.</summary>
    /// <exception cref="CrmException">404; 409 for the default one, and for one with deals.</exception>
    public Task DeleteAsync(Guid id, CancellationToken ct) => wire.SendAsync(HttpMethod.Delete, $"pipelines/{id}", ct);
}
