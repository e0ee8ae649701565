using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Crm.Contracts.Analytics;

/// <summary>Which tasks, by when they are due: <c>ownerId</c> are the members who are to do them; <c>pipelineId</c> chooses what is to be done for such deals, <c>source</c> what is to be done for such leads and their deals.</summary>
public sealed record TaskReportQuery : PeriodQuery
{
    /// <summary>Not to be asked for: there are no amounts.</summary>
    public new string? Currency => base.Currency;

    /// <summary>A row for each <c>assignee</c>, <c>type</c>, <c>day</c>, <c>week</c> (ISO 8601, from Monday) or <c>month</c>; by default none but the total.</summary>
    [AllowedValues("assignee", "type", "day", "week", "month")] public string? GroupBy { get; init; }
}

/// <summary>What became of the tasks that were due in a period.</summary>
public sealed record TaskReport : PeriodReportView
{
    /// <summary>Periods by time, also those without tasks; others in the order of their keys, those that have tasks. Empty where none are asked for.</summary>
    public required IReadOnlyList<TaskReportGroup> Groups { get; init; }

    /// <summary>All of them together.</summary>
    public required TaskReportRow Total { get; init; }

    /// <summary>Those that are to be done and due at no time, whatever the period.</summary>
    public required CountedFigure Undated { get; init; }
}

/// <summary>What became of some tasks. The four parts add up to those that were due.</summary>
public record TaskReportRow
{
    public required CountedFigure Due { get; init; }

    /// <summary>Completed, and not after they were due.</summary>
    public required CountedFigure DoneOnTime { get; init; }

    /// <summary>Completed after they were due.</summary>
    public required CountedFigure DoneLate { get; init; }

    /// <summary>Not completed, and due before <c>asOf</c>.</summary>
    public required CountedFigure Overdue { get; init; }

    /// <summary>Not completed, and not yet due.</summary>
    public required CountedFigure Open { get; init; }

    /// <summary>Done on time ÷ (done on time + done late + overdue), from 0 to 1 with four decimals; null for none.</summary>
    public required decimal? OnTimeRate { get; init; }
}

/// <summary>The tasks that have something in common.</summary>
public sealed record TaskReportGroup : TaskReportRow
{
    /// <summary>The assignee, the type, or the period; null for those that nobody is to do.</summary>
    [JsonPropertyOrder(-1)] public required string? Key { get; init; }
}
