using Crm.Contracts;
using Crm.Contracts.Activities;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Database.Tenancy;
using Crm.Services.Conditions;
using Crm.Services.Lists;
using Crm.Services.Records;
using Crm.Services.Search;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Activities;

/// <summary>What was done for leads, deals and tasks.</summary>
public sealed class ActivityService(CrmDbContext db, Caller caller, References references, SearchIndex search)
{
    internal static readonly Sorting<Activity> Sorts = new Sorting<Activity>("activities", a => a.Id)
        .By("occurredAt", a => a.OccurredAt)
        .By("createdAt", a => a.CreatedAt)
        .By("updatedAt", a => a.UpdatedAt);

    /// <exception cref="CrmException">400 for one in the future, or of nothing; 422 for a lead, deal or task that doesn't exist.</exception>
    public Task<ActivityView> LogAsync(ActivityFields fields, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var activity = Activity.Log(fields, db.Stamp());
            await CheckAsync(new ActivityFields { Subject = fields.Subject }, fields, ct);
            db.Add(activity);
            await db.SaveChangesAsync(ct);
            return ActivityViews.Of(activity);
        },
        ct);

    public Task<ActivityView?> FindAsync(Guid id, CancellationToken ct) =>
        db.Activities.AsNoTracking().Where(a => a.Id == id).Select(ActivityViews.Projection).SingleOrDefaultAsync(ct);

    public async Task<Page<ActivityView>> ListAsync(ActivityQuery query, CancellationToken ct)
    {
        Filters.Range("occurred", query.OccurredFrom, query.OccurredTo);
        var found = await search.FindAsync<Activity>(query.Search, SearchKind.Activity, ct);
        return await Matching(query, found).ToPageAsync(query, Sorts, ActivityViews.Projection, search, SearchKind.Activity, found, ct);
    }

    /// <summary>What of the activities is found.</summary>
    internal Task<List<RankedRow<ActivityView>>> BestAsync(ActivityQuery query, SearchFilters filters, Matches<Activity> found, Relevance? after, int take, CancellationToken ct) =>
        Matching(query, found).Created(filters).BestAsync(search, SearchKind.Activity, found, ActivityViews.Projection, after, take, ct);

    private IQueryable<Activity> Matching(ActivityQuery query, Matches<Activity>? found)
    {
        var activities = db.Activities.AsNoTracking().OfMembers(query.UserId, a => a.UserId, caller);
        if (query.Type is { } types) activities = activities.Where(a => types.Contains(a.Type));
        if (query.LeadId is { } leads) activities = activities.Where(a => leads.Contains(a.LeadId!.Value));
        if (query.DealId is { } deals) activities = activities.Where(a => deals.Contains(a.DealId!.Value));
        if (query.TaskId is { } tasks) activities = activities.Where(a => tasks.Contains(a.TaskId!.Value));
        if (query.OccurredFrom is { } from) activities = activities.Where(a => a.OccurredAt >= from);
        if (query.OccurredTo is { } to) activities = activities.Where(a => a.OccurredAt < to);
        if (query.Condition is { } condition) activities = activities.Where(ConditionQuery<Activity>.Of(ActivityViews.Projection).Filter(ConditionReader.ReadOfList(condition, "activity", "condition")));
        return found is null ? activities : activities.Where(found.Filter);
    }

    /// <exception cref="CrmException">400 for one in the future, or of nothing; 404; 412 where <paramref name="ifMatch"/> is stale; 422 for a lead, deal or task that doesn't exist.</exception>
    public async Task<ActivityView> ChangeAsync(Guid id, Changes<ActivityFields> change, int? ifMatch, CancellationToken ct)
    {
        var activity = await db.ChangeAsync(
            db.Activities, id, "activity", ifMatch,
            async activity =>
            {
                var was = activity.Fields();
                var fields = change.ApplyTo(activity.Fields());
                activity.Change(fields, db.Stamp().At);
                await CheckAsync(was, fields, ct);
            },
            ct);
        return ActivityViews.Of(activity);
    }

    /// <exception cref="CrmException">404; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task DeleteAsync(Guid id, int? ifMatch, CancellationToken ct) => db.ChangeAsync(
        db.Activities, id, "activity", ifMatch,
        activity =>
        {
            Deletion.Delete([activity], db.Stamp().At);
            return Task.CompletedTask;
        },
        ct);

    /// <summary>Brings a deleted activity back; one that isn't deleted stays as it is.</summary>
    /// <exception cref="CrmException">404; 409 while a lead, deal or task of it is deleted; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public async Task<ActivityView> RestoreAsync(Guid id, int? ifMatch, CancellationToken ct)
    {
        var activity = await db.ChangeAsync(
            db.Activities.WithDeleted().ForUpdate(), id, "activity", ifMatch,
            async activity =>
            {
                if (activity.DeletedAt is null) return;
                if (activity.LeadId is not null) await Deletion.RequireAsync(db.Leads.ForShare(), "lead", activity.LeadId, ct);
                else if (activity.DealId is not null) await Deletion.RequireAsync(db.Deals.ForShare(), "deal", activity.DealId, ct);
                else await Deletion.RequireAsync(db.Tasks.ForShare(), "task", activity.TaskId, ct);
                await Deletion.RestoreAsync(db, activity, ct);
            },
            ct);
        return ActivityViews.Of(activity);
    }

    private async Task CheckAsync(ActivityFields was, ActivityFields fields, CancellationToken ct)
    {
        await references.LeadAsync(was.LeadId, fields.LeadId, ct);
        await references.DealAsync(was.DealId, fields.DealId, ct);
        await references.TaskAsync(was.TaskId, fields.TaskId, ct);
    }
}
