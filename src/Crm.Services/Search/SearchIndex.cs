using Crm.Contracts.Failures;
using Crm.Database;
using Crm.Database.Records;
using Crm.Database.Search;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Search;

/// <summary>
/// Looks up what a search finds. Where the index knows few records of it, these are named, and read behind all walls. Where it knows many, the records
/// themselves are read in the list's order: they are met soon, and naming them all would take the longer the more there are.
/// </summary>
public sealed class SearchIndex(CrmDbContext db)
{
    private const int Few = 1_000;

    /// <summary>How many words a mistyped one may stand for.</summary>
    private const int MostCorrections = 8;

    /// <summary>What a list's search finds; null where nothing is searched for.</summary>
    /// <exception cref="CrmException">400 for a search that can't be understood.</exception>
    internal async Task<Matches<T>?> FindAsync<T>(string? search, SearchKind kind, CancellationToken ct) where T : class, ISearchable
    {
        if (string.IsNullOrWhiteSpace(search)) return null;
        var found = await FindAsync(SearchParser.Parse(search, "search", Grammar.List).Pattern, [kind], SearchZone.All, ct);
        return found.Of<T>(kind);
    }

    /// <summary>What a pattern finds of several kinds. Where nothing has its words, typing errors are forgiven.</summary>
    internal async Task<FoundKinds> FindAsync(SearchPattern pattern, IReadOnlyList<SearchKind> kinds, SearchZone zone, CancellationToken ct)
    {
        if (pattern.Groups.Count == 0) return FoundKinds.Unknown(pattern, zone); // what is left out tells nothing to look up
        pattern = await InflectAsync(pattern, ct);
        var found = await LookUpAsync(pattern, kinds, zone, ct);
        if (found.Count == 0 && await ForgiveAsync(pattern, ct) is { } forgiven) (pattern, found) = (forgiven, await LookUpAsync(forgiven, kinds, zone, ct));
        return FoundKinds.Known(pattern, zone, found, Few);
    }

    /// <summary>Those of one kind that are called by the words of a pattern; null where they are many.</summary>
    internal async Task<IReadOnlyList<Guid>?> TitledAsync(SearchPattern pattern, SearchKind kind, CancellationToken ct)
    {
        var found = await LookUpAsync(pattern, [kind], SearchZone.Title, ct);
        return found.Count > Few ? null : found.ConvertAll(one => one.Id);
    }

    private Task<List<FoundRecord>> LookUpAsync(SearchPattern pattern, IReadOnlyList<SearchKind> kinds, SearchZone zone, CancellationToken ct) => db.FoundAsync(kinds, pattern, zone, Few + 1, ct);

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

    /// <summary>The pattern with words that there are in the place of those that there aren't; null where that is no other pattern.</summary>
    private async Task<SearchPattern?> ForgiveAsync(SearchPattern pattern, CancellationToken ct)
    {
        var groups = new List<IReadOnlyList<SearchTerm>>();
        var forgave = false;
        foreach (var group in pattern.Groups)
        {
            var terms = new List<SearchTerm>(group);
            foreach (var term in group.Where(term => IsWord(term) && !term.IsDerived))
            {
                var meant = await MeantByAsync(term, ct);
                terms.AddRange(meant.Select(word => term with { Words = [word], IsDerived = true }));
                forgave |= meant.Count > 0;
            }

            groups.Add(terms);
        }

        return forgave ? pattern with { Groups = groups } : null;
    }

    /// <summary>The words of the tenant that one typing error makes of a word; none where the word is there itself.</summary>
    private async Task<List<string>> MeantByAsync(SearchTerm term, CancellationToken ct)
    {
        var typed = term.Words[0];
        var words = db.SearchWords.AsNoTracking();
        if (await words.AnyAsync(w => w.VariantKey == typed && w.WordKey == typed, ct)) return [];
        var variants = Typing.Variants(typed);
        var near = await words.Where(w => variants.Contains(w.VariantKey)).Select(w => w.WordKey).Distinct().OrderBy(word => word).Take(50).ToListAsync(ct);
        return [.. near.Where(word => Typing.IsOneErrorApart(typed, word)).Take(MostCorrections)];
    }
}
