using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>What became of the tasks that were due in a period.</summary>
internal static class TaskReporter
{
    public static async Task<TaskReport> ReportAsync(ReportScope scope, TaskReportQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var periods = query.GroupBy is "day" or "week" or "month" ? scope.Calendar.Split(query.GroupBy, from, to) : [];
        var figures = new TaskFigures(scope);
        var sums = await Parts(figures.Due(from, to), query.GroupBy, periods).GroupBy(part => new { part.AssigneeId, part.Type, part.Period, part.State })
            .Select(tasks => new Sum(tasks.Key.AssigneeId, tasks.Key.Type, tasks.Key.Period, tasks.Key.State, tasks.Count())).ToListAsync(ct);

        var place = scope.DrillDown.Between(from, to);
        return new TaskReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Groups = [.. Rows(query.GroupBy, sums, place, periods)],
            Total = Row(sums, place),
            Undated = new CountedFigure { Count = await figures.Undated.CountAsync(ct), DrillDown = scope.DrillDown.To(TaskFigure.Undated) },
        };
    }

    private static IQueryable<Part> Parts(IQueryable<TaskFact> due, string? groupBy, IReadOnlyList<Period> periods) => groupBy switch
    {
        "assignee" => due.Select(task => new Part { AssigneeId = task.AssigneeId, Type = null, Period = 0, State = task.State }),
        "type" => due.Select(task => new Part { AssigneeId = null, Type = task.Type, Period = 0, State = task.State }),
        _ => due.Select(Buckets.Into<TaskFact, DateTimeOffset, Part>(
            task => task.DueAt!.Value, [.. periods.Skip(1).Select(period => period.Start)], (task, period) => new Part { AssigneeId = null, Type = null, Period = period, State = task.State })),
    };

    private static IEnumerable<TaskReportGroup> Rows(string? groupBy, List<Sum> sums, DrillDown place, IReadOnlyList<Period> periods) => groupBy switch
    {
        "assignee" => ByName(sums, sum => sum.AssigneeId, place.OfOwner),
        "type" => ByName(sums, sum => EnumNames<TaskType>.Of(sum.Type!.Value), type => place.With("type", type!)),
        null => [],
        _ => periods.Select((period, i) => Row(period.Key, sums.FindAll(sum => sum.Period == i), place.Between(period.From, period.To))),
    };

    private static IEnumerable<TaskReportGroup> ByName(List<Sum> sums, Func<Sum, string?> name, Func<string?, DrillDown> place) => sums
        .GroupBy(name).OrderBy(group => group.Key is null).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => Row(group.Key, [.. group], place(group.Key)));

    private static TaskReportGroup Row(string? key, List<Sum> sums, DrillDown place)
    {
        var row = Row(sums, place);
        return new TaskReportGroup { Key = key, Due = row.Due, DoneOnTime = row.DoneOnTime, DoneLate = row.DoneLate, Overdue = row.Overdue, Open = row.Open, OnTimeRate = row.OnTimeRate };
    }

    private static TaskReportRow Row(List<Sum> sums, DrillDown place)
    {
        var row = new TaskReportRow
        {
            Due = new CountedFigure { Count = sums.Sum(sum => sum.Count), DrillDown = place.To(TaskFigure.Due) },
            DoneOnTime = Figure(TaskFigure.DoneOnTime),
            DoneLate = Figure(TaskFigure.DoneLate),
            Overdue = Figure(TaskFigure.Overdue),
            Open = Figure(TaskFigure.Open),
            OnTimeRate = null,
        };
        return row with { OnTimeRate = Quotients.Ratio(row.DoneOnTime.Count, row.DoneOnTime.Count + row.DoneLate.Count + row.Overdue.Count) };

        CountedFigure Figure(TaskFigure state) => new() { Count = sums.Where(sum => sum.State == state).Sum(sum => sum.Count), DrillDown = place.To(state) };
    }

    private sealed record Sum(string? AssigneeId, TaskType? Type, int Period, TaskFigure State, int Count);

    private sealed class Part
    {
        public string? AssigneeId { get; init; }
        public TaskType? Type { get; init; }
        public int Period { get; init; }
        public TaskFigure State { get; init; }
    }
}
