using Crm.Contracts.Failures;
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

    /// <summary>A lead's score and its reasons.</summary>
    /// <exception cref="CrmException">404.</exception>
    public Task<LeadScoreView> ExplainAsync(Guid leadId, CancellationToken ct) => wire.SendAsync<LeadScoreView>(HttpMethod.Get, $"leads/{leadId}/score", ct);
}
