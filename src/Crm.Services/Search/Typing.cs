using System.Text;
using Crm.Database.Search;

namespace Crm.Services.Search;

/// <summary>Typing errors: a letter too many, too few or another one, or two that changed places.</summary>
internal static class Typing
{
    /// <summary>Whether a word is long enough to tell by most of its letters. A number with another digit is another number.</summary>
    public static bool IsForgiven(string word) => word.EnumerateRunes().Count() is >= SearchWord.Shortest and <= SearchWord.Longest && !word.Any(char.IsAsciiDigit);

    /// <summary>The word, and what is left of it without each of its letters.</summary>
    public static List<string> Variants(string word)
    {
        var letters = word.EnumerateRunes().ToList();
        return [word, .. letters.Select((_, i) => Text(letters.Where((_, j) => j != i))).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Whether one error, or none, makes one word of the other.</summary>
    public static bool IsOneErrorApart(string one, string other)
    {
        var (shorter, longer) = one.Length <= other.Length ? (one.EnumerateRunes().ToArray(), other.EnumerateRunes().ToArray()) : (other.EnumerateRunes().ToArray(), one.EnumerateRunes().ToArray());
        var same = 0;
        while (same < shorter.Length && shorter[same] == longer[same]) same++;
        ReadOnlySpan<Rune> left = shorter.AsSpan(same), right = longer.AsSpan(same);
        return (longer.Length - shorter.Length) switch
        {
            0 => left.Length == 0 || left[1..].SequenceEqual(right[1..]) || (left.Length > 1 && left[0] == right[1] && left[1] == right[0] && left[2..].SequenceEqual(right[2..])),
            1 => left.SequenceEqual(right[1..]),
            _ => false,
        };
    }

    private static string Text(IEnumerable<Rune> letters)
    {
        var text = new StringBuilder();
        foreach (var letter in letters) text.Append(letter.ToString());
        return text.ToString();
    }
}
