using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Database.Workflows;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>What tenants have done when something happens.</summary>
public sealed partial class WorkflowService(CrmDbContext db, Caller caller, WorkflowRehearsal rehearsal)
{
    private const string Collection = "workflows";

    /// <summary>How many workflows a tenant may have: each event is held against all that are active.</summary>
    public const int Most = 100;

    private static readonly Sorting<Workflow> Sorts = new Sorting<Workflow>(Collection, w => w.Id).By("createdAt", w => w.CreatedAt);

    public async Task<Page<WorkflowView>> ListAsync(WorkflowQuery query, CancellationToken ct)
    {
        var workflows = db.Workflows.AsNoTracking();
        if (query.Active is { } active) workflows = workflows.Where(w => (w.ActiveVersion != null) == active);
        return (await workflows.ToPageAsync(query, Sorts, w => w, ct)).Select(WorkflowViews.Of);
    }

    public async Task<WorkflowView?> FindAsync(Guid id, CancellationToken ct) =>
        await db.Workflows.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct) is { } workflow ? WorkflowViews.Of(workflow) : null;

    /// <summary>The versions, the newest first; null for no such workflow.</summary>
    public async Task<IReadOnlyList<WorkflowVersionView>?> VersionsAsync(Guid id, CancellationToken ct)
    {
        if (!await db.Workflows.AnyAsync(w => w.Id == id, ct)) return null;
        return (await db.WorkflowVersions.AsNoTracking().Where(v => v.WorkflowId == id).OrderByDescending(v => v.Number).ToListAsync(ct)).ConvertAll(WorkflowViews.Of);
    }

    /// <summary>Makes a workflow, which does nothing until it is activated.</summary>
    /// <exception cref="CrmException">400 for what can't be done, with the pointer of each fault; 403 for a key with limits; 409 where there are <see cref="Most"/> already; 422 for a member, stage or webhook that there isn't.</exception>
    public Task<WorkflowView> CreateAsync(WorkflowFields fields, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            caller.RefuseLimitedKey("make a workflow");
            fields = Resolved(fields);
            WorkflowDefinition.Of(fields);
            if (await db.Workflows.CountAsync(ct) >= Most) throw new CrmException(FailureKind.Conflict, FailureCodes.LimitReached, $"There are {Most} workflows already, and no tenant may have more. Delete one that isn't used any more.");
            await CheckReferencesAsync(null, fields, ct);
            var workflow = new Workflow(fields, db.Stamp());
            db.Add(workflow);
            db.Audit(EventTypes.WorkflowCreated, Collection, $"{workflow.Id}", Differences.Between(null, fields));
            await db.SaveChangesAsync(ct);
            return WorkflowViews.Of(workflow);
        },
        ct);

    /// <summary>Changes the draft; the version that runs stays as it is until the draft is activated.</summary>
    /// <exception cref="CrmException">400, 403 and 422 as for a new one; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<WorkflowView> ChangeAsync(Guid id, Changes<WorkflowFields> change, int? ifMatch, CancellationToken ct) => WriteAsync(
        id, ifMatch,
        async workflow =>
        {
            caller.RefuseLimitedKey("change a workflow");
            var was = workflow.Fields();
            var fields = Resolved(change.ApplyTo(workflow.Fields()));
            WorkflowDefinition.Of(fields);
            await CheckReferencesAsync(was, fields, ct);
            var latest = await db.WorkflowVersions.SingleOrDefaultAsync(v => v.WorkflowId == id && v.Number == workflow.LatestVersion, ct);
            if (workflow.Change(fields, latest, db.Stamp())) db.Audit(EventTypes.WorkflowChanged, Collection, $"{id}", Differences.Between(was, fields));
        },
        ct);

    /// <summary>Has the draft run with what happens from now on, in the place of the version that did. One that runs already stays as it is.</summary>
    /// <exception cref="CrmException">403 for a key with limits; 404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<WorkflowView> ActivateAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        caller.RefuseLimitedKey("activate a workflow");
        while (true)
        {
            var isLeft = false;
            var view = await WriteAsync(
                id, ifMatch,
                async workflow =>
                {
                    isLeft = workflow.ActiveVersion is null && await db.WorkflowRuns.AnyAsync(r => r.WorkflowId == id && r.DueAt != null, ct);
                    if (!isLeft) await ActivateAsync(workflow, ct);
                },
                ct);
            if (!isLeft) return view;
            await StopRunsAsync(id, ct); // what a deactivation has left, as it was cut off or is at it still, doesn't come back
        }
    }

    /// <summary>Has none run any more, and then stops what isn't at its end, in batches, so that nothing waits for very many. One of which none runs stays as it is.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<WorkflowView> DeactivateAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var deactivated = await WriteAsync(
            id, ifMatch,
            workflow =>
            {
                var before = workflow.ActiveVersion;
                if (workflow.Deactivate(db.Stamp())) db.Audit(EventTypes.WorkflowDeactivated, Collection, $"{id}", Differences.Of("activeVersion", before, null));
                return Task.CompletedTask;
            },
            ct);
        await StopRunsAsync(id, ct);
        return deactivated;
    }

    /// <summary>Deletes a workflow for good, with its versions and runs; what they did stays. Where the runs are many, it is deactivated first and they go in batches, so that nothing waits for it; where that is cut off, it stays so until it is deleted again.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        while (await HasManyRunsAsync(id, ct))
        {
            var workflow = await db.Workflows.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, ct) ?? throw CrmException.NotFound("workflow", id);
            if (ifMatch is not null && ifMatch != workflow.Version) throw CrmException.Stale("workflow", id);
            if (workflow.ActiveVersion is not null)
            {
                var deactivated = await DeactivateAsync(id, ifMatch, ct);
                ifMatch = ifMatch is null ? null : deactivated.Version;
            }

            await DeleteSomeRunsAsync(id, ct);
        }

        await WriteAsync(
            id, ifMatch,
            async workflow =>
            {
                await db.WorkflowRuns.Where(r => r.WorkflowId == id).ExecuteDeleteAsync(ct);
                await db.WorkflowVersions.Where(v => v.WorkflowId == id).ExecuteDeleteAsync(ct);
                db.Remove(workflow);
                db.Audit(EventTypes.WorkflowDeleted, Collection, $"{id}", Differences.Between(workflow.Fields(), null));
            },
            ct);
    }

    /// <summary>Workflows that are ready to be made.</summary>
    public static WorkflowTemplateList Templates() => new() { Items = [.. WorkflowTemplates.All.Select(one => WorkflowViews.Of(one.Key, one.Value))] };

    /// <summary>What the draft would do to a record as it is now. Nothing is done.</summary>
    /// <exception cref="CrmException">403 for a key that isn't for such records; 404; 422 for no such record.</exception>
    public async Task<WorkflowTestView> TestAsync(Guid id, TestWorkflow command, CancellationToken ct)
    {
        var workflow = await DraftAsync(id, ct);
        return await rehearsal.OnAsync(workflow, command.RecordId!.Value, ct) ?? throw CrmException.UnknownReference("/recordId", workflow.Noun, command.RecordId);
    }

    /// <summary>What the draft would have done with the events of some days. Nothing is done.</summary>
    /// <exception cref="CrmException">403 for a key that isn't for such records; 404.</exception>
    public async Task<WorkflowRehearsalView> RehearseAsync(Guid id, RehearseWorkflow command, CancellationToken ct) => await rehearsal.OverAsync(await DraftAsync(id, ct), command.Days!.Value, ct);

    private async Task ActivateAsync(Workflow workflow, CancellationToken ct)
    {
        var before = workflow.ActiveVersion;
        var time = new WorkflowTime(await db.Tenants.AsNoTracking().SingleAsync(ct));
        if (workflow.Activate(time.NextLook(workflow.Fields().Trigger, db.Stamp().At), await KeepsTriggerAsync(workflow, ct), db.Stamp()) is { } version) db.Add(version);
        if (workflow.ActiveVersion != before) db.Audit(EventTypes.WorkflowActivated, Collection, $"{workflow.Id}", Differences.Of("activeVersion", before, workflow.ActiveVersion));
    }

    /// <summary>Whether the draft begins with what the version that runs begins with.</summary>
    private async Task<bool> KeepsTriggerAsync(Workflow workflow, CancellationToken ct)
    {
        if (workflow.ActiveVersion is not { } number) return false;
        var active = await db.WorkflowVersions.Where(v => v.WorkflowId == workflow.Id && v.Number == number).Select(v => v.Definition).SingleAsync(ct);
        return Differences.Between(Workflow.Read(active).Trigger, workflow.Fields().Trigger).Count == 0;
    }

    private async Task<WorkflowDefinition> DraftAsync(Guid id, CancellationToken ct) =>
        await db.Workflows.Where(w => w.Id == id).Select(w => w.Draft).SingleOrDefaultAsync(ct) is { } draft ? WorkflowDefinition.Read(draft) : throw CrmException.NotFound("workflow", id);

    private WorkflowFields Resolved(WorkflowFields fields) => fields with { Actions = [.. fields.Actions.Select(action => action with { UserId = caller.Resolve(action.UserId) })] };

    private async Task<WorkflowView> WriteAsync(Guid id, int? ifMatch, Func<Workflow, Task> change, CancellationToken ct) => WorkflowViews.Of(await db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var workflow = await db.Workflows.ForUpdate().SingleOrDefaultAsync(w => w.Id == id, ct) ?? throw CrmException.NotFound("workflow", id);
                if (ifMatch is { } version && version != workflow.Version) throw CrmException.Stale("workflow", id);
                await change(workflow);
                await db.SaveChangesAsync(ct);
                return workflow;
            },
            ct),
        () => ifMatch is null ? null : CrmException.Stale("workflow", id),
        () => CrmException.Contended("workflow", id),
        ct));
}
