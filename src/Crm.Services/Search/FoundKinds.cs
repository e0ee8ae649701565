using Crm.Database.Records;
using Crm.Database.Search;

namespace Crm.Services.Search;

/// <summary>What the index knows of a pattern, kind by kind.</summary>
internal sealed class FoundKinds
{
    /// <summary>How many records of a kind are few, and named.</summary>
    public const int Few = 1_000;

    private readonly Dictionary<SearchKind, List<Guid>?>? ids;
    private readonly SearchZone zone;

    private FoundKinds(SearchPattern pattern, SearchZone zone, Dictionary<SearchKind, List<Guid>?>? ids) => (Pattern, this.zone, this.ids) = (pattern, zone, ids);

    /// <summary>What was looked up, typing errors forgiven.</summary>
    public SearchPattern Pattern { get; }

    /// <summary>Whether typing errors were forgiven.</summary>
    public bool IsForgiven { get; private init; }

    /// <summary>The kinds of which the index knows records.</summary>
    public IEnumerable<SearchKind> Kinds => ids?.Keys ?? Enumerable.Empty<SearchKind>();

    /// <summary>Where the index can tell nothing.</summary>
    public static FoundKinds Unknown(SearchPattern pattern, SearchZone zone) => new(pattern, zone, null);

    /// <param name="pattern">What was looked up.</param>
    /// <param name="zone">Where in the records.</param>
    /// <param name="found">What the index told.</param>
    /// <param name="isForgiven">Whether errors were forgiven.</param>
    public static FoundKinds Known(SearchPattern pattern, SearchZone zone, IEnumerable<FoundRecord> found, bool isForgiven = false) =>
        new(pattern, zone, found.GroupBy(one => one.Kind, one => one.Id).ToDictionary(kind => kind.Key, kind => Named(kind, Few))) { IsForgiven = isForgiven };

    /// <summary>Whether there may be one of a kind.</summary>
    public bool Has(SearchKind kind) => ids is null || ids.ContainsKey(kind);

    public Matches<T> Of<T>(SearchKind kind) where T : class, ISearchable => new(Pattern, zone, ids is null ? null : ids.GetValueOrDefault(kind, []));

    /// <summary>The records of one kind; null where they are more than some.</summary>
    public static List<Guid>? Named(IEnumerable<Guid?> found, int most)
    {
        var named = found.OfType<Guid>().ToList();
        return named.Count > most || found.Any(id => id is null) ? null : named;
    }
}
