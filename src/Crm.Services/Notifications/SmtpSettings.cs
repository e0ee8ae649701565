using MimeKit;

namespace Crm.Services.Notifications;

/// <summary>How the way to the mail server is kept from strangers' eyes.</summary>
public enum SmtpSecurity
{
    /// <summary>TLS from the first byte on.</summary>
    Tls,

    /// <summary>TLS before anything is told, or nothing is.</summary>
    StartTls,

    /// <summary>Not at all: for a server on this machine.</summary>
    None,
}

/// <summary>Which mail server, and as whom it is talked to.</summary>
public sealed record SmtpSettings
{
    /// <summary>Null for none: then nobody gets e-mail.</summary>
    public string? Host { get; init; }

    public int Port { get; init; }

    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Null for a server that asks for none.</summary>
    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>Whom mails are from, such as <c>CRM &lt;crm@example.com&gt;</c>.</summary>
    public string From { get; init; } = "";

    /// <summary>Where users open the service; null for mails without links.</summary>
    public Uri? AppUrl { get; init; }

    /// <summary>Whether mails can be from it.</summary>
    public static bool IsSender(string text) => MailboxAddress.TryParse(text, out var sender) && sender.Domain.Length > 0;
}
