using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Scoring;

namespace Crm.Client;

/// <summary>How leads are scored, and why each has its score.</summary>
public sealed class ScoringClient
{
    private readonly Wire wire;

    internal ScoringClient(Wire wire) => this.wire = wire;

    public Task<ScoringView> GetAsync(CancellationToken ct) => wire.SendAsync<ScoringView>(HttpMethod.Get, "automation/scoring", ct);

    /// <param name="change">An object with the members to change, such as <c>new { isActive = true }</c>.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">400 for rules that can't be asked; 412 for another version.</exception>
    public Task<ScoringView> ChangeAsync(object change, int? ifVersion, CancellationToken ct) => wire.SendAsync<ScoringView>(HttpMethod.Patch, "automation/scoring", ct, change, ifVersion);

    /// <summary>Learns from what became of leads.</summary>
    /// <exception cref="CrmException">409 where too few leads have been decided.</exception>
    public Task<ScoringModelView> TrainAsync(CancellationToken ct) => wire.SendAsync<ScoringModelView>(HttpMethod.Post, "automation/scoring/train", ct);

    /// <summary>The model that leads are scored by.</summary>
    /// <exception cref="CrmException">404 where there is none.</exception>
    public Task<ScoringModelView> ModelAsync(CancellationToken ct) => wire.SendAsync<ScoringModelView>(HttpMethod.Get, "automation/scoring/model", ct);

    /// <summary>The models that were learnt, the newest first.</summary>
    public Task<Page<ScoringModelView>> ModelsAsync(ScoringModelQuery query, CancellationToken ct) => wire.SendAsync<Page<ScoringModelView>>(HttpMethod.Get, $"automation/scoring/models{QueryString.Of(query)}", ct);

    /// <summary>A lead's score and its reasons.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<LeadScoreView> ExplainAsync(Guid leadId, CancellationToken ct) => wire.SendAsync<LeadScoreView>(HttpMethod.Get, $"leads/{leadId}/score", ct);
}
