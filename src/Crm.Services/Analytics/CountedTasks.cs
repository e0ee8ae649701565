using Crm.Contracts.Analytics;
using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>The tasks that a figure of a report counts.</summary>
internal static class CountedTasks
{
    /// <exception cref="CrmException">400 for days in the wrong order, and for days of what has none.</exception>
    public static CountedRows<CountedTaskView, CountedTaskView> Of(CrmDbContext db, ReportScope scope, CountedTaskQuery query)
    {
        var tasks = Figure(scope, query);
        if (query.Type is { } types) tasks = tasks.Where(task => types.Contains(task.Type));
        var rows = from task in tasks
                   join today in db.Tasks.WithDeleted() on task.TaskId equals today.Id into seen
                   from today in seen.DefaultIfEmpty()
                   select new CountedTaskView
                   {
                       TaskId = task.TaskId,
                       Title = today.Title,
                       Type = task.Type,
                       AssigneeId = task.AssigneeId,
                       CreatedAt = task.CreatedAt,
                       DueAt = task.DueAt,
                       CompletedAt = task.CompletedAt,
                       LeadId = task.LeadId,
                       DealId = task.DealId,
                   };
        return new("counted-tasks", scope.AsOf, rows, row => row.TaskId, row => row);
    }

    private static IQueryable<TaskFact> Figure(ReportScope scope, CountedTaskQuery query)
    {
        var figures = new TaskFigures(scope);
        if (query.Figure == TaskFigure.Undated)
        {
            RefuseDays(query);
            return figures.Undated;
        }

        var ((from, to), state) = (scope.Days(query), query.Figure);
        return state switch
        {
            TaskFigure.Due => figures.Due(from, to),
            TaskFigure.Done => figures.Done(from, to),
            _ => figures.Due(from, to).Where(task => task.State == state),
        };
    }

    /// <summary>What a figure doesn't go by is refused, never ignored.</summary>
    private static void RefuseDays(PeriodQuery query)
    {
        string[] fault = ["is nothing that figure=UNDATED goes by; leave it out"];
        var unused = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (query.From is not null) unused["from"] = fault;
        if (query.To is not null) unused["to"] = fault;
        if (unused.Count > 0) throw CrmException.Invalid(unused);
    }
}
