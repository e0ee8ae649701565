using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>What every report takes.</summary>
public abstract record ReportQuery
{
    /// <summary>Deals that are in these pipelines, at <c>asOf</c>.</summary>
    public IReadOnlyList<Guid>? PipelineId { get; init; }

    /// <summary>Deals of these owners, at <c>asOf</c>; <c>me</c> for the caller, <c>none</c> for those that nobody owns.</summary>
    public IReadOnlyList<string>? OwnerId { get; init; }

    /// <summary>Deals whose lead is of these sources, at <c>asOf</c>.</summary>
    public IReadOnlyList<LeadSource>? Source { get; init; }

    /// <summary>
    /// Amounts in this currency, each deal's converted by itself: of closed deals by the rate of the day of closing, of open ones, and in the movement of all, by that of the day of
    /// <c>asOf</c>. What there is no rate for stays in its own currency.
    /// </summary>
    [Currency] public string? Currency { get; init; }

    /// <summary>The answer that there would have been at this instant; by default now. Not in the future.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>As JSON (the default), or as <c>csv</c> with a line for each row and currency.</summary>
    public ListFormat Format { get; init; }
}

/// <summary>What a report over a period takes besides.</summary>
public abstract record PeriodQuery : ReportQuery
{
    /// <summary>The first day, in the tenant's time zone; by default that of the month eleven months before <c>to</c>, and for a forecast that of this month.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day, in the tenant's time zone, and in; by default today, and for a forecast the last of the twelfth month.</summary>
    public DateOnly? To { get; init; }
}

/// <summary>Which deals, and as of when.</summary>
public sealed record PipelineReportQuery : ReportQuery;

/// <summary>Which deals, by when they are expected to close or were won.</summary>
public sealed record ForecastQuery : PeriodQuery
{
    /// <summary>A row for each <c>month</c> (the default), <c>quarter</c>, or <c>owner</c>.</summary>
    [AllowedValues("month", "quarter", "owner")] public string GroupBy { get; init; } = "month";
}

/// <summary>Which deals, by when they were closed.</summary>
public sealed record WinRateQuery : PeriodQuery
{
    /// <summary>A row for each <c>owner</c>, <c>source</c>, <c>month</c> or <c>lostReason</c>; by default none but the total.</summary>
    [AllowedValues("owner", "source", "month", "lostReason")] public string? GroupBy { get; init; }
}

/// <summary>Which deals, and between which days.</summary>
public sealed record MovementQuery : PeriodQuery
{
    /// <summary>A row for each <c>day</c>, <c>week</c> (ISO 8601, from Monday), <c>month</c> (the default), <c>quarter</c> or <c>year</c>.</summary>
    [AllowedValues("day", "week", "month", "quarter", "year")] public string GroupBy { get; init; } = "month";
}

/// <summary>Which deals, by when they were made.</summary>
public sealed record FunnelQuery : PeriodQuery;

/// <summary>Which deals, by when they left a stage.</summary>
public sealed record StageTimesQuery : PeriodQuery;

/// <summary>Which deals, by when they were qualified, and by when they were closed.</summary>
public sealed record VelocityQuery : PeriodQuery;
