using System.Text.Json.Serialization;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>How much is won a day: opportunities × win rate × average won value ÷ average cycle.</summary>
public sealed record VelocityReport : PeriodReportView, IInCurrencies
{
    /// <inheritdoc cref="IInCurrencies.Currency"/>
    [JsonPropertyOrder(-1), Currency] public required string? Currency { get; init; }

    /// <summary>The deals that were qualified in the period.</summary>
    public required int Opportunities { get; init; }

    /// <summary>Won ÷ (won + lost) of the deals that were closed in the period, with four decimals; null for none.</summary>
    public required decimal? WinRate { get; init; }

    /// <summary>The mean value of the deals that were won in the period, with four decimals; null for none, and where there are several currencies.</summary>
    public required decimal? AverageWonValue { get; init; }

    /// <summary>The mean of the days from the making to the winning of the deals that were won in the period, none for one that was won before it was made, with four decimals; null for none.</summary>
    public required decimal? AverageCycleDays { get; init; }

    /// <summary>The product, of the figures as they are before they are rounded, with four decimals; null where nothing was won, and where it took no time.</summary>
    public required decimal? VelocityPerDay { get; init; }

    /// <summary>Where there are several currencies, the same of the deals of each; else null.</summary>
    public required IReadOnlyList<VelocityAmount>? Amounts { get; init; }

    public required string OpportunitiesDrillDown { get; init; }
    public required string WonDrillDown { get; init; }
    public required string LostDrillDown { get; init; }
}

/// <summary>A velocity in one of several currencies.</summary>
public sealed record VelocityAmount
{
    [Currency] public required string Currency { get; init; }

    /// <inheritdoc cref="VelocityReport.Opportunities"/>
    public required int Opportunities { get; init; }

    /// <inheritdoc cref="VelocityReport.WinRate"/>
    public required decimal? WinRate { get; init; }

    /// <inheritdoc cref="VelocityReport.AverageWonValue"/>
    public required decimal? AverageWonValue { get; init; }

    /// <inheritdoc cref="VelocityReport.AverageCycleDays"/>
    public required decimal? AverageCycleDays { get; init; }

    /// <inheritdoc cref="VelocityReport.VelocityPerDay"/>
    public required decimal? VelocityPerDay { get; init; }
}
