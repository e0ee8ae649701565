using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Analytics;

/// <summary>How many there are, and where.</summary>
public sealed record CountedFigure
{
    public required int Count { get; init; }

    /// <summary>The list of exactly those that are counted.</summary>
    public required string DrillDown { get; init; }
}

/// <summary>Which page of what a figure counts.</summary>
public abstract record CountedQuery : PeriodQuery
{
    /// <summary>Not to be asked for: there are no amounts.</summary>
    public new string? Currency => base.Currency;

    /// <summary>How many a page holds.</summary>
    [Range(1, PageQuery.MaxTake)] public int Take { get; init; } = 20;

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    [StringLength(2000)] public string? Cursor { get; init; }
}

/// <summary>What a figure counts, in the order of the ids.</summary>
public sealed record CountedPage<T>
{
    /// <summary>The instant that the figure is of.</summary>
    public required DateTimeOffset AsOf { get; init; }

    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>How many there are, exactly.</summary>
    public required int Total { get; init; }

    /// <summary>Give it as <c>cursor</c> for the page behind this one; null on the last page.</summary>
    public required string? NextCursor { get; init; }
}
