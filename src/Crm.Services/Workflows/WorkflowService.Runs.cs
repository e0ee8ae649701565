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
}
