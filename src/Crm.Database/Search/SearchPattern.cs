namespace Crm.Database.Search;

/// <summary>One way in which a record can have what is searched for.</summary>
/// <param name="Words">Folded words, all of which it must have.</param>
/// <param name="IsPrefix">Whether the last of them may be the beginning of a longer one.</param>
/// <param name="IsPhrase">Whether they stand side by side.</param>
/// <param name="IsDerived">Whether it was thought of for what was typed: another form of the word, or what was meant by it.</param>
public sealed record SearchTerm(IReadOnlyList<string> Words, bool IsPrefix = false, bool IsPhrase = false, bool IsDerived = false);

/// <summary>What is searched for: of each group a record has one of the terms, and of those left out none.</summary>
public sealed record SearchPattern(IReadOnlyList<IReadOnlyList<SearchTerm>> Groups, IReadOnlyList<SearchTerm> Excluded)
{
    /// <summary>The same with the words that were typed only, and whole.</summary>
    public SearchPattern Exact() => this with { Groups = [.. Groups.Select(group => group.Where(term => !term.IsDerived).Select(term => term with { IsPrefix = false }).ToList())] };

    /// <summary>Whether nothing is searched for, so that all is found; a search of signs only finds nothing.</summary>
    public bool FindsAll { get; init; }

    /// <summary>The pattern without its last word, and that word, where it may be the beginning of many and stands beside others; null for another pattern.</summary>
    internal (SearchPattern Others, SearchPattern Last, string Word)? Ending() => Groups is [_, .., [{ IsPrefix: true, IsPhrase: false, Words: [var word] }]] && !Lexemes.IsShort(word)
        ? (this with { Groups = [.. Groups.SkipLast(1)] }, this with { Groups = [Groups[^1]] }, word)
        : null;

    /// <summary>Whether it finds more than the words that were typed.</summary>
    public bool IsWide => Groups.Any(group => group.Any(term => term.IsPrefix || term.IsDerived));
}

/// <summary>How the words of a record stand in an index: with a beginning of their own for each tenant, kind and zone, so that no two of these share an entry.</summary>
internal static class Lexemes
{
    /// <summary>The pattern in the language of an index.</summary>
    /// <param name="pattern">It.</param>
    /// <param name="word">How a word is written that is the beginning of others, or isn't.</param>
    /// <param name="and">Between what must all be there.</param>
    /// <param name="or">Between what needn't.</param>
    public static string Write(SearchPattern pattern, Func<string, bool, string> word, string and, string or) =>
        string.Join(and, pattern.Groups.Select(group => $"({string.Join(or, group.Select(term => $"({string.Join(and, term.Words.Select((text, i) => word(text, term.IsPrefix && i == term.Words.Count - 1)))})"))})"));

    /// <summary>The last eight digits of the tenant's id, a letter of the kind and one of the zone; the triggers write the same. Two tenants that share them share no records: the tenant is compared, too.</summary>
    public static string Beginning(Guid tenantId, SearchKind kind, SearchZone zone) => $"{tenantId.ToString("N")[^8..]}{Letter(kind)}{(zone == SearchZone.Title ? 't' : 'x')}";

    /// <summary>What stands before the first letter of a word, and before its first two, where these are lexemes of their own.</summary>
    public static string BeginningOfLetters(string beginning) => $"{beginning[..^1]}{(beginning[^1] == 't' ? 'u' : 'y')}";

    /// <summary>Whether a word is so short that as the beginning of others it is a lexeme of its own.</summary>
    public static bool IsShort(string word) => word.EnumerateRunes().Count() <= 2;

    /// <summary>By which letter the index knows a kind.</summary>
    public static char Letter(SearchKind kind) => kind switch
    {
        SearchKind.Lead => 'l',
        SearchKind.Deal => 'd',
        SearchKind.Task => 't',
        SearchKind.Activity => 'a',
        _ => 'c',
    };
}
