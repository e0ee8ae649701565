using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Activities;

namespace Crm.Contracts.Analytics;

/// <summary>Which activities, by when they took place: <c>ownerId</c> are the members who did them; <c>pipelineId</c> chooses what was done for such deals, <c>source</c> what was done for such leads and their deals.</summary>
public sealed record ActivityReportQuery : PeriodQuery
{
    /// <summary>Not to be asked for: there are no amounts.</summary>
    public new string? Currency => base.Currency;

    /// <summary>A row for each <c>type</c>, <c>user</c>, <c>day</c>, <c>week</c> (ISO 8601, from Monday) or <c>month</c>; by default none but the total.</summary>
    [AllowedValues("type", "user", "day", "week", "month")] public string? GroupBy { get; init; }
}

/// <summary>What was done in a period.</summary>
public sealed record ActivityReport : PeriodReportView
{
    /// <summary>Periods by time, also those without activities; others in the order of their keys, those that have activities. Empty where none are asked for.</summary>
    public required IReadOnlyList<ActivityReportGroup> Groups { get; init; }

    /// <summary>All of them together.</summary>
    public required CountedFigure Total { get; init; }
}

/// <summary>The activities that have something in common.</summary>
public sealed record ActivityReportGroup
{
    /// <summary>The type, the member, or the period.</summary>
    public required string Key { get; init; }

    public required int Count { get; init; }

    /// <inheritdoc cref="CountedFigure.DrillDown"/>
    public required string DrillDown { get; init; }
}

/// <summary>Which activities the report counts: those that took place between <c>from</c> and <c>to</c>.</summary>
public sealed record CountedActivityQuery : CountedQuery
{
    public IReadOnlyList<ActivityType>? Type { get; init; }
}

/// <summary>An activity as a report counts it.</summary>
public sealed record CountedActivityView
{
    public required Guid ActivityId { get; init; }

    /// <summary>What it is about today, all else being as it was at <c>asOf</c>; null where the caller doesn't see it any more.</summary>
    public required string? Subject { get; init; }

    public required ActivityType Type { get; init; }
    public required ActivityDirection? Direction { get; init; }

    /// <summary>The member who did it.</summary>
    public required string UserId { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }
    public required Guid? LeadId { get; init; }
    public required Guid? DealId { get; init; }
    public required Guid? TaskId { get; init; }
}
