using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Database.Text;

namespace Crm.Database.Search;

/// <summary>
/// The text that a record is searched by: its folded words with a space around each, a bar behind each field, so that no phrase reaches from one
/// into the next, and behind an at sign what isn't of a language, e-mail addresses, sites and telephone numbers.
/// </summary>
public static partial class SearchText
{
    /// <summary>What stands before the digits of a telephone number that are written from the last to the first, so that an index finds it by its end; a sign that no word has.</summary>
    public const string ReversedDigits = "§";

    /// <summary>Fewer digits than these tell no number.</summary>
    private const int FewestDigits = 4;

    /// <param name="fields">Texts.</param>
    /// <param name="addresses">E-mail addresses and sites.</param>
    /// <param name="phone">A telephone number, in any writing.</param>
    public static string Of(ReadOnlySpan<string?> fields, ReadOnlySpan<string?> addresses = default, string? phone = null)
    {
        var parts = new List<string>();
        Add(parts, fields);
        parts.Add("@");
        Add(parts, addresses);
        parts.AddRange(PhoneWords(phone));
        return $" {string.Join(' ', parts)} ";
    }

    /// <summary>An address as people read it: parts of a domain that are written for machines, as <c>xn--mller-kva.example</c>, in letters.</summary>
    public static string Readable(string address) => Encoded().Replace(address, part =>
    {
        try
        {
            return new IdnMapping().GetUnicode(part.Value);
        }
        catch (ArgumentException)
        {
            return part.Value; // it only looks like one
        }
    });

    private static void Add(List<string> parts, ReadOnlySpan<string?> fields)
    {
        foreach (var field in fields)
        {
            if (field is null || Folding.Words(Readable(field)) is not { Count: > 0 } words) continue;
            parts.AddRange(words);
            parts.Add("|");
        }
    }

    /// <summary>The digits of a number, those without the country's code, from behind, and as they are written.</summary>
    private static IEnumerable<string> PhoneWords(string? phone)
    {
        if (PhoneKey.Of(phone) is not { Length: >= FewestDigits } digits) yield break;
        yield return digits;
        if (PhoneKey.National(phone!) is { } national) yield return national;
        yield return ReversedDigits + Reversed(digits);
        foreach (var part in Folding.Words(phone)) yield return part;
    }

    /// <summary>The digits from the last to the first.</summary>
    public static string Reversed(string digits) => string.Concat(digits.Reverse());

    [GeneratedRegex(@"\bxn--[a-z0-9-]+", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Encoded();
}
