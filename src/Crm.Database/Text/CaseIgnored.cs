using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Crm.Database.Text;

/// <summary>
/// Texts within texts, whatever their case: as <see cref="StringComparison.OrdinalIgnoreCase"/> has it, in all of Unicode. What the databases
/// know of case depends on which they are and on how they were set up, so that they are told by a regular expression which characters are the same.
/// </summary>
public static class CaseIgnored
{
    private const string Special = @"\.*+?()[]{}|^$";

    /// <summary>Characters with their other cases, each with all of them.</summary>
    private static readonly FrozenDictionary<Rune, string> Classes = Read();

    /// <summary>A regular expression that finds a text. PostgreSQL's, .NET's and so SQLite's read it alike: it has characters, classes of them and alternatives, and nothing by which it would be tried again and again.</summary>
    public static string Pattern(string text)
    {
        var pattern = new StringBuilder(text.Length * 4);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Classes.TryGetValue(rune, out var same)) pattern.Append(same);
            else if (rune.IsAscii && Special.Contains((char)rune.Value, StringComparison.Ordinal)) pattern.Append('\\').Append((char)rune.Value);
            else pattern.Append(rune.ToString());
        }

        return pattern.ToString();
    }

    private static FrozenDictionary<Rune, string> Read()
    {
        // By the comparison itself: what characters say of their cases by themselves is another library's, with other characters in it.
        var letters = Enumerable.Range(0, 0x20000).Where(Rune.IsValid).Select(value => new Rune(value)).Where(rune => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.OtherLetter or UnicodeCategory.OtherNotAssigned));
        return letters.GroupBy(rune => rune.ToString(), StringComparer.OrdinalIgnoreCase).Select(group => group.ToList()).Where(same => same.Count > 1)
            .SelectMany(same => same.Select(rune => (rune, Class: ClassOf(same)))).ToFrozenDictionary(pair => pair.rune, pair => pair.Class);
    }

    /// <summary>What stands for one of some characters. Those of two UTF-16 units are no class to .NET.</summary>
    private static string ClassOf(List<Rune> same) => same.TrueForAll(rune => rune.IsBmp) ? $"[{string.Concat(same)}]" : $"(?:{string.Join('|', same)})";
}
