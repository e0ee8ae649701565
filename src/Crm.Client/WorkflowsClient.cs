using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Workflows;

namespace Crm.Client;

/// <summary>What is done by itself when something happens or the time has come.</summary>
public sealed class WorkflowsClient
{
    private readonly Wire wire;

    internal WorkflowsClient(Wire wire) => this.wire = wire;

    /// <summary>Workflows that are ready to be made.</summary>
    public async Task<IReadOnlyList<WorkflowTemplateView>> TemplatesAsync(CancellationToken ct) => (await wire.SendAsync<WorkflowTemplateList>(HttpMethod.Get, "automation/templates", ct)).Items;

    /// <summary>Makes a workflow, which does nothing until it is activated.</summary>
    /// <param name="fields">What to write.</param>
    /// <param name="idempotencyKey">The same key again gives the same answer within 24 hours.</param>
    /// <param name="ct">Stops waiting; the workflow may have been made.</param>
    /// <exception cref="CrmException">400 for what can't be done, with the pointer of each fault; 409 where there are too many; 422 for a member, stage or webhook that there isn't.</exception>
    public Task<WorkflowView> CreateAsync(WorkflowFields fields, string? idempotencyKey, CancellationToken ct) =>
        wire.SendAsync<WorkflowView>(HttpMethod.Post, "automation/workflows", ct, fields, idempotencyKey: idempotencyKey);

    /// <exception cref="CrmException">404.</exception>
    public Task<WorkflowView> GetAsync(Guid id, CancellationToken ct) => wire.SendAsync<WorkflowView>(HttpMethod.Get, PathOf(id), ct);

    /// <exception cref="CrmException">400 for a query that is wrong.</exception>
    public Task<Page<WorkflowView>> ListAsync(WorkflowQuery query, CancellationToken ct) => wire.SendAsync<Page<WorkflowView>>(HttpMethod.Get, $"automation/workflows{QueryString.Of(query)}", ct);

    /// <summary>Changes the draft; the version that runs stays as it is until the draft is activated.</summary>
    /// <param name="id">Which workflow.</param>
    /// <param name="change">An object with the members to change, such as <c>new { name = "Call" }</c>; the trigger and the actions are given as a whole.</param>
    /// <param name="ifVersion">The version that was read; null to change whatever is there.</param>
    /// <param name="ct">Stops waiting; the change may have been made.</param>
    /// <exception cref="CrmException">400 and 422 as for a new one; 404; 412 where the version is stale.</exception>
    public Task<WorkflowView> ChangeAsync(Guid id, object change, int? ifVersion, CancellationToken ct) => wire.SendAsync<WorkflowView>(HttpMethod.Patch, PathOf(id), ct, change, ifVersion);

    /// <summary>Deletes it for good, with its versions and the list of its runs; what they did stays.</summary>
    /// <exception cref="CrmException">404; 412 where the version is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifVersion, CancellationToken ct) => wire.SendAsync(HttpMethod.Delete, PathOf(id), ct, null, ifVersion);

    /// <summary>Has the draft run with what happens from now on.</summary>
    /// <exception cref="CrmException">404; 412 where the version is stale.</exception>
    public Task<WorkflowView> ActivateAsync(Guid id, int? ifVersion, CancellationToken ct) => PostAsync<WorkflowView>(id, "activate", null, ct, ifVersion);

    /// <summary>Has none of its versions run any more; what waits is stopped once its wait is over.</summary>
    /// <exception cref="CrmException">404; 412 where the version is stale.</exception>
    public Task<WorkflowView> DeactivateAsync(Guid id, int? ifVersion, CancellationToken ct) => PostAsync<WorkflowView>(id, "deactivate", null, ct, ifVersion);

    /// <summary>How it ran before, the newest version first.</summary>
    /// <exception cref="CrmException">404.</exception>
    public async Task<IReadOnlyList<WorkflowVersionView>> VersionsAsync(Guid id, CancellationToken ct) => (await wire.SendAsync<WorkflowVersionList>(HttpMethod.Get, $"{PathOf(id)}/versions", ct)).Items;

    /// <summary>What the draft would do to a record as it is now. Nothing is done.</summary>
    /// <exception cref="CrmException">404; 422 for no such record.</exception>
    public Task<WorkflowTestView> TestAsync(Guid id, Guid recordId, CancellationToken ct) => PostAsync<WorkflowTestView>(id, "test", new TestWorkflow { RecordId = recordId }, ct);

    /// <summary>What the draft would have done with the events of some days, from 1 to 90, until now. Nothing is done.</summary>
    /// <exception cref="CrmException">400 for other numbers; 404.</exception>
    public Task<WorkflowRehearsalView> RehearseAsync(Guid id, int days, CancellationToken ct) => PostAsync<WorkflowRehearsalView>(id, "rehearse", new RehearseWorkflow { Days = days }, ct);

    /// <summary>A page of what workflows did and are about to do.</summary>
    /// <exception cref="CrmException">400 for a query that is wrong.</exception>
    public Task<Page<WorkflowRunView>> ListRunsAsync(WorkflowRunQuery query, CancellationToken ct) => wire.SendAsync<Page<WorkflowRunView>>(HttpMethod.Get, $"automation/runs{QueryString.Of(query)}", ct);

    /// <summary>Goes on with a run that failed, at once.</summary>
    /// <exception cref="CrmException">404; 409 for one that didn't fail.</exception>
    public Task<WorkflowRunView> RetryAsync(Guid runId, CancellationToken ct) => wire.SendAsync<WorkflowRunView>(HttpMethod.Post, $"automation/runs/{runId}/retry", ct);

    private Task<T> PostAsync<T>(Guid id, string verb, object? body, CancellationToken ct, int? ifVersion = null) => wire.SendAsync<T>(HttpMethod.Post, $"{PathOf(id)}/{verb}", ct, body, ifVersion);

    private static string PathOf(Guid id) => $"automation/workflows/{id}";
}
