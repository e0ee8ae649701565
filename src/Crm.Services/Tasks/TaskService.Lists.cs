using System.Linq.Expressions;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Tasks;
using Crm.Database.Search;
using Crm.Database.Tasks;
using Crm.Services.Conditions;
using Crm.Services.Lists;
using Crm.Services.Search;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Tasks;

public sealed partial class TaskService
{
    internal static readonly Sorting<CrmTask> Sorts = new Sorting<CrmTask>("tasks", t => t.Id)
        .By("dueAt", t => t.DueOrder)
        .By("createdAt", t => t.CreatedAt)
        .By("updatedAt", t => t.UpdatedAt)
        .By("priority", t => t.PriorityOrder)
        .By("title", t => t.TitleKey);

    public async Task<Page<TaskView>> ListAsync(TaskQuery query, CancellationToken ct)
    {
        Filters.Range("due", query.DueFrom, query.DueTo);
        var now = clock.GetUtcNow();
        var found = await search.FindAsync<CrmTask>(query.Search, SearchKind.Task, ct);
        var page = await Matching(query, found, now).ToPageAsync(query, Sorts, TaskViews.Projection, search, SearchKind.Task, found, ct);
        return page with { Items = [.. page.Items.Select(task => task.At(now))] };
    }

    /// <summary>What of the tasks is found.</summary>
    internal async Task<List<RankedRow<TaskView>>> BestAsync(TaskQuery query, SearchFilters filters, Matches<CrmTask> found, Relevance? after, int take, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await Matching(query, found, now).Created(filters).BestAsync(search, SearchKind.Task, found, TaskViews.Projection, after, take, ct);
        return rows.ConvertAll(row => row with { View = row.View.At(now) });
    }

    private IQueryable<CrmTask> Matching(TaskQuery query, Matches<CrmTask>? found, DateTimeOffset now)
    {
        var tasks = db.Tasks.AsNoTracking().OfMembers(query.AssigneeId, t => t.AssigneeId, caller);
        if (query.Type is { } types) tasks = tasks.Where(t => types.Contains(t.Type));
        if (query.Priority is { } priorities) tasks = tasks.Where(t => priorities.Contains(t.Priority));
        if (query.Completed is { } completed) tasks = tasks.Where(t => (t.CompletedAt != null) == completed);
        if (query.Overdue is { } overdue) tasks = tasks.Where(t => (t.CompletedAt == null && t.DueAt != null && t.DueAt < now) == overdue);
        if (query.LeadId is { } leads) tasks = tasks.Where(t => leads.Contains(t.LeadId!.Value));
        if (query.DealId is { } deals) tasks = tasks.Where(t => deals.Contains(t.DealId!.Value));
        if (query.DueFrom is { } dueFrom) tasks = tasks.Where(t => t.DueAt >= dueFrom);
        if (query.DueTo is { } dueTo) tasks = tasks.Where(t => t.DueAt < dueTo);
        if (query.Condition is { } condition) tasks = tasks.Where(Condition(condition, now));
        return found is null ? tasks : tasks.Where(found.Filter);
    }

    /// <exception cref="CrmException">400 with the place of each fault.</exception>
    private static Expression<Func<CrmTask, bool>> Condition(string condition, DateTimeOffset now) => Filter(ConditionReader.ReadOfList(condition, "task", "condition"), now);

    /// <summary>True of the tasks that a condition holds of at an instant.</summary>
    internal static Expression<Func<CrmTask, bool>> Filter(Conditions.Condition condition, DateTimeOffset now) => ConditionQuery<CrmTask>.Of(TaskViews.Projection)
        .With("isOverdue", t => t.CompletedAt == null && t.DueAt != null && t.DueAt < now)
        .Filter(condition);
}
