using System.Text.RegularExpressions;

namespace Crm.Database.Text;

/// <summary>The digits of a telephone number, without what differs from one writing to the next.</summary>
public static partial class PhoneKey
{
    private const int FewestDigits = 4;

    /// <summary>The digits without leading zeros, without a zero behind the country's code, and without an extension; null for none.</summary>
    public static string? Of(string? phone)
    {
        if (phone is null) return null;
        var number = Extension().Replace(phone, "");
        var digits = NotDigit().Replace(number.Replace("(0)", "", StringComparison.Ordinal), "").TrimStart('0');
        if (digits.Length == 0) return null;
        if (!International().IsMatch(number)) return digits;
        var code = Math.Min(CountryCodeLength(digits), digits.Length);
        return digits[..code] + digits[code..].TrimStart('0');
    }

    /// <summary>
    /// The digits without the country's code, of a number that is written with one (+49 or 0049), else null: the number as it is
    /// written inside the country.
    /// </summary>
    public static string? National(string phone)
    {
        if (!International().IsMatch(phone) || Of(phone) is not { } digits) return null;
        var national = digits[Math.Min(CountryCodeLength(digits), digits.Length)..];
        return national.Length >= FewestDigits ? national : null;
    }

    // Recommendation ITU-T E.164, annex D: zones 1 and 7 are one country, these codes have two digits, all others three.
    private static int CountryCodeLength(string digits) => digits switch
    {
        ['1' or '7', ..] => 1,
        ['2', '0' or '7', ..] or ['3', '0' or '1' or '2' or '3' or '4' or '6' or '9', ..] or ['4', not '2', ..] => 2,
        ['5', >= '1' and <= '8', ..] or ['6', <= '6', ..] or ['8', '1' or '2' or '4' or '6', ..] or ['9', <= '5' or '8', ..] => 2,
        _ => 3,
    };

    /// <summary>The digits to look for where a search is written as a number, else null.</summary>
    public static string? OfSearch(string search) =>
        NumberLike().IsMatch(search) && Of(search) is { Length: >= FewestDigits } digits ? digits : null;

    [GeneratedRegex(@"[^0-9]", RegexOptions.None, 1000)]
    private static partial Regex NotDigit();

    [GeneratedRegex(@"^\s*(tel:)?[+]?[0-9 ()./\-\u00A0\u2007-\u2015\u202F\u2212]+( ?(x|ext[.]?) ?[0-9]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NumberLike();

    [GeneratedRegex(@"\s?(x|ext[.]?)\s?[0-9]+\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Extension();

    [GeneratedRegex(@"^\s*(tel:)?([+]|00)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex International();
}
