using System.Security.Cryptography;
using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Database.Tenancy;
using Crm.Database.Workflows;
using Crm.Services.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>A record that a workflow is to run for.</summary>
/// <param name="Workflow">Which workflow.</param>
/// <param name="RecordId">Which record.</param>
/// <param name="Record">As it is, or was after the event.</param>
/// <param name="At">When that happened which it begins with.</param>
/// <param name="Event">The event; null for the clock.</param>
internal sealed record WorkflowMatch(ActiveWorkflow Workflow, Guid RecordId, WorkflowRecord Record, DateTimeOffset At, LogEntry? Event)
{
    /// <summary>By what there is one run at most.</summary>
    public Guid Key { get; } = Workflow.Definition.Fields.OncePerRecord ? RecordId : Event?.Id ?? new Guid(SHA256.HashData([.. RecordId.ToByteArray(), .. BitConverter.GetBytes(At.UtcTicks)]).AsSpan(0, 16));
}

/// <summary>Begins runs, each once.</summary>
internal static class WorkflowBeginning
{
    /// <summary>Adds the runs that aren't there yet, in the caller's transaction.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> BeginAsync(this CrmDbContext db, IReadOnlyList<WorkflowMatch> matches, CancellationToken ct)
    {
        if (matches.Count == 0) return 0;
        var (ids, keys, records) = (matches.Select(one => one.Workflow.Id).Distinct().ToList(), matches.Select(one => one.Key).ToList(), matches.Select(one => one.RecordId).Distinct().ToList());
        var active = (await db.Workflows.Where(w => ids.Contains(w.Id) && w.ActiveVersion != null).ForShare().Select(w => new { w.Id, w.ActiveSince }).ToListAsync(ct)).ToDictionary(w => w.Id, w => w.ActiveSince); // none is deleted or deactivated until these are written
        var begun = (await db.WorkflowRuns.Where(r => ids.Contains(r.WorkflowId) && keys.Contains(r.Key)).Select(r => new { r.WorkflowId, r.Key }).ToListAsync(ct)).Select(r => (r.WorkflowId, r.Key)).ToHashSet();
        var first = matches.Min(one => one.At) - WorkflowBudget.Span;
        var earlier = (await db.WorkflowRuns.Where(r => records.Contains(r.RecordId) && ids.Contains(r.WorkflowId) && r.TriggeredAt > first).Select(r => new { r.WorkflowId, r.RecordId, r.TriggeredAt }).ToListAsync(ct)).ToLookup(r => (r.WorkflowId, r.RecordId), r => r.TriggeredAt);
        var chains = await WorkflowChains.OfAsync(db, matches, until: null, ct);
        var time = new WorkflowTime(await db.Tenants.AsNoTracking().SingleAsync(ct));
        var before = begun.Count;
        foreach (var match in matches.Where(one => active.TryGetValue(one.Workflow.Id, out var since) && since == one.Workflow.Since && begun.Add((one.Workflow.Id, one.Key)))) db.Add(RunOf(db, match, chains, earlier[(match.Workflow.Id, match.RecordId)], time));
        await db.SaveChangesAsync(ct);
        return begun.Count - before;
    }

    private static WorkflowRun RunOf(CrmDbContext db, WorkflowMatch match, WorkflowChains chains, IEnumerable<DateTimeOffset> earlier, WorkflowTime time)
    {
        var (stamp, id) = (db.Stamp(), Guid.CreateVersion7(db.Stamp().At));
        var (depth, root, ofRoot) = chains.Join(match, id);
        var run = new WorkflowRun
        {
            TenantId = stamp.TenantId,
            Id = id,
            RootId = root,
            WorkflowId = match.Workflow.Id,
            WorkflowVersion = match.Workflow.Version,
            Key = match.Key,
            EventId = match.Event?.Id,
            EventType = match.Event?.Type,
            TriggeredAt = match.At,
            Collection = WorkflowHistory.CollectionOf(match.Workflow.Definition.Noun),
            RecordId = match.RecordId,
            Depth = depth,
            State = WorkflowRunState.Running,
            Steps = WorkflowRun.Json(WorkflowPlanner.Plan(match.Workflow.Definition, 0, match.Record, match.At, time).Steps),
            At = match.At,
            DueAt = stamp.At,
            StartedAt = stamp.At,
        };
        if (WorkflowBudget.Exceeded(depth, earlier.Count(at => at > match.At - WorkflowBudget.Span && at <= match.At), ofRoot) is { } why) run.End(WorkflowRunState.Stopped, why, stamp.At);
        return run;
    }
}
