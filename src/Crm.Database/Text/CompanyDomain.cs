using System.Collections.Frozen;
using System.Globalization;

namespace Crm.Database.Text;

/// <summary>The domain by which the records of one company are known to belong together.</summary>
public static class CompanyDomain
{
    private const int Longest = 253;

    private static readonly FrozenSet<string> FreeMail = FrozenSet.ToFrozenSet(
        [
            "126.com", "163.com", "aol.com", "bigpond.com", "bluewin.ch", "bol.com.br", "btinternet.com", "comcast.net", "cox.net", "earthlink.net",
            "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
            "googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it", "icloud.com", "inbox.lv",
            "laposte.net", "libero.it", "live.co.uk", "live.com", "live.de", "live.fr", "live.nl", "mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com",
            "naver.com", "o2.pl", "online.de", "orange.fr", "outlook.com", "outlook.de", "outlook.fr", "pm.me", "posteo.de", "proton.me", "protonmail.com",
            "qq.com", "rediffmail.com", "rocketmail.com", "seznam.cz", "sina.com", "sky.com", "t-online.de", "terra.com.br", "tiscali.it", "tutanota.com",
            "uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
            "yahoo.com.br", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
        ],
        StringComparer.Ordinal);

    /// <summary>Whether everybody may have an address there, so that it tells of no company.</summary>
    /// <param name="domain">In lower case, as <see cref="OfEmail"/> gives it.</param>
    public static bool IsFree(string domain) => FreeMail.Contains(domain);

    /// <summary>What stands behind the last <c>@</c>, in lower case and ASCII (IDNA); null for what is no domain.</summary>
    public static string? OfEmail(string? email) => email is null ? null : Ascii(email[(email.LastIndexOf('@') + 1)..]);

    /// <summary>The host of a web address with or without its scheme, without <c>www.</c>, in lower case and ASCII (IDNA); null for what is none.</summary>
    public static string? OfWebsite(string? website)
    {
        if (website is null) return null;
        var host = website.Contains("://", StringComparison.Ordinal) ? website[(website.IndexOf("://", StringComparison.Ordinal) + 3)..] : website;
        host = host.Split('/', '?', '#')[0];
        host = host[(host.LastIndexOf('@') + 1)..].Split(':')[0];
        return Ascii(host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? host[4..] : host);
    }

    /// <summary>That of the company's website, else that of the e-mail address where it isn't a free mail provider's; null where neither tells one.</summary>
    public static string? Of(string? website, string? email)
    {
        if (OfWebsite(website) is { } site && !IsFree(site)) return site;
        return OfEmail(email) is { } domain && !IsFree(domain) ? domain : null;
    }

    private static string? Ascii(string host)
    {
        host = host.Trim().TrimEnd('.');
        if (!host.Contains('.', StringComparison.Ordinal)) return null;
        try
        {
            var ascii = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(host).ToLowerInvariant();
            return ascii.Length <= Longest ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null; // an empty or too long part, or a character that no domain has
        }
    }
}
