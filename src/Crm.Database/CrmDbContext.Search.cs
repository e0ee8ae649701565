using Crm.Database.Search;
using Microsoft.EntityFrameworkCore;

namespace Crm.Database;

public abstract partial class CrmDbContext
{
    public DbSet<SearchWord> SearchWords => Set<SearchWord>();

    /// <summary>The records of the tenant in which the index knows the words of a pattern, whoever looks: what the index doesn't tell, who sees them and what stands side by side, is for the reader to ask of the records.</summary>
    /// <param name="kinds">Of which kinds, in one question.</param>
    /// <param name="pattern">Which words; those left out aren't looked up.</param>
    /// <param name="zone">Where in the records.</param>
    /// <param name="most">The most of each kind; where there are more, any of them.</param>
    /// <param name="isSure">Whether they are named also where the database expects many; else it may say so by one without an id.</param>
    /// <param name="ct">Stops it.</param>
    public Task<List<FoundRecord>> FoundAsync(IReadOnlyList<SearchKind> kinds, SearchPattern pattern, SearchZone zone, int most, bool isSure, CancellationToken ct)
    {
        var arguments = new List<object> { FilterTenantId, most };
        var parts = kinds.Select(kind =>
        {
            var asked = Asked(pattern, kind, zone, isSure);
            var places = asked.Select((_, i) => $"{{{arguments.Count + i}}}").ToList();
            arguments.AddRange(asked);
            return FoundSql(kind, places);
        });
        return Database.SqlQueryRaw<FoundRecord>(string.Join("\nUNION ALL\n", parts), [.. arguments]).ToListAsync(ct);
    }

    /// <summary>The words of the tenant's records that are forms of some words, by the language that the tenant has set; none where the database knows no languages.</summary>
    public virtual Task<List<KindredWord>> KindredAsync(string[] words, CancellationToken ct) => Task.FromResult(new List<KindredWord>());

    /// <summary>What the index has of some records of a kind.</summary>
    public abstract Task<List<SearchEntry>> SearchEntriesAsync(SearchKind kind, IReadOnlyList<Guid> ids, CancellationToken ct);

    /// <summary>Records of a kind that the index has and the tenant hasn't, or has deleted.</summary>
    public abstract Task<List<Guid>> StraySearchEntriesAsync(SearchKind kind, int most, CancellationToken ct);

    /// <summary>Takes records out of the index.</summary>
    public abstract Task RemoveSearchEntriesAsync(SearchKind kind, IReadOnlyList<Guid> ids, CancellationToken ct);

    /// <summary>Whether a row <c>r</c> is what a kind's entry <c>e</c> is of.</summary>
    protected static string IsOfEntry(SearchKind kind) =>
        $"SELECT 1 FROM {(kind == SearchKind.Activity ? "activities" : $"{kind}s".ToLowerInvariant())} r WHERE r.tenant_id = e.tenant_id AND r.id = e.record_id{(kind == SearchKind.Customer ? "" : " AND r.deleted_at IS NULL")}";

    /// <summary>What a pattern is as arguments of what asks the index.</summary>
    protected abstract IReadOnlyList<object> Asked(SearchPattern pattern, SearchKind kind, SearchZone zone, bool isSure);

    /// <summary>What asks the index for one kind, given the places of its arguments; {0} is the tenant, {1} the most of them.</summary>
    protected abstract string FoundSql(SearchKind kind, IReadOnlyList<string> places);
}

/// <summary>What the index has of a record.</summary>
public sealed record SearchEntry(Guid Id, string Title, string Text);

/// <summary>A word and another form of it.</summary>
public sealed record KindredWord(string Typed, string Word);
