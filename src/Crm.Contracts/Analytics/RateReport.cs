using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>A rate by which amounts are converted, as it was told: one into the report's currency is multiplied by, one from it divided by.</summary>
public sealed record ReportRate
{
    [Currency] public required string From { get; init; }
    [Currency] public required string To { get; init; }

    /// <summary>How many units of <c>to</c> one of <c>from</c> is.</summary>
    public required decimal Rate { get; init; }

    /// <summary>From which day on.</summary>
    public required DateOnly Date { get; init; }
}
