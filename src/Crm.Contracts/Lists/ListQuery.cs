using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Lists;

/// <summary>How far the matching records are counted.</summary>
public enum TotalMode
{
    /// <summary>Exact up to 10 000.</summary>
    Capped,

    /// <summary>All of them, at a cost that grows with their number.</summary>
    Exact,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>In which form a list is given.</summary>
public enum ListFormat
{
    /// <summary>A page.</summary>
    Json,

    /// <summary>Everything that matches, a line each.</summary>
    Csv,
}

/// <summary>What every list takes that comes page by page.</summary>
public abstract record PageQuery
{
    public const int MaxTake = 200;
    public const int MaxSkip = 10_000;
    public const int CountCap = 10_000;

    /// <summary>How many records to leave out first. Deeper than 10 000 goes by cursor.</summary>
    [Range(0, MaxSkip)] public int Skip { get; init; }

    /// <summary>How many records a page holds.</summary>
    [Range(1, MaxTake)] public int Take { get; init; } = 20;

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    [StringLength(2000)] public string? Cursor { get; init; }

    /// <summary>The keys to order by, several with commas, <c>-</c> before a key for descending.</summary>
    [StringLength(200)] public string? Sort { get; init; }

    /// <summary>Whether matching records are counted up to 10 000 (the default), all (<c>exact</c>) or not (<c>none</c>).</summary>
    public TotalMode Total { get; init; }
}

/// <summary>What every list of records takes.</summary>
public abstract record ListQuery : PageQuery
{
    /// <summary>Words that all must be found in the record's texts, the last as a prefix; case and accents are ignored. Of leads, deals, tasks and activities also <c>"a phrase"</c>, <c>-without</c> and <c>this OR that</c>, as of <c>/api/search</c>, and typing errors are forgiven where nothing has the words.</summary>
    [StringLength(200)] public string? Search { get; init; }
}

/// <summary>The keys that a list may be ordered by; the first is the default, a <c>-</c> before it makes the default descending.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SortableAttribute(string byDefault, params string[] keys) : Attribute
{
    public string Default { get; } = byDefault;

    public IReadOnlyList<string> Keys { get; } = keys;
}
