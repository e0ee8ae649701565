using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>Which deals a figure of a report counts.</summary>
public sealed record CountedDealQuery : PeriodQuery
{
    /// <summary>Which figure; by default all deals.</summary>
    public DealFigure Figure { get; init; }

    /// <summary>Deals that stand in one of these stages, at <c>asOf</c>; those that were retired into one of them count as it.</summary>
    public IReadOnlyList<string>? Stage { get; init; }

    /// <summary>Deals that were lost for this reason.</summary>
    [StringLength(500)] public string? LostReason { get; init; }

    /// <summary>Only deals with a lead (<c>true</c>), or only those without (<c>false</c>).</summary>
    public bool? HasLead { get; init; }

    /// <summary>Deals of those who were in one of these teams at <c>asOf</c>.</summary>
    public IReadOnlyList<Guid>? TeamId { get; init; }

    /// <summary>How many deals a page holds.</summary>
    [Range(1, PageQuery.MaxTake)] public int Take { get; init; } = 20;

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    [StringLength(2000)] public string? Cursor { get; init; }
}

/// <summary>A figure of the reports on deals.</summary>
public enum DealFigure
{
    /// <summary>All deals.</summary>
    All,

    /// <summary>Open ones.</summary>
    Open,

    /// <summary>Open ones that have stood in their stage for longer than its days.</summary>
    Rotting,

    /// <summary>Open ones that are expected to close between <c>from</c> and <c>to</c>, and not before today.</summary>
    Expected,

    /// <summary>Open ones that were expected to close before today.</summary>
    Overdue,

    /// <summary>Open ones that are expected to close on no day.</summary>
    Undated,

    /// <summary>Won ones, closed between <c>from</c> and <c>to</c>.</summary>
    Won,

    /// <summary>Lost ones, closed between <c>from</c> and <c>to</c>.</summary>
    Lost,

    /// <summary>Those that were made between <c>from</c> and <c>to</c> and have ever stood in <c>stage</c> or in a later one of its pipeline, as a funnel counts them; all that were made where none is given.</summary>
    Reached,

    /// <summary>Those that left <c>stage</c>, or any open one where none is given, between <c>from</c> and <c>to</c>.</summary>
    Left,

    /// <summary>Those that were qualified between <c>from</c> and <c>to</c>: stood for the first time in the stage <c>QUALIFIED</c> of their pipeline, else its second, in a later open one, or in one of the kind <c>WON</c>.</summary>
    Qualified,

    /// <summary>Those that were open when <c>from</c> began, with the value of then.</summary>
    Opening,

    /// <summary>Those that were made as open ones between <c>from</c> and <c>to</c>.</summary>
    Created,

    /// <summary>Those that were closed and opened again between <c>from</c> and <c>to</c>.</summary>
    Reopened,

    /// <summary>Open ones that were restored between <c>from</c> and <c>to</c>.</summary>
    Restored,

    /// <summary>Those whose value rose while they were open, by how much between <c>from</c> and <c>to</c>.</summary>
    Increased,

    /// <summary>Those whose value fell while they were open, by how much between <c>from</c> and <c>to</c>.</summary>
    Decreased,

    /// <summary>Open ones whose being won was told between <c>from</c> and <c>to</c>, whenever they were closed.</summary>
    MovedToWon,

    /// <summary>Open ones whose being lost was told between <c>from</c> and <c>to</c>, whenever they were closed.</summary>
    MovedToLost,

    /// <summary>Open ones that were deleted between <c>from</c> and <c>to</c>.</summary>
    Deleted,

    /// <summary>Those that were open when <c>to</c> ended, with the value of then.</summary>
    Closing,
}

/// <summary>A deal as a figure of a report counts it.</summary>
public sealed record CountedDealView
{
    public required Guid DealId { get; init; }

    /// <summary>What the deal is called today, all else being as it was at <c>asOf</c>; null where the caller doesn't see it any more.</summary>
    public required string? Name { get; init; }

    public required Guid PipelineId { get; init; }
    [StageKey] public required string Stage { get; init; }
    public required StageKind Kind { get; init; }
    public required string? OwnerId { get; init; }
    public required DateOnly? ExpectedCloseDate { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? ClosedAt { get; init; }
    public required string? LostReason { get; init; }

    /// <summary>Of the values below.</summary>
    [Currency] public required string Currency { get; init; }

    /// <summary>What it counts with in the figure.</summary>
    public required decimal Value { get; init; }

    /// <summary>What it counts with in the figure's weighted value; null where the figure has none, and where nothing was known of its stage yet.</summary>
    public required decimal? WeightedValue { get; init; }
}

/// <summary>The deals that a figure counts, in the order of their ids; one that it counts in two currencies comes twice.</summary>
public sealed record CountedDealPage
{
    /// <summary>The instant that the figure is of.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>With <c>currency</c>: the rates of the day of <c>asOf</c>, as the report tells them. Null without.</summary>
    public required IReadOnlyList<ReportRate>? Rates { get; init; }

    public required IReadOnlyList<CountedDealView> Items { get; init; }

    /// <summary>How many there are, exactly.</summary>
    public required int Total { get; init; }

    /// <summary>Give it as <c>cursor</c> for the page behind this one; null on the last page.</summary>
    public required string? NextCursor { get; init; }
}
