using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Database.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>Does the next step of a run.</summary>
internal sealed class WorkflowSteps(CrmDbContext db, WorkflowActions actions, WorkflowCalls webhooks)
{
    internal const string Deactivated = "The workflow was deactivated.";

    /// <summary>Does it where it doesn't call a webhook; there it leaves the run to <see cref="BeginCallAsync(Guid, CancellationToken)"/>.</summary>
    /// <returns>Whether there may be another one to do now.</returns>
    public Task<bool> NextAsync(Guid id, CancellationToken ct) =>
        db.InTransactionAsync(async () => (await NextInTransactionAsync(id, calls: false, ct)).GoesOn, ct, savepoints: true); // what acts may be outrun, and tries again

    /// <summary>Leases the call of a webhook that is its next step: others don't touch the run until the lease ends.</summary>
    /// <returns>Null where there is none to make.</returns>
    public async Task<WorkflowCall?> BeginCallAsync(Guid id, CancellationToken ct) => (await db.InTransactionAsync(() => NextInTransactionAsync(id, calls: true, ct), ct)).Call;

    /// <summary>Makes a call; what follows is for <see cref="NextAsync"/>.</summary>
    /// <returns>Whether it counts: not where the lease ended meanwhile.</returns>
    public async Task<bool> CallAsync(WorkflowCall call, CancellationToken ct)
    {
        await webhooks.SendAsync(call, ct);
        return await db.InTransactionAsync(() => CalledAsync(call, ct), ct);
    }

    private async Task<(bool GoesOn, WorkflowCall? Call)> NextInTransactionAsync(Guid id, bool calls, CancellationToken ct)
    {
        db.Forget();
        var now = db.Stamp().At;
        if (await db.WorkflowRuns.ForUpdate().SingleOrDefaultAsync(r => r.Id == id, ct) is not { DueAt: { } due } run || due > now) return (false, null); // another was quicker
        if (run.IsCall != calls) return (false, null); // another has made the call
        if (await WorkflowAsync(run, ct) is not { } workflow) return (await EndAsync(run, WorkflowRunState.Stopped, Deactivated, ct), null);
        var steps = run.ReadSteps();
        if (run.Done == steps.Count) return (await PlanAsync(run, workflow, steps, ct), null);
        var step = steps[run.Done];
        if (step.Type == WorkflowActionType.Wait) return (await WaitAsync(run, step, now, ct), null);
        if (step.Skipped is not null) return (await DoneAsync(run, steps, step with { DoneAt = now }, ct), null);
        if (await db.RecordNowAsync(workflow, run.RecordId, ct) is not { } record) return (await EndAsync(run, WorkflowRunState.Stopped, WorkflowRehearsal.Deleted(workflow), ct), null);
        if (step.Type == WorkflowActionType.CallWebhook) return (false, calls ? await LeaseAsync(run, step, record, ct) : await LeaveAsync(run, ct));
        var recordId = run.RecordId;
        db.Forget(); // what acts tracks for itself
        var task = await actions.DoAsync(workflow.Noun, recordId, step, ct);
        db.Forget();
        run = await db.WorkflowRuns.SingleAsync(r => r.Id == id, ct);
        return (await DoneAsync(run, steps, step with { TaskId = task, DoneAt = now }, ct), null);
    }

    /// <summary>The run's workflow; null where it doesn't run any more.</summary>
    private async Task<WorkflowDefinition?> WorkflowAsync(WorkflowRun run, CancellationToken ct)
    {
        var (id, number) = (run.WorkflowId, run.WorkflowVersion);
        var definition = await db.WorkflowVersions.Where(v => v.WorkflowId == id && v.Number == number && db.Workflows.Any(w => w.Id == id && w.ActiveVersion != null)).Select(v => v.Definition).SingleOrDefaultAsync(ct);
        return definition is null ? null : WorkflowDefinition.Read(definition);
    }

    /// <summary>Decides what follows a wait, if it is to go on.</summary>
    private async Task<bool> PlanAsync(WorkflowRun run, WorkflowDefinition workflow, List<WorkflowStepView> steps, CancellationToken ct)
    {
        if (steps.Count == workflow.Fields.Actions.Count) return await EndAsync(run, WorkflowRunState.Done, null, ct);
        if (await db.RecordNowAsync(workflow, run.RecordId, ct) is not { } record) return await EndAsync(run, WorkflowRunState.Stopped, WorkflowRehearsal.Deleted(workflow), ct);
        if (!workflow.GoesOn(steps.Count - 1, record)) return await EndAsync(run, WorkflowRunState.Stopped, WorkflowRehearsal.NotContinued, ct);
        run.Write([.. steps, .. WorkflowPlanner.Plan(workflow, steps.Count, record, run.At, new WorkflowTime(await db.Tenants.AsNoTracking().SingleAsync(ct))).Steps]);
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task<bool> WaitAsync(WorkflowRun run, WorkflowStepView step, DateTimeOffset now, CancellationToken ct)
    {
        if (step.At > now)
        {
            (run.State, run.DueAt) = (WorkflowRunState.Waiting, step.At);
            await db.SaveChangesAsync(ct);
            return false;
        }

        run.At = step.At!.Value;
        return await DoneAsync(run, run.ReadSteps(), step with { DoneAt = now }, ct);
    }

    private async Task<WorkflowCall> LeaseAsync(WorkflowRun run, WorkflowStepView step, WorkflowRecord record, CancellationToken ct)
    {
        run.DueAt = db.Stamp().At + webhooks.Lease;
        await db.SaveChangesAsync(ct);
        return new WorkflowCall(run, step.WebhookId!.Value, record.Members, run.DueAt.Value);
    }

    private async Task<WorkflowCall?> LeaveAsync(WorkflowRun run, CancellationToken ct)
    {
        run.IsCall = true;
        await db.SaveChangesAsync(ct);
        return null;
    }

    /// <summary>Notes that the webhook has taken it, unless its lease ended meanwhile: then whoever goes on with it calls again.</summary>
    private async Task<bool> CalledAsync(WorkflowCall call, CancellationToken ct)
    {
        db.Forget();
        var id = call.Run.Id;
        if (await db.WorkflowRuns.ForUpdate().SingleOrDefaultAsync(r => r.Id == id, ct) is not { DueAt: { } due } run || due != call.LeasedUntil) return false;
        var steps = run.ReadSteps();
        return await DoneAsync(run, steps, steps[run.Done] with { DoneAt = db.Stamp().At }, ct);
    }

    private async Task<bool> DoneAsync(WorkflowRun run, List<WorkflowStepView> steps, WorkflowStepView step, CancellationToken ct)
    {
        steps[run.Done++] = step;
        run.Write(steps);
        (run.State, run.IsCall, run.Tries, run.Problem, run.DueAt) = (WorkflowRunState.Running, false, 0, null, db.Stamp().At);
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task<bool> EndAsync(WorkflowRun run, WorkflowRunState state, string? problem, CancellationToken ct)
    {
        run.End(state, problem, db.Stamp().At);
        await db.SaveChangesAsync(ct);
        return false;
    }
}
