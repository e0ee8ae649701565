using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Goals;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Goals;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Settings;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Goals;

/// <summary>How much members and teams are to win.</summary>
public sealed class GoalService(CrmDbContext db, Caller caller, References references, SettingsService settings)
{
    internal static readonly Sorting<Goal> Sorts = new Sorting<Goal>("goals", g => g.Id)
        .By("period", g => g.FirstDay)
        .By("createdAt", g => g.CreatedAt);

    /// <summary>Those that the caller may see: with a narrowed sight those of members in sight and of the caller's own teams.</summary>
    public Task<Page<GoalView>> ListAsync(GoalQuery query, CancellationToken ct)
    {
        var goals = db.Goals.AsNoTracking().OfMembers(query.OwnerId, g => g.OwnerId, caller);
        if (query.TeamId is { } teams) goals = goals.Where(g => g.TeamId != null && teams.Contains(g.TeamId.Value));
        if (query.Period is { } periods) goals = goals.Where(g => periods.Contains(g.Period));
        return goals.ToPageAsync(query, Sorts, GoalViews.Projection, ct);
    }

    public Task<GoalView?> FindAsync(Guid id, CancellationToken ct) => db.Goals.AsNoTracking().Where(g => g.Id == id).Select(GoalViews.Projection).SingleOrDefaultAsync(ct);

    /// <exception cref="CrmException">400 for fields that make no goal; 409 where there is one for the same, with its <c>goalId</c>; 422 for an owner, a team or a pipeline that there isn't, with the pointer.</exception>
    public Task<GoalView> CreateAsync(GoalFields fields, CancellationToken ct) => WriteAsync(
        async () =>
        {
            var goal = new Goal(await ResolvedAsync(fields, ct), db.Stamp());
            await CheckAsync(goal, null, ct);
            db.Add(goal);
            db.Audit(EventTypes.GoalCreated, "goals", $"{goal.Id}", Differences.Between(null, goal.Fields()));
            await db.SaveChangesAsync(ct);
            return GoalViews.Of(goal);
        },
        () => null,
        $"of {fields.Period}",
        ct);

    /// <exception cref="CrmException">400 for fields that make no goal; 404; 409 where there is one for the same, with its <c>goalId</c>; 412 where <paramref name="ifMatch"/> is stale; 422 for an owner, a team or a pipeline that there isn't, with the pointer.</exception>
    public Task<GoalView> ChangeAsync(Guid id, Changes<GoalFields> change, int? ifMatch, CancellationToken ct) => WriteAsync(
        async () =>
        {
            var goal = await LoadAsync(id, ifMatch, ct);
            var (was, version) = (goal.Fields(), goal.Version);
            var fields = change.ApplyTo(goal.Fields());
            if (fields.Metric == GoalMetric.Count && !change.Gives(nameof(GoalFields.Currency))) fields = fields with { Currency = null };
            goal.Change(await ResolvedAsync(fields, ct), db.Stamp().At);
            await CheckAsync(goal, was, ct);
            if (goal.Version != version) db.Audit(EventTypes.GoalChanged, "goals", $"{id}", Differences.Between(was, goal.Fields()));
            await db.SaveChangesAsync(ct);
            return GoalViews.Of(goal);
        },
        () => ifMatch is null ? null : CrmException.Stale("goal", id),
        id,
        ct);

    /// <summary>Deletes a goal for good. Reports of earlier instants have it still.</summary>
    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => WriteAsync(
        async () =>
        {
            Delete(await LoadAsync(id, ifMatch, ct));
            return await db.SaveChangesAsync(ct);
        },
        () => ifMatch is null ? null : CrmException.Stale("goal", id),
        id,
        ct);

    /// <summary>Deletes the goals of a team that is about to be deleted, with the save of that.</summary>
    internal async Task DeleteOfTeamAsync(Guid teamId, CancellationToken ct)
    {
        var all = await db.Goals.Where(g => g.TeamId == teamId).ToListAsync(ct);
        if (all.Count > 0) caller.RefuseKeyWithout("goals");
        foreach (var goal in all) Delete(goal);
    }

    private void Delete(Goal goal)
    {
        db.Remove(goal);
        db.Audit(EventTypes.GoalDeleted, "goals", $"{goal.Id}", Differences.Between(goal.Fields(), null));
    }

    private Task<T> WriteAsync<T>(Func<Task<T>> work, Func<CrmException?> refusal, object id, CancellationToken ct) =>
        db.UnlessOutrunAsync(() => db.InTransactionAsync(work, ct), refusal, () => CrmException.Contended("goal", id), ct);

    private async Task<Goal> LoadAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var goal = await db.Goals.SingleOrDefaultAsync(g => g.Id == id, ct) ?? throw CrmException.NotFound("goal", id);
        return ifMatch is { } version && version != goal.Version ? throw CrmException.Stale("goal", id) : goal;
    }

    private async Task<GoalFields> ResolvedAsync(GoalFields fields, CancellationToken ct) => fields with
    {
        OwnerId = caller.Resolve(fields.OwnerId),
        Currency = fields.Currency ?? (fields.Metric == GoalMetric.Value ? await settings.CurrencyAsync(ct) : null),
    };

    /// <summary>Whose it is and where its deals are is there; a team stays until the transaction ends. There is no other goal for the same.</summary>
    private async Task CheckAsync(Goal goal, GoalFields? was, CancellationToken ct)
    {
        await references.MemberAsync("ownerId", was?.OwnerId, goal.OwnerId, ct);
        if (goal.TeamId is { } team && team != was?.TeamId && (await db.Teams.Where(t => t.Id == team).ForShare().Select(t => t.Id).ToListAsync(ct)).Count == 0) throw CrmException.UnknownReference("/teamId", "team", team);
        if (goal.PipelineId is { } pipeline && pipeline != was?.PipelineId && !await db.Pipelines.AnyAsync(p => p.Id == pipeline && p.RetiredAt == null, ct)) throw CrmException.UnknownReference("/pipelineId", "pipeline", pipeline);
        var (id, key) = (goal.Id, goal.SubjectKey);
        if (await db.Goals.Where(g => g.SubjectKey == key && g.Id != id).Select(g => (Guid?)g.Id).SingleOrDefaultAsync(ct) is { } other) throw Exists(other);
    }

    private static CrmException Exists(Guid id) =>
        new(FailureKind.Conflict, FailureCodes.GoalExists, $"There is a goal for the same already, {id}. Change that one.")
        {
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["goalId"] = id },
        };
}
