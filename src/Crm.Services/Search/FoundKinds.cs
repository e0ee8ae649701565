using Crm.Database.Records;
using Crm.Database.Search;

namespace Crm.Services.Search;

/// <summary>What the index knows of a pattern, kind by kind.</summary>
internal sealed class FoundKinds
{
    private readonly Dictionary<SearchKind, List<Guid>>? ids;
    private readonly SearchZone zone;
    private readonly int few;

    private FoundKinds(SearchPattern pattern, SearchZone zone, Dictionary<SearchKind, List<Guid>>? ids, int few) => (Pattern, this.zone, this.ids, this.few) = (pattern, zone, ids, few);

    /// <summary>What was looked up, typing errors forgiven.</summary>
    public SearchPattern Pattern { get; }

    /// <summary>Whether typing errors were forgiven.</summary>
    public bool IsForgiven { get; private init; }

    /// <summary>Where the index can tell nothing.</summary>
    public static FoundKinds Unknown(SearchPattern pattern, SearchZone zone) => new(pattern, zone, null, 0);

    /// <param name="pattern">What was looked up.</param>
    /// <param name="zone">Where in the records.</param>
    /// <param name="found">What the index told.</param>
    /// <param name="few">How many of a kind are few.</param>
    /// <param name="isForgiven">Whether errors were forgiven.</param>
    public static FoundKinds Known(SearchPattern pattern, SearchZone zone, IEnumerable<FoundRecord> found, int few, bool isForgiven = false) =>
        new(pattern, zone, found.GroupBy(one => one.Kind, one => one.Id).ToDictionary(kind => kind.Key, kind => kind.ToList()), few) { IsForgiven = isForgiven };

    /// <summary>Whether there may be one of a kind.</summary>
    public bool Has(SearchKind kind) => ids is null || ids.ContainsKey(kind);

    public Matches<T> Of<T>(SearchKind kind) where T : class, ISearchable =>
        new(Pattern, zone, ids is null ? null : !ids.TryGetValue(kind, out var known) ? [] : known.Count > few ? null : known);
}
