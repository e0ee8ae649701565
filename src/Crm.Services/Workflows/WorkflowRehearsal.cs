using System.Collections.Frozen;
using Crm.Contracts.Events;
using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Services.Events;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>
/// What a workflow would do, found out by what decides it when it runs, on records as the event log has them. Nothing is written.
/// </summary>
public sealed class WorkflowRehearsal(CrmDbContext db, Caller caller)
{
    internal const string NotContinued = "Its wait was over, and what it was to go on for doesn't hold.";

    private const int MostEvents = 100_000;
    private const int PageSize = 1000;

    /// <summary>For how many times of the clock a record is looked up.</summary>
    private const int MostAsked = 10_000;

    private static readonly FrozenDictionary<string, FieldChange> NoChanges = FrozenDictionary<string, FieldChange>.Empty;

    internal static string Deleted(WorkflowDefinition workflow) => $"The {workflow.Noun} is deleted.";

    /// <summary>Runs a workflow over some days until now.</summary>
    internal async Task<WorkflowRehearsalView> OverAsync(WorkflowDefinition workflow, int days, CancellationToken ct)
    {
        RefuseKey(workflow);
        var now = db.Stamp().At;
        var rehearsed = new RehearsedRuns(now.AddDays(-days), now, new WorkflowTime(await db.Tenants.AsNoTracking().SingleAsync(ct)));
        if (workflow.Fields.Trigger.Events is not null) await OverLogAsync(workflow, rehearsed, ct);
        else await OverClockAsync(workflow, rehearsed, ct);
        return rehearsed.ToView();
    }

    /// <summary>What a workflow would do to a record as it is; null where there is no such record.</summary>
    internal async Task<WorkflowTestView?> OnAsync(WorkflowDefinition workflow, Guid id, CancellationToken ct)
    {
        RefuseKey(workflow);
        if (await db.RecordNowAsync(workflow, id, ct) is not { } record) return null;
        var (time, at, steps) = (new WorkflowTime(await db.Tenants.AsNoTracking().SingleAsync(ct)), db.Stamp().At, new List<WorkflowStepView>());
        var matches = workflow.Holds(record, NoChanges);
        while (matches && steps.Count < workflow.Fields.Actions.Count)
        {
            if (steps.Count > 0 && !workflow.GoesOn(steps.Count - 1, record)) break;
            (var planned, record) = WorkflowPlanner.Plan(workflow, steps.Count, record, at, time); // as if nothing else happened while it waits
            steps.AddRange(planned);
            at = steps[^1].Type == WorkflowActionType.Wait ? steps[^1].At!.Value : at;
        }

        return new WorkflowTestView { Matches = matches, Steps = steps };
    }

    private void RefuseKey(WorkflowDefinition workflow)
    {
        foreach (var noun in workflow.Related.Prepend(workflow.Noun)) caller.RefuseKeyWithout(WorkflowHistory.CollectionOf(noun));
    }

    private async Task OverLogAsync(WorkflowDefinition workflow, RehearsedRuns rehearsed, CancellationToken ct)
    {
        var (begin, end) = (await db.BeforeAsync(rehearsed.From, ct), await db.EndAsync(ct));
        rehearsed.IsComplete = end - begin <= MostEvents;
        for (var position = rehearsed.IsComplete ? begin : end - MostEvents; position < end;)
        {
            var entries = await db.EntriesAsync(position, PageSize, ct);
            if (entries.Count == 0) break;
            position = entries[^1].Position;
            foreach (var entry in entries.Where(entry => entry.RecordId is not null && entry.Time >= rehearsed.From && entry.Position <= end))
            {
                rehearsed.Looked++;
                if (!workflow.IsFor(entry.Type)) continue;
                var record = await db.RecordAsync(workflow, entry, [], ct);
                if (workflow.Holds(record, entry.Changes)) await BeginAsync(workflow, rehearsed, entry.RecordId!.Value, record, entry.Time, entry, ct);
            }
        }
    }

    private async Task OverClockAsync(WorkflowDefinition workflow, RehearsedRuns rehearsed, CancellationToken ct)
    {
        var past = workflow.Fields.Trigger.Schedule is { } schedule ? db.PastOnScheduleAsync(workflow, schedule, rehearsed, ct) : db.PastInactiveAsync(workflow, rehearsed, ct);
        var asked = 0;
        await foreach (var (id, at) in past)
        {
            if (workflow.Fields.OncePerRecord && rehearsed.Has(id)) continue;
            if (++asked > MostAsked)
            {
                rehearsed.IsComplete = false;
                return;
            }

            if (await db.RecordAtAsync(workflow, id, at, ct) is not { } record || (workflow.Fields.Trigger.Inactivity is not null && !record.IsOpen)) continue;
            if (workflow.Holds(record, NoChanges)) await BeginAsync(workflow, rehearsed, id, record, at, null, ct);
        }
    }

    private async Task BeginAsync(WorkflowDefinition workflow, RehearsedRuns rehearsed, Guid id, WorkflowRecord record, DateTimeOffset at, LogEntry? entry, CancellationToken ct)
    {
        if (workflow.Fields.OncePerRecord && rehearsed.Has(id)) return;
        if (!rehearsed.IsShown)
        {
            rehearsed.Count(id, at);
            return;
        }

        var match = new WorkflowMatch(new ActiveWorkflow(Guid.Empty, 0, rehearsed.From, workflow), id, record, at, entry);
        var (depth, _, ofRoot) = (await WorkflowChains.OfAsync(db, [match], at, ct)).Join(match, Guid.Empty);
        var why = WorkflowBudget.Exceeded(depth, rehearsed.EarlierOf(id, at), ofRoot);
        var run = new RehearsedRunView
        {
            EventId = entry?.Id,
            EventType = entry?.Type,
            TriggeredAt = at,
            Subject = $"{WorkflowHistory.CollectionOf(workflow.Noun)}/{id}",
            State = why is null ? WorkflowRunState.Done : WorkflowRunState.Stopped,
            Problem = why,
            Steps = WorkflowPlanner.Plan(workflow, 0, record, at, rehearsed.Time).Steps,
        };
        rehearsed.Add(why is null ? await GoOnAsync(workflow, rehearsed, run, id, ct) : run, id);
    }

    /// <summary>What it would have done after its waits, as far as they would be over.</summary>
    private async Task<RehearsedRunView> GoOnAsync(WorkflowDefinition workflow, RehearsedRuns rehearsed, RehearsedRunView run, Guid id, CancellationToken ct)
    {
        var steps = run.Steps.ToList();
        while (steps[^1] is { Type: WorkflowActionType.Wait, At: { } until })
        {
            if (until > rehearsed.Until) return run with { State = WorkflowRunState.Waiting, Steps = steps };
            if (steps.Count == workflow.Fields.Actions.Count) break;
            if (await db.RecordAtAsync(workflow, id, until, ct) is not { } record) return run with { State = WorkflowRunState.Stopped, Problem = Deleted(workflow), Steps = steps };
            if (!workflow.GoesOn(steps.Count - 1, record)) return run with { State = WorkflowRunState.Stopped, Problem = NotContinued, Steps = steps };
            steps.AddRange(WorkflowPlanner.Plan(workflow, steps.Count, record, until, rehearsed.Time).Steps);
        }

        return run with { Steps = steps };
    }
}
