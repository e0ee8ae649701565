using System.Collections.Frozen;
using Crm.Database.Text;

namespace Crm.Services.Scoring;

/// <summary>Countries as ISO 3166 has them, as far as numbers and domains tell them.</summary>
internal static class Countries
{
    private const int LongestCode = 3;

    /// <summary>Calling codes (ITU-T E.164, list of assigned country codes) of one country each, or of one that has most of the numbers.</summary>
    private static readonly FrozenDictionary<string, string> Codes = FrozenDictionary.ToFrozenDictionary(
        ("1 US 7 RU 20 EG 27 ZA 30 GR 31 NL 32 BE 33 FR 34 ES 36 HU 39 IT 40 RO 41 CH 43 AT 44 GB 45 DK 46 SE 47 NO 48 PL 49 DE 51 PE 52 MX 54 AR 55 BR 56 CL 57 CO 60 MY 61 AU 62 ID 63 PH 64 NZ 65 SG 66 TH "
            + "81 JP 82 KR 84 VN 86 CN 90 TR 91 IN 92 PK 212 MA 216 TN 233 GH 234 NG 254 KE 351 PT 352 LU 353 IE 354 IS 356 MT 357 CY 358 FI 359 BG 370 LT 371 LV 372 EE 380 UA 381 RS 385 HR 386 SI 420 CZ 421 SK 423 LI "
            + "852 HK 880 BD 886 TW 966 SA 971 AE 972 IL 974 QA").Split(' ').Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1])),
        StringComparer.Ordinal);

    /// <summary>Domains of two letters that are anybody's by now.</summary>
    private static readonly FrozenSet<string> Nobodys = FrozenSet.ToFrozenSet(["ai", "cc", "co", "eu", "fm", "io", "me", "tv", "ws"], StringComparer.Ordinal);

    /// <summary>By the calling code of a number that is written with one; null for others.</summary>
    public static string? OfPhone(string? phone)
    {
        if (phone is null || PhoneKey.National(phone) is null || PhoneKey.Of(phone) is not { } digits) return null;
        for (var length = LongestCode; length > 0; length--)
        {
            if (digits.Length > length && Codes.TryGetValue(digits[..length], out var country)) return country;
        }

        return null;
    }

    /// <summary>By the last part of a domain, in lower case, where that is a country's; null for others.</summary>
    public static string? OfDomain(string? domain)
    {
        if (domain is null) return null;
        var last = domain[(domain.LastIndexOf('.') + 1)..];
        if (last.Length != 2 || Nobodys.Contains(last)) return null;
        return last == "uk" ? "GB" : last.ToUpperInvariant();
    }
}
