using System.Globalization;
using System.Text;

namespace Crm.Database.Text;

/// <summary>Texts made comparable: case, accents and punctuation don't count. The same on every database, since it is done here.</summary>
public static class Folding
{
    /// <summary>A key to sort and look up by; cut so that an index can hold it.</summary>
    public static string Key(params ReadOnlySpan<string?> texts)
    {
        var key = string.Join(' ', Words(texts));
        if (key.Length <= MaxKey) return key;
        return char.IsHighSurrogate(key[MaxKey - 1]) ? key[..(MaxKey - 1)] : key[..MaxKey];
    }

    /// <summary>The folded words of some texts, each with a space around it, so that a word and a prefix can be found in it.</summary>
    public static string Document(params ReadOnlySpan<string?> texts) => $" {string.Join(' ', Words(texts))} ";

    /// <summary>The folded words of a text: runs of letters and digits.</summary>
    public static List<string> Words(params ReadOnlySpan<string?> texts)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var text in texts)
        {
            if (text is null) continue;
            // U+FFFE is no character, and the one that normalisation throws at.
            foreach (var rune in text.Replace('\uFFFE', ' ').Normalize(NormalizationForm.FormKD).EnumerateRunes())
            {
                if (Rune.IsLetterOrDigit(rune)) Append(word, Rune.ToLowerInvariant(rune));
                else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)) Flush();
            }

            Flush();
        }

        return words;

        void Flush()
        {
            if (word.Length == 0) return;
            words.Add(word.ToString());
            word.Clear();
        }
    }

    private const int MaxKey = 200;

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
