using System.Globalization;
using System.Text;

namespace Crm.Database.Text;

/// <summary>Texts made comparable: case, accents and punctuation don't count. The same on every database, since it is done here.</summary>
public static class Folding
{
    /// <summary>What is longer is cut: no index holds a word of any length, and nobody types one.</summary>
    private const int MaxWord = 64;

    private const int MaxKey = 200;

    /// <summary>A key to sort and look up by; cut so that an index can hold it.</summary>
    public static string Key(params ReadOnlySpan<string?> texts)
    {
        var key = string.Join(' ', Words(texts));
        if (key.Length <= MaxKey) return key;
        return char.IsHighSurrogate(key[MaxKey - 1]) ? key[..(MaxKey - 1)] : key[..MaxKey];
    }

    /// <summary>The folded words of some texts, each with a space around it, so that a word and a prefix can be found in it.</summary>
    public static string Document(params ReadOnlySpan<string?> texts) => $" {string.Join(' ', Words(texts))} ";

    /// <summary>The folded words of some texts: runs of letters and digits.</summary>
    public static List<string> Words(params ReadOnlySpan<string?> texts)
    {
        var words = new List<string>();
        foreach (var text in texts)
        {
            if (text is not null) words.AddRange(Read(text).Select(word => word.Text));
        }

        return words;
    }

    /// <summary>The folded words of a text with where they stand in it. A sign that stands for several words, such as ½, is where each of them is.</summary>
    public static IEnumerable<FoldedWord> Read(string text)
    {
        var word = new StringBuilder();
        var (start, end, at) = (0, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var part in Parts(rune))
            {
                if (Rune.IsLetterOrDigit(part))
                {
                    if (word.Length == 0) start = at;
                    Append(word, Rune.ToLowerInvariant(part));
                }
                else if (IsMark(part))
                {
                    if (word.Length == 0) continue;
                }
                else
                {
                    if (word.Length > 0) yield return new FoldedWord(Cut(word), start, end);
                    word.Clear();
                    continue;
                }

                end = at + rune.Utf16SequenceLength;
            }

            at += rune.Utf16SequenceLength;
        }

        if (word.Length > 0) yield return new FoldedWord(Cut(word), start, end);
    }

    /// <summary>What a sign is made of. U+FFFE is no character, and the one that normalisation throws at.</summary>
    private static StringRuneEnumerator Parts(Rune rune) =>
        (rune.IsAscii || rune.Value == 0xFFFE ? rune.ToString() : rune.ToString().Normalize(NormalizationForm.FormKD)).EnumerateRunes();

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static string Cut(StringBuilder word)
    {
        if (word.Length <= MaxWord) return word.ToString();
        return word.ToString(0, char.IsHighSurrogate(word[MaxWord - 1]) ? MaxWord - 1 : MaxWord);
    }

    // Letters that don't decompose, in the writing that people type instead.
    private static void Append(StringBuilder word, Rune rune) => _ = rune.Value switch
    {
        'ß' => word.Append("ss"),
        'æ' => word.Append("ae"),
        'œ' => word.Append("oe"),
        'ø' => word.Append('o'),
        'ł' => word.Append('l'),
        'đ' or 'ð' => word.Append('d'),
        'þ' => word.Append("th"),
        'ı' => word.Append('i'),
        'ς' => word.Append('σ'),
        _ => word.Append(rune.ToString()),
    };
}

/// <summary>A word as it is compared, and where it stands.</summary>
/// <param name="Text">Folded.</param>
/// <param name="Start">Its first UTF-16 unit in the text that it is of.</param>
/// <param name="End">The unit behind its last.</param>
public readonly record struct FoldedWord(string Text, int Start, int End);
