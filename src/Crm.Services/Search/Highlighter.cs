using Crm.Contracts.Search;
using Crm.Database.Search;
using Crm.Database.Text;

namespace Crm.Services.Search;

/// <summary>Tells where the words of a search stand in a record's own texts.</summary>
internal sealed class Highlighter
{
    private const int MostHighlights = 5;
    private const int LongestText = 160;
    private const int Before = 60;

    private readonly List<SearchTerm> terms;

    public Highlighter(SearchPattern pattern) => terms = [.. pattern.Groups.SelectMany(group => group)];

    /// <param name="fields">The members of a record and their texts, the most telling first.</param>
    public IReadOnlyList<SearchHighlight> In(params ReadOnlySpan<(string Field, string? Text)> fields)
    {
        var highlights = new List<SearchHighlight>();
        foreach (var (field, text) in fields)
        {
            if (text is null || highlights.Count == MostHighlights) continue;
            var ranges = field == "phone" ? OfPhone(text) : RangesIn(text);
            if (ranges.Count > 0) highlights.Add(Piece(field, text, ranges));
        }

        return highlights;
    }

    /// <summary>Where the words stand in a text.</summary>
    public List<SearchRange> RangesIn(string text)
    {
        var words = Folding.Read(text).ToList();
        var found = new List<(int Start, int End)>();
        foreach (var term in terms)
        {
            if (term.IsPhrase)
            {
                for (var i = 0; i + term.Words.Count <= words.Count; i++)
                {
                    if (term.Words.Index().All(word => Is(words[i + word.Index], word.Item, term.IsPrefix && word.Index == term.Words.Count - 1))) found.Add((words[i].Start, words[i + term.Words.Count - 1].End));
                }
            }
            else
            {
                found.AddRange(words.Where(word => term.Words.Index().Any(one => Is(word, one.Item, term.IsPrefix && one.Index == term.Words.Count - 1))).Select(word => (word.Start, word.End)));
            }
        }

        return Apart(found);
    }

    private static bool Is(FoldedWord word, string sought, bool isPrefix) => isPrefix ? word.Text.StartsWith(sought, StringComparison.Ordinal) : word.Text == sought;

    /// <summary>A number is found as a whole: its digits aren't where they were typed.</summary>
    private List<SearchRange> OfPhone(string phone)
    {
        var document = SearchText.Of([], [], phone);
        return terms.Exists(term => term.Words.Count == 1 && document.Contains($" {term.Words[0]}{(term.IsPrefix ? "" : " ")}", StringComparison.Ordinal)) ? [new SearchRange { Start = 0, Length = phone.Length }] : RangesIn(phone);
    }

    private static List<SearchRange> Apart(List<(int Start, int End)> found)
    {
        var ranges = new List<SearchRange>();
        foreach (var (start, end) in found.Order())
        {
            if (ranges.Count > 0 && ranges[^1] is var last && start < last.Start + last.Length) ranges[^1] = last with { Length = Math.Max(last.Length, end - last.Start) };
            else ranges.Add(new SearchRange { Start = start, Length = end - start });
        }

        return ranges;
    }

    /// <summary>Of a long text the piece around the first word, cut between words.</summary>
    private static SearchHighlight Piece(string field, string text, List<SearchRange> ranges)
    {
        if (text.Length <= LongestText) return new SearchHighlight { Field = field, Text = text, Start = 0, Ranges = ranges };
        var start = Math.Max(0, ranges[0].Start - Before);
        if (start > 0 && text.IndexOf(' ', start, ranges[0].Start - start) is >= 0 and var space) start = space + 1;
        else if (start > 0 && char.IsLowSurrogate(text[start])) start++;
        var end = Math.Max(Math.Min(text.Length, start + LongestText), ranges[0].Start + ranges[0].Length);
        if (end < text.Length && text.LastIndexOf(' ', end) is var gap && gap >= ranges[0].Start + ranges[0].Length) end = gap;
        else if (end < text.Length && char.IsLowSurrogate(text[end])) end++;
        return new SearchHighlight
        {
            Field = field,
            Text = text[start..end],
            Start = start,
            Ranges = [.. ranges.Where(range => range.Start + range.Length <= end).Select(range => range with { Start = range.Start - start })],
        };
    }
}
