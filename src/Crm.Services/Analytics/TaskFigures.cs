using Crm.Contracts.Analytics;
using Crm.Contracts.Tasks;

namespace Crm.Services.Analytics;

/// <summary>The figures of the reports on tasks, each as the tasks that it counts: a report adds them up, a drill-down lists them.</summary>
internal sealed class TaskFigures(ReportScope scope)
{
    /// <summary>Those that are due in these days.</summary>
    public IQueryable<TaskFact> Due(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return All.Where(task => task.DueAt >= start && task.DueAt < end);
    }

    /// <summary>Those that are to be done, and due at no time.</summary>
    public IQueryable<TaskFact> Undated => All.Where(task => task.DueAt == null && task.CompletedAt == null);

    /// <summary>Those that were completed in these days.</summary>
    public IQueryable<TaskFact> Done(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return All.Where(task => task.CompletedAt >= start && task.CompletedAt < end);
    }

    private IQueryable<TaskFact> All
    {
        get
        {
            var now = scope.AsOf;
            return scope.Tasks.Select(task => new TaskFact
            {
                TaskId = task.TaskId,
                Type = task.Type,
                AssigneeId = task.AssigneeId,
                CreatedAt = task.CreatedAt,
                DueAt = task.DueAt,
                CompletedAt = task.CompletedAt,
                LeadId = task.LeadId,
                DealId = task.DealId,
                State = task.CompletedAt == null
                    ? task.DueAt < now ? TaskFigure.Overdue : TaskFigure.Open
                    : task.CompletedAt > task.DueAt ? TaskFigure.DoneLate : TaskFigure.DoneOnTime,
            });
        }
    }
}

/// <summary>A task as it was at a report's instant.</summary>
internal sealed class TaskFact
{
    public Guid TaskId { get; init; }
    public TaskType Type { get; init; }
    public string? AssigneeId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public Guid? LeadId { get; init; }
    public Guid? DealId { get; init; }

    /// <summary>Of one that is due at some time: done on time, done late, overdue or open.</summary>
    public TaskFigure State { get; init; }
}
