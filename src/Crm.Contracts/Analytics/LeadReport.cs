using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Crm.Contracts.Analytics;

/// <summary>Which leads, by when they were made.</summary>
public sealed record LeadReportQuery : PeriodQuery
{
    /// <summary>Not to be asked for: leads are in no pipeline.</summary>
    public new IReadOnlyList<Guid>? PipelineId => base.PipelineId;

    /// <summary>Not to be asked for: there are no amounts.</summary>
    public new string? Currency => base.Currency;

    /// <summary>A row for each <c>source</c>, <c>owner</c>, <c>status</c> or <c>month</c> of making; by default none but the total.</summary>
    [AllowedValues("source", "owner", "status", "month")] public string? GroupBy { get; init; }
}

/// <summary>What became of the leads that were made in a period, and how soon they were answered.</summary>
public sealed record LeadReport : PeriodReportView
{
    /// <summary>Months by time, also those without leads; others in the order of their keys, those that have leads. Empty where none are asked for.</summary>
    public required IReadOnlyList<LeadReportGroup> Groups { get; init; }

    /// <summary>All of them together.</summary>
    public required LeadReportRow Total { get; init; }
}

/// <summary>What became of some leads.</summary>
public record LeadReportRow
{
    public required CountedFigure Created { get; init; }

    /// <summary>Those for which there is a call, an e-mail or a meeting by a person with the direction <c>OUTBOUND</c>.</summary>
    public required CountedFigure Contacted { get; init; }

    /// <summary>The others.</summary>
    public required CountedFigure Unanswered { get; init; }

    public required CountedFigure Converted { get; init; }

    /// <summary>Converted ÷ created, from 0 to 1 with four decimals; null for none.</summary>
    public required decimal? ConversionRate { get; init; }

    /// <summary>The median of the minutes from the making of the contacted leads to the first such activity, between the middle two where there are two, with four decimals; null for none. Before the making is at once.</summary>
    public required decimal? MedianMinutes { get; init; }

    /// <summary>The minutes within which nine in ten of the contacted leads had such an activity, interpolated between the neighbours, with four decimals; null for none.</summary>
    public required decimal? P90Minutes { get; init; }

    /// <summary>The median of the same with the tenant's working time alone, by its settings <c>workingHours</c> and <c>holidays</c> at <c>asOf</c>; null for none, or where it never works.</summary>
    public required decimal? MedianWorkingMinutes { get; init; }

    /// <summary>The working minutes within which nine in ten of them had such an activity.</summary>
    public required decimal? P90WorkingMinutes { get; init; }
}

/// <summary>The leads that have something in common.</summary>
public sealed record LeadReportGroup : LeadReportRow
{
    /// <summary>The source, the owner, the status or the month; null for those that nobody owns.</summary>
    [JsonPropertyOrder(-1)] public required string? Key { get; init; }
}
