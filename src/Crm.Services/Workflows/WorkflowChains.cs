using Crm.Database;
using Crm.Services.Alarms;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>Which runs brought others about.</summary>
internal sealed class WorkflowChains
{
    private readonly Dictionary<Guid, (int Depth, Guid Root)> causes;
    private readonly Dictionary<Guid, Guid> makers;
    private readonly Dictionary<Guid, int> ofRoot;

    private WorkflowChains(Dictionary<Guid, (int Depth, Guid Root)> causes, Dictionary<Guid, Guid> makers, Dictionary<Guid, int> ofRoot) => (this.causes, this.makers, this.ofRoot) = (causes, makers, ofRoot);

    /// <summary>The chains that some matches belong to. What the clock tells of a record, such as that a task is due, was brought about by the run that made the record.</summary>
    /// <param name="db">Where the runs are.</param>
    /// <param name="matches">Which matches.</param>
    /// <param name="until">What began later doesn't count; null where all does.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<WorkflowChains> OfAsync(CrmDbContext db, IReadOnlyList<WorkflowMatch> matches, DateTimeOffset? until, CancellationToken ct)
    {
        var told = matches.Where(one => one.Event?.Actor == AlarmClock.Actor).Select(one => one.RecordId).Distinct().ToList();
        var made = told.Count == 0 ? [] : await db.Events.Where(e => told.Contains(e.RecordId!.Value) && e.Version == 1).Select(e => new { RecordId = e.RecordId!.Value, e.Credential }).ToListAsync(ct);
        var madeBy = made.Where(one => WorkflowBudget.RunOf(one.Credential) is not null).ToDictionary(one => one.RecordId, one => WorkflowBudget.RunOf(one.Credential)!.Value);
        var ids = matches.Select(one => CauseOf(one, madeBy)).OfType<Guid>().Distinct().ToList();
        if (ids.Count == 0) return new WorkflowChains([], madeBy, []);
        var begun = await db.WorkflowRuns.Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => (r.Depth, r.RootId), ct);
        var roots = begun.Values.Select(cause => cause.RootId).Distinct().ToList();
        var counts = await db.WorkflowRuns.Where(r => roots.Contains(r.RootId) && (until == null || r.TriggeredAt < until)).GroupBy(r => r.RootId).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, ct);
        return new WorkflowChains(begun, madeBy, counts);
    }

    /// <summary>Adds a run to the chain of what caused it, or begins one.</summary>
    /// <returns>How deep it is in the chain, with which run that began, and how many runs came of it before.</returns>
    public (int Depth, Guid Root, int OfRoot) Join(WorkflowMatch match, Guid run)
    {
        if (CauseOf(match, makers) is not { } cause || !causes.TryGetValue(cause, out var before)) return (1, run, 0);
        var count = ofRoot.GetValueOrDefault(before.Root);
        ofRoot[before.Root] = count + 1;
        return (before.Depth + 1, before.Root, count);
    }

    private static Guid? CauseOf(WorkflowMatch match, Dictionary<Guid, Guid> makers) =>
        WorkflowBudget.RunOf(match.Event?.Credential) ?? (match.Event?.Actor == AlarmClock.Actor && makers.TryGetValue(match.RecordId, out var maker) ? maker : null);
}
