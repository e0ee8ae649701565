using Crm.Contracts.Pipelines;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>How far the deals came that were made in a period.</summary>
public sealed record FunnelReport : PeriodReportView
{
    /// <summary>By pipeline, the default first, and in the order of the stages, those of the kind <c>LOST</c> left out.</summary>
    public required IReadOnlyList<FunnelStage> Stages { get; init; }
}

/// <summary>How many deals ever came to a stage.</summary>
public sealed record FunnelStage
{
    public required Guid PipelineId { get; init; }
    [StageKey] public required string Stage { get; init; }
    public required StageKind Kind { get; init; }

    /// <summary>The deals of the period that ever stood here or in a later stage of their pipeline, whatever became of them; one that was ever won reached all open stages.</summary>
    public required int Reached { get; init; }

    /// <summary>Reached ÷ reached of the stage before, of a stage that closes the last open one, with four decimals; null for the first, and for none before.</summary>
    public required decimal? ConversionFromPrevious { get; init; }

    /// <summary>Reached ÷ reached of the pipeline's first stage, with four decimals: 1 for the first itself; null for none.</summary>
    public required decimal? ConversionFromFirst { get; init; }

    /// <summary>The median of the days that those deals spent here that have left, re-entries added, with four decimals; null for none, and for stages that close.</summary>
    public required decimal? MedianDays { get; init; }

    public required string DrillDown { get; init; }
}
