using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>How long deals stood in the stages that they left in a period.</summary>
public sealed record StageTimesReport : PeriodReportView
{
    /// <summary>By pipeline, the default first, and in the order of the stages: the open ones.</summary>
    public required IReadOnlyList<StageTimes> Stages { get; init; }
}

/// <summary>How long deals stood in a stage: the sum of all stays of a deal up to the last that ended in the period.</summary>
public sealed record StageTimes
{
    public required Guid PipelineId { get; init; }
    [StageKey] public required string Stage { get; init; }

    /// <summary>The deals that left the stage in the period.</summary>
    public required int Count { get; init; }

    /// <summary>The median of their days, between the middle two where there are two, with four decimals; null for none.</summary>
    public required decimal? MedianDays { get; init; }

    /// <summary>The days within which nine in ten of them left, interpolated between the neighbours, with four decimals; null for none.</summary>
    public required decimal? P90Days { get; init; }

    /// <summary>The mean of their days, with four decimals; null for none.</summary>
    public required decimal? MeanDays { get; init; }

    public required string DrillDown { get; init; }
}
