using System.Text.Json.Serialization;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>How the value that is open came to change.</summary>
public sealed record MovementReport : PeriodReportView, IInCurrencies
{
    /// <inheritdoc cref="IInCurrencies.Currency"/>
    [JsonPropertyOrder(-1), Currency] public required string? Currency { get; init; }

    /// <summary>By time; those that begin behind <c>asOf</c> are left out.</summary>
    public required IReadOnlyList<MovementPeriod> Periods { get; init; }
}

/// <summary>How the value that is open came to change in a period: opening + created + reopened + restored + increased − decreased − won − lost − deleted = closing.</summary>
public sealed record MovementPeriod
{
    /// <summary><c>2026-11-29</c>, <c>2026-W48</c>, <c>2026-11</c>, <c>2026-Q4</c> or <c>2026</c>.</summary>
    public required string Period { get; init; }

    /// <summary>The value of the deals that were open at its beginning.</summary>
    public required decimal? Opening { get; init; }

    /// <summary>Of deals that were made, at the value that they were made with.</summary>
    public required decimal? Created { get; init; }

    /// <summary>Of closed deals that were opened again.</summary>
    public required decimal? Reopened { get; init; }

    /// <summary>Of deleted deals that were restored open.</summary>
    public required decimal? Restored { get; init; }

    /// <summary>By how much open deals rose, each deal's changes in the period added up.</summary>
    public required decimal? Increased { get; init; }

    /// <summary>By how much open deals fell, each deal's changes in the period added up.</summary>
    public required decimal? Decreased { get; init; }

    /// <summary>Of deals that were told to be won in the period, at the value that they were won with.</summary>
    public required decimal? Won { get; init; }

    /// <summary>Of deals that were told to be lost in the period.</summary>
    public required decimal? Lost { get; init; }

    /// <summary>Of open deals that were deleted.</summary>
    public required decimal? Deleted { get; init; }

    /// <summary>The value of the deals that were open at its end, or at <c>asOf</c> where that comes first.</summary>
    public required decimal? Closing { get; init; }

    /// <inheritdoc cref="PipelineReportTotal.Amounts"/>
    public required IReadOnlyList<MovementAmount>? Amounts { get; init; }

    /// <summary>By figure, the deals that it counts.</summary>
    public required MovementDrillDown DrillDown { get; init; }
}

/// <summary>A movement in one of several currencies.</summary>
public sealed record MovementAmount
{
    [Currency] public required string Currency { get; init; }
    public required decimal Opening { get; init; }
    public required decimal Created { get; init; }
    public required decimal Reopened { get; init; }
    public required decimal Restored { get; init; }
    public required decimal Increased { get; init; }
    public required decimal Decreased { get; init; }
    public required decimal Won { get; init; }
    public required decimal Lost { get; init; }
    public required decimal Deleted { get; init; }
    public required decimal Closing { get; init; }
}

/// <summary>Where the deals are that the figures of a movement count.</summary>
public sealed record MovementDrillDown
{
    public required string Opening { get; init; }
    public required string Created { get; init; }
    public required string Reopened { get; init; }
    public required string Restored { get; init; }
    public required string Increased { get; init; }
    public required string Decreased { get; init; }
    public required string Won { get; init; }
    public required string Lost { get; init; }
    public required string Deleted { get; init; }
    public required string Closing { get; init; }
}
