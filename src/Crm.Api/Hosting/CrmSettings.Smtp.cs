using System.Globalization;
using Crm.Services.Notifications;

namespace Crm.Api.Hosting;

public sealed partial class CrmSettings
{
    private static SmtpSettings SmtpOf(IConfiguration configuration)
    {
        if (NullIfEmpty(configuration["Smtp:Host"]) is not { } host) return new SmtpSettings();
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) throw new SettingException("Smtp__Host", $"is \"{host}\"; set it to the name of your mail server alone, such as mail.example.com, and its port as Smtp__Port.");
        if (NullIfEmpty(configuration["Smtp:From"]) is not { } from || !SmtpSettings.IsSender(from)) throw new SettingException("Smtp__From", "is no address that mails can be from; set it to one such as CRM <crm@example.com>.");
        var security = SecurityOf(configuration);
        var (username, password) = (NullIfEmpty(configuration["Smtp:Username"]), NullIfEmpty(configuration["Smtp:Password"]));
        if (username is null && password is not null) throw new SettingException("Smtp__Username", "is not set, but Smtp__Password is. Set both, or neither for a server that asks for none.");
        if (username is not null && security == SmtpSecurity.None && !IsThisMachine(host)) throw new SettingException("Smtp__Security", "is None, by which Smtp__Password would go over the network in clear. Set it to StartTls or Tls.");
        return new SmtpSettings { Host = host, Port = PortOf(configuration, security), Security = security, Username = username, Password = password, From = from, AppUrl = AppUrlOf(configuration) };
    }

    private static SmtpSecurity SecurityOf(IConfiguration configuration)
    {
        if (NullIfEmpty(configuration["Smtp:Security"]) is not { } text) return SmtpSecurity.StartTls;
        return Enum.GetNames<SmtpSecurity>().Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<SmtpSecurity>(text, ignoreCase: true) : throw new SettingException("Smtp__Security", $"is \"{text}\"; set it to StartTls, Tls or None.");
    }

    private static int PortOf(IConfiguration configuration, SmtpSecurity security)
    {
        if (NullIfEmpty(configuration["Smtp:Port"]) is not { } text) return security switch { SmtpSecurity.Tls => 465, SmtpSecurity.StartTls => 587, _ => 25 };
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : throw new SettingException("Smtp__Port", $"is \"{text}\"; set it to the port of your mail server, from 1 to 65535, or leave it out for the usual one.");
    }

    /// <summary>Where users open the service, for links in what is sent to them.</summary>
    private static Uri? AppUrlOf(IConfiguration configuration)
    {
        if (NullIfEmpty(configuration["App:BaseUrl"]) is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) && url is { Query: "", Fragment: "", UserInfo: "" }
            ? url
            : throw new SettingException("App__BaseUrl", $"is \"{text}\"; set it to the http(s):// address at which users open the service, or leave it out for mails without links.");
    }

    private static bool IsThisMachine(string host) => new UriBuilder { Host = host }.Uri.IsLoopback;
}
