using System.Text.RegularExpressions;
using Crm.Contracts.Failures;
using Crm.Database.Search;
using Crm.Database.Text;

namespace Crm.Services.Search;

/// <summary>
/// Reads what is typed into a search: words, <c>"phrases"</c>, <c>-without</c>, <c>this OR that</c>, addresses and numbers in any writing, and where
/// they are allowed qualifiers such as <c>stage:PROPOSAL</c> or <c>value:>1000</c>.
/// </summary>
internal sealed partial class SearchParser
{
    private static readonly string[] OfAddresses = ["http", "https", "mailto", "tel"];

    private readonly string text;
    private readonly string place;
    private readonly Grammar grammar;
    private readonly List<List<SearchTerm>> groups = [];
    private readonly List<SearchTerm> excluded = [];
    private readonly List<Qualifier> qualifiers = [];
    private int at;

    private SearchParser(string text, string place, Grammar grammar) => (this.text, this.place, this.grammar) = (text, place, grammar);

    /// <param name="text">What is typed.</param>
    /// <param name="place">By which parameter, for what is said of its faults.</param>
    /// <param name="grammar">How it is read.</param>
    /// <exception cref="CrmException">400 for what can't be understood, with its position.</exception>
    public static ParsedSearch Parse(string text, string place, Grammar grammar) => new SearchParser(text, place, grammar).Parse();

    /// <summary>A failure that says where in a search something is wrong.</summary>
    /// <param name="place">The parameter.</param>
    /// <param name="start">Where in it, from 0.</param>
    /// <param name="fault">What is wrong, and what to do.</param>
    public static CrmException Fault(string place, int start, string fault)
    {
        var said = $"at position {start + 1} {fault}";
        return new CrmException(FailureKind.Invalid, FailureCodes.Validation, $"{place} {said}.")
        {
            Errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [place] = [said] },
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal) { ["position"] = start + 1 },
        };
    }

    private ParsedSearch Parse()
    {
        int? or = null;
        var lastIsOpen = false;
        while (SkipSpace())
        {
            var start = at;
            if (grammar != Grammar.Words && Or().IsMatch(text, at))
            {
                if (or is not null || groups.Count == 0) throw Fault(start, "OR has nothing before it; write it between two words, or in lower case to search for it");
                (or, at) = (start, at + 2);
                continue;
            }

            if (grammar != Grammar.Words && ReadQualifier(or)) continue;
            var isExcluded = grammar != Grammar.Words && text[at] == '-' && at + 1 < text.Length && text[at + 1] is not '-' && !char.IsWhiteSpace(text[at + 1]);
            if (isExcluded && or is not null) throw Fault(start, "something to leave out can't stand behind OR; write it before");
            if (isExcluded) at++;
            var (terms, isOpen) = ReadOperand();
            if (terms.Count == 0) continue;
            lastIsOpen = isOpen && !isExcluded;
            if (isExcluded) excluded.AddRange(terms);
            else if (or is null) groups.Add(terms);
            else groups[^1].AddRange(terms);
            (or, opened) = (isExcluded ? or : null, terms.Count);
        }

        if (or is { } open) throw Fault(open, "OR has nothing behind it; write another word");
        if (lastIsOpen && groups.Count > 0) groups[^1] = [.. groups[^1].SkipLast(opened), .. groups[^1].TakeLast(opened).Select(term => term with { IsPrefix = true })];
        return new ParsedSearch(new SearchPattern(groups, excluded), qualifiers);
    }

    /// <summary>How many terms the last operand has.</summary>
    private int opened;

    private bool SkipSpace()
    {
        while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] is ',' or ';' || (grammar == Grammar.Words && text[at] == '"'))) at++;
        return at < text.Length;
    }

    /// <summary>What is typed up to the next space: the ways in which a record can have it, none for signs only; and whether its end may be missing.</summary>
    private (List<SearchTerm> Terms, bool IsOpen) ReadOperand()
    {
        if (text[at] == '"') return (ReadPhrase(), false);
        if (ReadNumber() is { } number) return (number, true);
        var start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not (',' or ';')) at++;
        return (TermsOf(text[start..at]), true);
    }

    private List<SearchTerm> ReadPhrase()
    {
        var end = text.IndexOf('"', at + 1);
        if (end < 0) throw Fault(at, "a quote is opened and not closed; add a \" behind the phrase");
        var words = Folding.Words(SearchText.Readable(text[(at + 1)..end]));
        at = end + 1;
        return words.Count == 0 ? [] : [new SearchTerm(words, IsPhrase: words.Count > 1)];
    }

    /// <summary>A telephone number, by its beginning with or without the country's code, or by its end; or just words that are numbers.</summary>
    private List<SearchTerm>? ReadNumber()
    {
        var match = Number().Match(text, at);
        if (!match.Success) return null;
        var written = match.Value;
        if (PhoneKey.OfSearch(written) is not { } digits) return null;
        at += match.Length;
        var words = Folding.Words(written.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) ? written[4..] : written);
        var terms = new List<SearchTerm> { new([digits], IsPrefix: true), new([SearchText.ReversedDigits + SearchText.Reversed(digits)], IsPrefix: true) };
        if (PhoneKey.National(written) is { } national) terms.Add(new([national], IsPrefix: true));
        if (words.Count > 1 || words[0] != digits) terms.Add(new(words));
        return terms;
    }

    /// <summary>Several words that are written as one, such as an address, stand side by side; of an address of a site only the name of the site counts.</summary>
    private static List<SearchTerm> TermsOf(string written)
    {
        var site = Site().Match(written);
        if (site.Success) written = site.Groups["host"].Value;
        else if (written.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) written = written["mailto:".Length..];
        var words = Folding.Words(SearchText.Readable(written));
        return words.Count == 0 ? [] : [new SearchTerm(words, IsPhrase: words.Count > 1)];
    }

    private bool ReadQualifier(int? or)
    {
        var match = Named().Match(text, at);
        if (!match.Success) return false;
        var name = match.Groups["name"].Value.ToLowerInvariant();
        var known = Qualifier.Names.Contains(name);
        if (OfAddresses.Contains(name) || (!known && (grammar != Grammar.Everything || match.Groups["not"].Success))) return false;
        if (!known) throw Fault(at, $"there is no qualifier {name}:; there are {string.Join(", ", Qualifier.Names.Select(one => $"{one}:"))}. In quotes it is searched for as text");
        if (grammar != Grammar.Everything) throw Fault(at, $"{name}: belongs to /api/search; a list has parameters for it. In quotes it is searched for as text");
        if (or is not null) throw Fault(at, $"{name}: can't stand behind OR, which is for words; {(name is "value" or "created" or "due" ? $"of two values write {name}:FROM..TO" : "name it twice for one or the other")}");
        if (match.Groups["not"].Success) throw Fault(at, $"{name}: can't be left out; ask for the values that you want instead");
        var start = at;
        at += match.Length;
        var value = match.Groups["value"].Value;
        if (match.Groups["open"].Success)
        {
            var end = text.IndexOf('"', at);
            if (end < 0) throw Fault(at - 1, "a quote is opened and not closed; add a \" behind the value");
            (value, at) = (text[at..end], end + 1);
        }

        if (value.Length == 0) throw Fault(start, $"{name}: has no value");
        qualifiers.Add(new Qualifier(name, match.Groups["operator"].Value, value, start));
        return true;
    }

    private CrmException Fault(int start, string fault) => Fault(place, start, fault);

    [GeneratedRegex(@"\GOR(?=\s|$)", RegexOptions.None, 1000)]
    private static partial Regex Or();

    // Digits and what stands between those of a number, ending where a word ends; what is left out isn't a part of it.
    [GeneratedRegex(@"\G(tel:)?[+(]*[0-9]([0-9()./\-\u00A0\u2007-\u2015\u202F\u2212]| (?!-\S))*(?<=[0-9])( ?(x|ext[.]?) ?[0-9]+)?(?![^\s,;])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"^([a-z]+://([^/@]*@)?(www[.])?|www[.])(?<host>[^/?#:]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Site();

    [GeneratedRegex(@"\G(?<not>-)?(?<name>[a-z]+):(?!//)(?=\S)(?<operator>>=|<=|>|<)?((?<open>"")|(?<value>[^\s""]*))", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}

/// <summary>How what is typed is read.</summary>
internal enum Grammar
{
    /// <summary>As words and nothing else, whatever signs are in it: it isn't all there yet.</summary>
    Words,

    /// <summary>With phrases, alternatives and what is left out; for the rest a list has parameters.</summary>
    List,

    /// <summary>With qualifiers, too.</summary>
    Everything,
}
