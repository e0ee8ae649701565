using System.Globalization;
using Crm.Contracts.Notifications;
using Crm.Contracts.Validation;
using Crm.Database.Notifications;
using MimeKit;

namespace Crm.Services.Notifications;

/// <summary>What a mail says: what happened, the title of what it is about, where that is; nothing more of the record.</summary>
internal static class MailText
{
    private const int LongestTitle = 150;
    private const int LongestAddress = 254; // RFC 5321, as far as a path holds one
    private static readonly EmailAttribute Addresses = new();

    /// <summary>The message; its id is the notice's, so that one which is sent again is known for the same.</summary>
    public static MimeMessage Of(NotificationMail mail, MailboxAddress to, SmtpSettings settings)
    {
        var from = MailboxAddress.Parse(settings.From);
        var what = What(mail.Kind);
        var title = Flat(mail.Title);
        var message = new MimeMessage
        {
            MessageId = $"{mail.Id}@{from.Domain}",
            Date = mail.CreatedAt,
            Subject = title.Length == 0 ? what : $"{what}: {Cut(title)}",
            Body = new TextPart("plain") { Text = Body(mail, what, title, settings.AppUrl) },
        };
        message.From.Add(from);
        message.To.Add(to);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // so that no absence note answers
        return message;
    }

    /// <summary>An address that mail can go to; null for a text that is none, or would say more than that to a server.</summary>
    public static MailboxAddress? AddressOf(string? email) =>
        email is { Length: > 0 and <= LongestAddress } && !email.Any(char.IsControl) && Addresses.IsValid(email)
        && MailboxAddress.TryParse(email, out var address) && address.Address == email ? address : null;

    private static string Body(NotificationMail mail, string what, string title, Uri? app)
    {
        var link = app is null ? "" : $"{app.AbsoluteUri.TrimEnd('/')}/{mail.Collection}/{Uri.EscapeDataString(mail.SubjectId)}\n";
        return $"{what}.\n\n{title}\n{link}\n-- \nYou get this since you want to be told of it by e-mail; your notification preferences change that.\n";
    }

    private static string What(NotificationKind kind) => kind switch
    {
        NotificationKind.TaskAssigned => "A task was given to you",
        NotificationKind.LeadAssigned => "A lead was given to you",
        NotificationKind.DealAssigned => "A deal was given to you",
        NotificationKind.TaskReminder => "A task to think of",
        NotificationKind.TaskOverdue => "A task of yours is due",
        NotificationKind.DealWon => "A deal of yours was won",
        NotificationKind.DealLost => "A deal of yours was lost",
        NotificationKind.DealRotting => "A deal of yours has stood still for long",
        NotificationKind.ConversionFailed => "A lead could not become a customer",
        NotificationKind.LeadUnrouted => "Nobody could take a lead",
        NotificationKind.Workflow => "Something for you to know",
        NotificationKind.WebhookDisabled => "A webhook was switched off",
        _ => throw new InvalidOperationException($"Nothing says what {kind} is in a mail."),
    };

    /// <summary>On one line, whatever is in it: a line that ends begins another header.</summary>
    public static string Flat(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : c)).Trim();

    public static string Cut(string title)
    {
        if (title.Length <= LongestTitle) return title;
        var length = char.IsHighSurrogate(title[LongestTitle - 1]) ? LongestTitle - 1 : LongestTitle;
        return $"{title[..length]}…";
    }
}
