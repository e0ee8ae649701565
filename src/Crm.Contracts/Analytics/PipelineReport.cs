using System.Text.Json.Serialization;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>The deals by the stage that they stand in.</summary>
public sealed record PipelineReport : ReportView, IInCurrencies
{
    /// <inheritdoc cref="IInCurrencies.Currency"/>
    [JsonPropertyOrder(-1), Currency] public required string? Currency { get; init; }

    /// <summary>By pipeline, the default first, and in the order of the stages; also those that are empty.</summary>
    public required IReadOnlyList<PipelineReportStage> Stages { get; init; }

    /// <summary>All open deals together.</summary>
    public required PipelineReportTotal Total { get; init; }
}

/// <summary>All open deals together.</summary>
public record PipelineReportTotal
{
    public required int Count { get; init; }
    public required decimal? Value { get; init; }

    /// <summary>Each deal's value × its own probability, else its stage's, ÷ 100, rounded half to even at four decimals.</summary>
    public required decimal? WeightedValue { get; init; }

    /// <summary>The mean of the days that the open deals have stood in their stages, earlier stays there included; null for none.</summary>
    public required decimal? AverageDaysInStage { get; init; }

    /// <summary>How many open deals have stood in their stage for longer than its days.</summary>
    public required int RottingCount { get; init; }

    /// <summary>Each currency by itself, where the report has several; else null.</summary>
    public required IReadOnlyList<WeightedAmount>? Amounts { get; init; }

    public required string DrillDown { get; init; }
    public required string RottingDrillDown { get; init; }
}

/// <summary>The deals that stand in a stage.</summary>
public sealed record PipelineReportStage : PipelineReportTotal
{
    [JsonPropertyOrder(-1)] public required Guid PipelineId { get; init; }
    [JsonPropertyOrder(-1), StageKey] public required string Stage { get; init; }
    [JsonPropertyOrder(-1)] public required StageKind Kind { get; init; }
}
