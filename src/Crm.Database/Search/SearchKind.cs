namespace Crm.Database.Search;

/// <summary>What a search finds.</summary>
public enum SearchKind
{
    Lead,
    Deal,
    Task,
    Activity,
    Customer,
}

/// <summary>Where in a record its words are looked for.</summary>
public enum SearchZone
{
    /// <summary>In what it is called: names, titles, the company, addresses and numbers.</summary>
    Title,

    /// <summary>Anywhere.</summary>
    All,
}

/// <summary>A record that the index knows.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Which; null, and alone, where the database expects more of the kind than were asked for, which may be wrong.</param>
public sealed record FoundRecord(SearchKind Kind, Guid? Id);
