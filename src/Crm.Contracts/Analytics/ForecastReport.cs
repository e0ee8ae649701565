using System.Text.Json.Serialization;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>What was won and what is expected.</summary>
public sealed record ForecastReport : PeriodReportView, IInCurrencies
{
    /// <inheritdoc cref="IInCurrencies.Currency"/>
    [JsonPropertyOrder(-1), Currency] public required string? Currency { get; init; }

    /// <summary>By time, also those without deals; or by owner, in the order of their ids, and nobody last: those that have deals.</summary>
    public required IReadOnlyList<ForecastPeriod> Periods { get; init; }

    /// <summary>All periods together.</summary>
    public required ForecastPeriod Total { get; init; }

    /// <summary>Open deals that were expected to close before today, whenever that was; they are in no period.</summary>
    public required ForecastApart Overdue { get; init; }

    /// <summary>Open deals that are expected to close on no day; they are in no period.</summary>
    public required ForecastApart Undated { get; init; }

    /// <summary>The goals whose month or quarter shares a day with these days and that the caller may see, each of the whole of its period: with <c>ownerId</c> those of these members, with <c>pipelineId</c> those for these pipelines, with <c>source</c> none.</summary>
    public required IReadOnlyList<AttainedGoal> Goals { get; init; }
}

/// <summary>Open deals that stand beside the periods of a forecast.</summary>
public sealed record ForecastApart
{
    public required int Count { get; init; }
    public required decimal? Value { get; init; }

    /// <inheritdoc cref="PipelineReportTotal.WeightedValue"/>
    public required decimal? WeightedValue { get; init; }

    /// <inheritdoc cref="PipelineReportTotal.Amounts"/>
    public required IReadOnlyList<WeightedAmount>? Amounts { get; init; }

    public required string DrillDown { get; init; }
}

/// <summary>What was won in a period and what is expected in it.</summary>
public sealed record ForecastPeriod
{
    /// <summary><c>2026-11</c> or <c>2026-Q4</c>; null by owner, and of the total.</summary>
    public required string? Period { get; init; }

    /// <summary>By owner: whose; null for those that nobody owns.</summary>
    public required string? OwnerId { get; init; }

    /// <summary>The deals that were won in these days, by the day of closing.</summary>
    public required int WonCount { get; init; }

    public required decimal? WonValue { get; init; }

    /// <summary>The open deals that are expected to close in these days, from today on.</summary>
    public required int OpenCount { get; init; }

    public required decimal? OpenValue { get; init; }

    /// <summary>Of the open ones: each deal's value × its own probability, else its stage's, ÷ 100, rounded half to even at four decimals.</summary>
    public required decimal? WeightedValue { get; init; }

    /// <summary>Won and open ones together.</summary>
    public required int Count { get; init; }

    /// <inheritdoc cref="PipelineReportTotal.Amounts"/>
    public required IReadOnlyList<ForecastAmount>? Amounts { get; init; }

    public required string WonDrillDown { get; init; }
    public required string OpenDrillDown { get; init; }
}

/// <summary>A forecast in one of several currencies.</summary>
public sealed record ForecastAmount
{
    [Currency] public required string Currency { get; init; }
    public required decimal WonValue { get; init; }
    public required decimal OpenValue { get; init; }
    public required decimal WeightedValue { get; init; }
}
