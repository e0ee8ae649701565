using System.Text.Json.Serialization;

namespace Crm.Contracts.Lists;

/// <summary>One page of a list.</summary>
public sealed record Page<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>How many records match: exact up to 10 000, or however many with <c>total=exact</c>; absent with <c>total=none</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int? Total { get; init; }

    /// <summary>False where more match than were counted; absent with <c>total=none</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public bool? TotalIsExact { get; init; }

    public required int Skip { get; init; }

    public required int Take { get; init; }

    /// <summary>Give it as <c>cursor</c> for the page behind this one; null on the last page.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>The stays of a record, the first first.</summary>
public sealed record StayList<T>
{
    public required IReadOnlyList<T> Items { get; init; }
}
