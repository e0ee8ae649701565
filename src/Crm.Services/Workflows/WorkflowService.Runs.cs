using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Workflows;
using Crm.Database.Tenancy;
using Crm.Database.Workflows;
using Crm.Services.Lists;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

public sealed partial class WorkflowService
{
    /// <summary>How many runs are stopped or deleted in one transaction.</summary>
    private const int AtOnce = 1000;

    private static readonly Sorting<WorkflowRun> RunSorts = new Sorting<WorkflowRun>("workflow-runs", r => r.Id).By("startedAt", r => r.StartedAt);

    /// <summary>What workflows did and are about to do, of all records that a key is for.</summary>
    public async Task<Page<WorkflowRunView>> ListRunsAsync(WorkflowRunQuery query, CancellationToken ct)
    {
        var runs = db.WorkflowRuns.AsNoTracking();
        if (caller.Key?.Resources is { } resources) runs = runs.Where(r => resources.Contains(r.Collection));
        if (query.WorkflowId is { } workflows) runs = runs.Where(r => workflows.Contains(r.WorkflowId));
        if (query.RecordId is { } records) runs = runs.Where(r => records.Contains(r.RecordId));
        if (query.State is { } states) runs = runs.Where(r => states.Contains(r.State));
        return (await runs.ToPageAsync(query, RunSorts, r => r, ct)).Select(run => Seen(WorkflowViews.Of(run)));
    }

    /// <summary>Texts may hold what a record belongs to, which a key may not be for.</summary>
    private WorkflowRunView Seen(WorkflowRunView run) => caller.Key?.Resources is null ? run : run with { Steps = [.. run.Steps.Select(step => step with { Text = null })] };

    /// <summary>Goes on with a run that failed, at once.</summary>
    /// <exception cref="CrmException">403 for a key that isn't for such records; 404; 409 for one that didn't fail.</exception>
    public async Task<WorkflowRunView> RetryAsync(Guid id, CancellationToken ct) => Seen(WorkflowViews.Of(await db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var run = await db.WorkflowRuns.ForUpdate().SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw CrmException.NotFound("run", id);
                caller.RefuseKeyWithout(run.Collection);
                if (run.State != WorkflowRunState.Failed) throw CrmException.InvalidTransition("Only a run that failed can be retried; the others go on by themselves, or have ended.");
                (run.State, run.Tries, run.DueAt, run.EndedAt) = (WorkflowRunState.Running, 0, db.Stamp().At, null);
                await db.SaveChangesAsync(ct);
                return run;
            },
            ct),
        () => null,
        () => CrmException.Contended("run", id),
        ct)));

    private Task<bool> HasManyRunsAsync(Guid workflow, CancellationToken ct) => db.WorkflowRuns.Where(r => r.WorkflowId == workflow).OrderBy(r => r.StartedAt).Skip(AtOnce).AnyAsync(ct);

    private Task<int> DeleteSomeRunsAsync(Guid workflow, CancellationToken ct)
    {
        var first = db.WorkflowRuns.Where(r => r.WorkflowId == workflow).OrderBy(r => r.StartedAt).Select(r => r.Id).Take(AtOnce);
        return WriteRunsAsync(workflow, () => db.WorkflowRuns.Where(r => first.Contains(r.Id)).ExecuteDeleteAsync(ct), ct);
    }

    /// <summary>Stops what isn't at its end of a workflow of which none runs.</summary>
    private async Task StopRunsAsync(Guid workflow, CancellationToken ct)
    {
        var (from, now) = (DateTimeOffset.UnixEpoch, db.Stamp().At);
        while (true)
        {
            var batch = await db.WorkflowRuns.Where(r => r.WorkflowId == workflow && r.DueAt != null && r.StartedAt >= from).OrderBy(r => r.StartedAt).Select(r => new { r.Id, r.StartedAt }).Take(AtOnce).ToListAsync(ct);
            var ids = batch.ConvertAll(run => run.Id);
            if (ids.Count == 0) return;
            if (await WriteRunsAsync(workflow, () => StopAsync(ids), ct) == 0 && await db.Workflows.AnyAsync(w => w.Id == workflow && w.ActiveVersion != null, ct)) return; // it runs again; else another has stopped these
            from = batch[^1].StartedAt;
        }

        Task<int> StopAsync(List<Guid> ids) => db.WorkflowRuns.Where(r => ids.Contains(r.Id) && r.DueAt != null && db.Workflows.Any(w => w.Id == workflow && w.ActiveVersion == null)).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.State, WorkflowRunState.Stopped).SetProperty(r => r.Problem, WorkflowSteps.Deactivated).SetProperty(r => r.IsCall, false).SetProperty(r => r.DueAt, (DateTimeOffset?)null).SetProperty(r => r.EndedAt, now), ct);
    }

    private Task<int> WriteRunsAsync(Guid workflow, Func<Task<int>> write, CancellationToken ct) =>
        db.UnlessOutrunAsync(() => db.InTransactionAsync(write, ct), () => null, () => CrmException.Contended("workflow", workflow), ct);
}
