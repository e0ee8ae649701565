using System.Text.Json.Serialization;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>How many of the deals that were closed were won.</summary>
public sealed record WinRateReport : PeriodReportView, IInCurrencies
{
    /// <inheritdoc cref="IInCurrencies.Currency"/>
    [JsonPropertyOrder(-1), Currency] public required string? Currency { get; init; }

    /// <summary>Months by time, also those without deals; others in the order of their keys, those that have closed deals. Empty where none are asked for.</summary>
    public required IReadOnlyList<WinRateGroup> Groups { get; init; }

    /// <summary>All of them together.</summary>
    public required WinRateRow Total { get; init; }
}

/// <summary>How many of the deals that were closed were won.</summary>
public record WinRateRow
{
    public required ClosedDeals Won { get; init; }
    public required ClosedDeals Lost { get; init; }

    /// <summary>Won ÷ (won + lost) by count, from 0 to 1 with four decimals; null for none.</summary>
    public required decimal? WinRate { get; init; }

    /// <summary>Won ÷ (won + lost) by value, from 0 to 1 with four decimals; null where there is no value, and where there are several currencies.</summary>
    public required decimal? WinRateByValue { get; init; }

    /// <inheritdoc cref="PipelineReportTotal.Amounts"/>
    public required IReadOnlyList<WinRateAmount>? Amounts { get; init; }
}

/// <summary>The closed deals that have something in common.</summary>
public sealed record WinRateGroup : WinRateRow
{
    /// <summary>The owner, the lead's source, the month, or the reason why they were lost; null for those that nobody owns, and those without a lead.</summary>
    [JsonPropertyOrder(-1)] public required string? Key { get; init; }
}

/// <summary>Deals that were closed.</summary>
public sealed record ClosedDeals
{
    public required int Count { get; init; }
    public required decimal? Value { get; init; }
    public required string DrillDown { get; init; }
}

/// <summary>What was closed in one of several currencies.</summary>
public sealed record WinRateAmount
{
    [Currency] public required string Currency { get; init; }
    public required decimal WonValue { get; init; }
    public required decimal LostValue { get; init; }

    /// <inheritdoc cref="WinRateRow.WinRateByValue"/>
    public required decimal? WinRateByValue { get; init; }
}
