using System.Text.RegularExpressions;

namespace Crm.Database.Text;

/// <summary>The digits of a telephone number, without what differs from one writing to the next.</summary>
public static partial class PhoneKey
{
    private const int FewestDigits = 4;

    /// <summary>The digits without a trunk zero in parentheses and without leading zeros; null for none.</summary>
    public static string? Of(string? phone)
    {
        if (phone is null) return null;
        var digits = NotDigit().Replace(phone.Replace("(0)", "", StringComparison.Ordinal), "").TrimStart('0');
        return digits.Length == 0 ? null : digits;
    }

    /// <summary>The digits to look for where a search is written as a number, else null.</summary>
    public static string? OfSearch(string search) =>
        NumberLike().IsMatch(search) && Of(search) is { Length: >= FewestDigits } digits ? digits : null;

    [GeneratedRegex(@"[^0-9]", RegexOptions.None, 1000)]
    private static partial Regex NotDigit();

    [GeneratedRegex(@"^[+]?[0-9 ()./\-]+$", RegexOptions.None, 1000)]
    private static partial Regex NumberLike();
}
