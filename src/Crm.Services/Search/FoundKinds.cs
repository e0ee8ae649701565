using Crm.Database.Records;
using Crm.Database.Search;

namespace Crm.Services.Search;

/// <summary>What the index knows of a pattern, kind by kind.</summary>
/// <param name="pattern">What was looked up, typing errors forgiven.</param>
/// <param name="zone">Where in the records.</param>
/// <param name="ids">The records of each kind that has any, null for as many as reading on meets soon; null where the index can tell nothing.</param>
internal sealed class FoundKinds(SearchPattern pattern, SearchZone zone, IReadOnlyDictionary<SearchKind, List<Guid>?>? ids)
{
    public SearchPattern Pattern => pattern;

    /// <summary>Whether typing errors were forgiven.</summary>
    public bool IsForgiven { get; init; }

    /// <summary>The kinds of which the index knows records.</summary>
    public IEnumerable<SearchKind> Kinds => ids?.Keys ?? [];

    /// <summary>Whether there may be one of a kind.</summary>
    public bool Has(SearchKind kind) => ids is null || ids.ContainsKey(kind);

    public Matches<T> Of<T>(SearchKind kind) where T : class, ISearchable => new(pattern, zone, ids is null ? null : ids.GetValueOrDefault(kind, []));
}
