using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Activities;
using Crm.Database.Conversion;
using Crm.Database.Deals;
using Crm.Database.Leads;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Database.Tasks;
using Crm.Services.Lists;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Search;

/// <summary>
/// Looks up what a search finds. Where the index knows few records of it, these are named, and read behind all walls. Where it knows many and the newest
/// records show that they are met soon, the records themselves are read in the list's order: naming them all would take the longer the more there are.
/// </summary>
public sealed class SearchIndex(CrmDbContext db, Caller caller)
{
    private const int Few = 1_000;

    /// <summary>The most that are named where reading on would meet them late.</summary>
    private const int Most = PageQuery.CountCap;

    /// <summary>How many of the newest records are looked at.</summary>
    private const int Newest = 1_000;

    /// <summary>As many of them that are found tell that a page is full soon.</summary>
    private const int Soon = 10;

    /// <summary>How many words are compared with those that were typed.</summary>
    private const int MostNear = 1_000;

    /// <summary>What a list's search finds; null where nothing is searched for.</summary>
    /// <exception cref="CrmException">400 for a search that can't be understood.</exception>
    internal async Task<Matches<T>?> FindAsync<T>(string? search, SearchKind kind, CancellationToken ct) where T : class, ISearchable
    {
        if (string.IsNullOrWhiteSpace(search)) return null;
        var found = await FindAsync(SearchParser.Parse(search, "search", Grammar.List).Pattern, [kind], SearchZone.All, forgives: false, ct);
        return found.Of<T>(kind);
    }

    /// <summary>What a pattern finds of several kinds. Where the caller sees nothing that has its words, typing errors are forgiven.</summary>
    /// <param name="pattern">What is searched for.</param>
    /// <param name="kinds">Of which kinds.</param>
    /// <param name="zone">Where in the records.</param>
    /// <param name="forgives">Whether errors are forgiven whatever is found: where a page before forgave them.</param>
    /// <param name="ct">Stops it.</param>
    internal async Task<FoundKinds> FindAsync(SearchPattern pattern, IReadOnlyList<SearchKind> kinds, SearchZone zone, bool forgives, CancellationToken ct)
    {
        if (kinds.Count == 0) return new FoundKinds(pattern, zone, new Dictionary<SearchKind, List<Guid>?>());
        if (pattern.Groups.Count == 0) return new FoundKinds(pattern, zone, null); // what is left out tells nothing to look up
        pattern = await InflectAsync(pattern, ct);
        var found = new FoundKinds(pattern, zone, await LookUpAsync(pattern, kinds, zone, ct));
        if (!forgives && await IsAnySeenAsync(found, ct)) return found;
        return await ForgiveAsync(pattern, ct) is { } forgiven ? new FoundKinds(forgiven, zone, await LookUpAsync(forgiven, kinds, zone, ct)) { IsForgiven = true } : found;
    }

    /// <summary>Whether the caller sees one of them. Of what is out of sight nobody is told, not even that it has a word.</summary>
    private async Task<bool> IsAnySeenAsync(FoundKinds found, CancellationToken ct)
    {
        if (caller.Sight is null) return found.Kinds.Any();
        foreach (var kind in found.Kinds)
        {
            var isSeen = kind switch
            {
                SearchKind.Lead when found.Of<Lead>(kind) is var leads => await (leads.AreFew ? db.Leads : await db.Leads.SeenAsync(db, caller.Sight, ct)).AnyAsync(leads.Known, ct),
                SearchKind.Deal when found.Of<Deal>(kind) is var deals => await (deals.AreFew ? db.Deals : await db.Deals.SeenAsync(db, caller.Sight, ct)).AnyAsync(deals.Known, ct),
                SearchKind.Task => await db.Tasks.AnyAsync(found.Of<CrmTask>(kind).Known, ct),
                SearchKind.Activity => await db.Activities.AnyAsync(found.Of<Activity>(kind).Known, ct),
                _ => await db.Customers.Where(found.Of<Customer>(kind).Known).AnyAsync(c => db.Leads.Any(l => l.Id == c.LeadId), ct),
            };
            if (isSeen) return true;
        }

        return false;
    }

    /// <summary>Whether what the index knows of a pattern is what is found and seen: it knows neither who sees it nor what stands side by side, and isn't asked for what is left out.</summary>
    internal bool KnowsAllOf(SearchPattern pattern) => caller.Sight is null && pattern.Excluded.Count == 0 && !pattern.Groups.Any(group => group.Any(term => term.IsPhrase));

    /// <summary>As many of what a pattern finds of one kind as a list counts, and one more where there are more; null where the database expects so many that reading on counts them sooner.</summary>
    internal async Task<List<Guid>?> CountableAsync(SearchPattern pattern, SearchKind kind, CancellationToken ct)
    {
        var found = await db.FoundAsync([kind], pattern, SearchZone.All, PageQuery.CountCap + 1, isSure: false, ct);
        return found is [{ Id: null }] ? null : Ids(found);
    }

    /// <summary>Counts by reading on what is met soon.</summary>
    internal Task<T> ReadOnAsync<T>(Func<Task<T>> count, CancellationToken ct) => db.ReadAsync(ReadPurpose.Some, count, ct);

    /// <summary>Those of one kind that are called by the words of a pattern; null where reading on meets them soon, or they are too many.</summary>
    internal async Task<List<Guid>?> TitledAsync(SearchPattern pattern, SearchKind kind, CancellationToken ct) =>
        (await LookUpAsync(pattern, [kind], SearchZone.Title, ct)).GetValueOrDefault(kind, []);

    private async Task<Dictionary<SearchKind, List<Guid>?>> LookUpAsync(SearchPattern pattern, IReadOnlyList<SearchKind> kinds, SearchZone zone, CancellationToken ct)
    {
        var known = new Dictionary<SearchKind, List<Guid>?>();
        foreach (var found in (await db.FoundAsync(kinds, pattern, zone, Few + 1, isSure: false, ct)).GroupBy(one => one.Kind))
        {
            var ids = found.Count() <= Few && found.All(one => one.Id is not null) ? Ids(found) : found.Key switch
            {
                SearchKind.Lead => await LateAsync(db.Leads.WithUnseen(), pattern, found.Key, zone, ct),
                SearchKind.Deal => await LateAsync(db.Deals.WithUnseen(), pattern, found.Key, zone, ct),
                SearchKind.Task => await LateAsync(db.Tasks.WithUnseen(), pattern, found.Key, zone, ct),
                SearchKind.Activity => await LateAsync(db.Activities.WithUnseen(), pattern, found.Key, zone, ct),
                _ => await LateAsync(db.Customers, pattern, found.Key, zone, ct),
            };
            if (ids is not []) known.Add(found.Key, ids);
        }

        return known;
    }

    /// <summary>The records that are found where the newest hold few of them, whatever the database expects; null where reading on meets them soon, or they are too many. Whoever looks: this is of the way, not of what is told.</summary>
    private async Task<List<Guid>?> LateAsync<T>(IQueryable<T> records, SearchPattern pattern, SearchKind kind, SearchZone zone, CancellationToken ct) where T : class, ISearchable
    {
        var newest = records.OrderByDescending(row => row.Id).Take(Newest);
        if (await newest.Where(new Matches<T>(pattern, zone, null).Filter).Take(Soon).CountAsync(ct) == Soon) return null;
        var found = await db.FoundAsync([kind], pattern, zone, Most + 1, isSure: true, ct);
        return found.Count > Most ? null : Ids(found);
    }

    private static List<Guid> Ids(IEnumerable<FoundRecord> found) => [.. found.Select(one => one.Id).OfType<Guid>()];

    /// <summary>The pattern with the other forms of its words, where the tenant's texts are in a language.</summary>
    private async Task<SearchPattern> InflectAsync(SearchPattern pattern, CancellationToken ct)
    {
        var words = pattern.Groups.SelectMany(group => group).Where(IsWord).Select(term => term.Words[0]).Distinct(StringComparer.Ordinal).ToArray();
        if (words.Length == 0 || await db.KindredAsync(words, ct) is not { Count: > 0 } kindred) return pattern;
        var forms = kindred.Where(one => one.Word != one.Typed).ToLookup(one => one.Typed, one => one.Word, StringComparer.Ordinal);
        return pattern with
        {
            Groups = [.. pattern.Groups.Select(group => group.Concat(group.Where(IsWord).SelectMany(term => forms[term.Words[0]]).Select(form => new SearchTerm([form], IsDerived: true))).ToList())],
        };
    }

    private static bool IsWord(SearchTerm term) => !term.IsPhrase && term.Words.Count == 1 && Typing.IsForgiven(term.Words[0]);

    /// <summary>The pattern with words of the tenant beside those that one typing error makes of them; null where there are none.</summary>
    private async Task<SearchPattern?> ForgiveAsync(SearchPattern pattern, CancellationToken ct)
    {
        var typed = pattern.Groups.SelectMany(group => group).Where(term => IsWord(term) && !term.IsDerived).Select(term => term.Words[0]).Distinct(StringComparer.Ordinal).ToList();
        var variants = typed.SelectMany(Typing.Variants).Distinct(StringComparer.Ordinal).ToList();
        if (variants.Count == 0) return null;
        var near = await db.SearchWords.AsNoTracking().Where(w => variants.Contains(w.VariantKey)).Select(w => w.WordKey).Distinct().OrderBy(word => word).Take(MostNear).ToListAsync(ct);
        var meant = typed.ToDictionary(word => word, word => near.Where(other => other != word && Typing.IsOneErrorApart(word, other)).ToList(), StringComparer.Ordinal);
        if (meant.Values.All(words => words.Count == 0)) return null;
        return pattern with
        {
            Groups = [.. pattern.Groups.Select(group => group.Concat(group.Where(term => IsWord(term) && !term.IsDerived)
                .SelectMany(term => meant[term.Words[0]].Select(word => term with { Words = [word], IsDerived = true }))).ToList())],
        };
    }
}
