using System.Text.Json.Serialization;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>What every report tells of itself.</summary>
public abstract record ReportView
{
    /// <summary>The instant that it is of. Given as <c>asOf</c> it brings the same answer again, whatever has changed since.</summary>
    [JsonPropertyOrder(-2)] public required DateTimeOffset AsOf { get; init; }

    /// <summary>Whose days it counts, as the tenant's settings were then.</summary>
    [JsonPropertyOrder(-2)] public required string TimeZone { get; init; }

    /// <summary>With <c>currency</c>: the rates of the day of <c>asOf</c>, by which amounts are converted but for those of closed deals, which take the rate of their closing day except in the movement, as it was in force at <c>asOf</c> too. Null without.</summary>
    [JsonPropertyOrder(-1)] public IReadOnlyList<ReportRate>? Rates { get; init; }
}

/// <summary>A report with amounts.</summary>
public interface IInCurrencies
{
    /// <summary>Of every amount. Null where there are several: amounts are null then, and stand in <c>amounts</c>, each currency by itself.</summary>
    string? Currency { get; }
}

/// <summary>What every report over a period tells of itself.</summary>
public abstract record PeriodReportView : ReportView
{
    /// <summary>The first day.</summary>
    [JsonPropertyOrder(-1)] public required DateOnly From { get; init; }

    /// <summary>The last day; it is in.</summary>
    [JsonPropertyOrder(-1)] public required DateOnly To { get; init; }
}

/// <summary>A value in one of several currencies, and what it comes to weighted by probability.</summary>
public sealed record WeightedAmount
{
    [Currency] public required string Currency { get; init; }
    public required decimal Value { get; init; }
    public required decimal WeightedValue { get; init; }
}
