using Crm.Database.Text;

namespace Crm.Tests.Lists;

/// <summary>What a search of words means, told without an index: each is in the text, what is written as one side by side, the last by its beginning.</summary>
internal sealed class MeantSearch
{
    /// <summary>The ways in which each part can be in a text.</summary>
    private readonly List<List<string>> parts = [];

    public MeantSearch(string search, string collection)
    {
        if (collection != "members" && PhoneKey.OfSearch(search) is { } digits)
        {
            string[] numbers = [digits, PhoneKey.National(search) ?? digits, $"end{string.Concat(digits.Reverse())}"];
            parts.Add([.. numbers.Select(number => $" {number}")]);
            words = [.. Folding.Words(search)];
            return;
        }

        // A member is found by its words wherever they stand.
        var tokens = collection == "members" ? Folding.Words(search) : [.. search.Split(' ').Where(token => Folding.Words(token).Count > 0)];
        foreach (var (i, token) in tokens.Index())
        {
            var isOpen = i == tokens.Count - 1 && !token.EndsWith('"');
            if (collection == "members") isOpen = i == tokens.Count - 1;
            parts.Add([$" {string.Join(' ', Folding.Words(token))}{(isOpen ? "" : " ")}"]);
        }
    }

    /// <summary>Of a number also its parts as words.</summary>
    private readonly List<string>? words;

    public bool Finds((string Title, string All) document) => Has(document.All, isExact: false);

    /// <summary>1 for a title with the whole words, 2 for one with a longer last word, 3 for none.</summary>
    public int RankOf(string title) => Has(title, isExact: true) ? 1 : Has(title, isExact: false) ? 2 : 3;

    private bool Has(string text, bool isExact)
    {
        if (parts.Count == 0) return false;
        if (parts.TrueForAll(part => part.Exists(way => text.Contains(isExact ? $"{way.TrimEnd()} " : way, StringComparison.Ordinal)))) return true;
        return words is not null && words.SkipLast(1).All(word => text.Contains($" {word} ", StringComparison.Ordinal)) && text.Contains(isExact ? $" {words[^1]} " : $" {words[^1]}", StringComparison.Ordinal);
    }
}
