using Crm.Contracts.Failures;
using Crm.Contracts.Goals;
using Crm.Contracts.Lists;

namespace Crm.Client;

/// <summary>How much members and teams are to win.</summary>
public sealed class GoalsClient
{
    private readonly Wire wire;

    internal GoalsClient(Wire wire) => this.wire = wire;

    public Task<Page<GoalView>> ListAsync(GoalQuery query, CancellationToken ct) => wire.SendAsync<Page<GoalView>>(HttpMethod.Get, $"goals{QueryString.Of(query)}", ct);

    /// <summary>All goals that match, page after page.</summary>
    public IAsyncEnumerable<GoalView> ListAllAsync(GoalQuery query, CancellationToken ct) => Pages.AllAsync(query, ListAsync, ct);

    /// <exception cref="CrmException">404.</exception>
    public Task<GoalView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<GoalView>(HttpMethod.Get, $"goals/{id}", ct);

    /// <param name="fields">Whose goal it is, for when, and how much.</param>
    /// <param name="idempotencyKey">The same key again gives the same answer, within 24 hours.</param>
    /// <param name="ct">Stops waiting; the goal may have been made.</param>
    /// <exception cref="CrmException">400 for what makes no goal; 409 where there is one for the same; 422 for an owner, a team or a pipeline that there isn't.</exception>
    public Task<GoalView> CreateAsync(GoalFields fields, string? idempotencyKey, CancellationToken ct) => wire.SendAsync<GoalView>(HttpMethod.Post, "goals", ct, fields, idempotencyKey: idempotencyKey);

    /// <param name="id">Which goal.</param>
    /// <param name="change">An object with the members to change, such as <c>new { target = 50_000 }</c>.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">As of <see cref="CreateAsync"/>; 404; 412 for another version.</exception>
    public Task<GoalView> ChangeAsync(Guid id, object change, int? ifVersion, CancellationToken ct) => wire.SendAsync<GoalView>(HttpMethod.Patch, $"goals/{id}", ct, change, ifVersion);

    /// <exception cref="CrmException">404; 412 for another version.</exception>
    public Task DeleteAsync(Guid id, int? ifVersion, CancellationToken ct) => wire.SendAsync(HttpMethod.Delete, $"goals/{id}", ct, null, ifVersion);
}
