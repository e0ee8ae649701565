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
/// Looks up what a search finds. Where the index knows few records of it, these are named, and read behind all walls. Where it knows many, the records
/// themselves are read in the list's order: they are met soon, and naming them all would take the longer the more there are.
/// </summary>
public sealed class SearchIndex(CrmDbContext db, Caller caller)
{
    /// <summary>How many words a mistyped one may stand for.</summary>
    private const int MostCorrections = 8;

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
        if (kinds.Count == 0) return FoundKinds.Known(pattern, zone, []);
        if (pattern.Groups.Count == 0) return FoundKinds.Unknown(pattern, zone); // what is left out tells nothing to look up
        pattern = await InflectAsync(pattern, ct);
        var found = FoundKinds.Known(pattern, zone, await LookUpAsync(pattern, kinds, zone, ct));
        if (!forgives && await IsAnySeenAsync(found, ct)) return found;
        return await ForgiveAsync(pattern, ct) is { } forgiven ? FoundKinds.Known(forgiven, zone, await LookUpAsync(forgiven, kinds, zone, ct), isForgiven: true) : found;
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

    /// <summary>As many of what a pattern finds of one kind as a list counts; null where there are more.</summary>
    internal Task<List<Guid>?> CountableAsync(SearchPattern pattern, SearchKind kind, CancellationToken ct) => NamedAsync(pattern, kind, SearchZone.All, PageQuery.CountCap, ct);

    /// <summary>Those of one kind that are called by the words of a pattern; null where they are many.</summary>
    internal Task<List<Guid>?> TitledAsync(SearchPattern pattern, SearchKind kind, CancellationToken ct) => NamedAsync(pattern, kind, SearchZone.Title, FoundKinds.Few, ct);

    private async Task<List<Guid>?> NamedAsync(SearchPattern pattern, SearchKind kind, SearchZone zone, int most, CancellationToken ct) =>
        FoundKinds.Named((await db.FoundAsync([kind], pattern, zone, most + 1, ct)).Select(one => one.Id).ToList(), most);

    private Task<List<FoundRecord>> LookUpAsync(SearchPattern pattern, IReadOnlyList<SearchKind> kinds, SearchZone zone, CancellationToken ct) => db.FoundAsync(kinds, pattern, zone, FoundKinds.Few + 1, ct);

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
        var meant = typed.ToDictionary(word => word, word => near.Where(other => other != word && Typing.IsOneErrorApart(word, other)).Take(MostCorrections).ToList(), StringComparer.Ordinal);
        if (meant.Values.All(words => words.Count == 0)) return null;
        return pattern with
        {
            Groups = [.. pattern.Groups.Select(group => group.Concat(group.Where(term => IsWord(term) && !term.IsDerived)
                .SelectMany(term => meant[term.Words[0]].Select(word => term with { Words = [word], IsDerived = true }))).ToList())],
        };
    }
}
