using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crm.Database.Dashboards;
using Crm.Services.Analytics;
using Crm.Services.Notifications;
using MimeKit;
using Calendar = Crm.Services.Analytics.Calendar;

namespace Crm.Services.Dashboards;

/// <summary>A report as it goes into a mail.</summary>
/// <param name="Asked">Which.</param>
/// <param name="Table">What it says; null where it can't be made.</param>
/// <param name="Problem">Why it can't be made.</param>
internal sealed record MailedReport(AskedReport Asked, ReportTable? Table, string? Problem);

/// <summary>What a delivery says by e-mail: the figures of each report to read, and each as a file.</summary>
internal sealed class DashboardMail
{
    private readonly DashboardDelivery delivery;
    private readonly MailboxAddress from;
    private readonly string subject;
    private readonly string text;
    private readonly List<(string Name, byte[] Content)> files;

    private DashboardMail(DashboardDelivery delivery, MailboxAddress from, string subject, string text, List<(string Name, byte[] Content)> files) =>
        (this.delivery, this.from, this.subject, this.text, this.files) = (delivery, from, subject, text, files);

    public static async Task<DashboardMail> OfAsync(DashboardDelivery delivery, string owner, IReadOnlyList<MailedReport> reports, Calendar calendar, SmtpSettings settings, CancellationToken ct)
    {
        var due = TimeZoneInfo.ConvertTime(delivery.DueAt, calendar.Zone);
        var name = MailText.Flat(delivery.Name);
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"{name}\nas of {due:yyyy-MM-dd HH:mm} ({calendar.Zone.Id})\n");
        if (settings.AppUrl is { } app) body.Append(CultureInfo.InvariantCulture, $"{app.AbsoluteUri.TrimEnd('/')}/dashboards/{delivery.DashboardId}\n");
        var attached = new List<(string Name, byte[] Content)>();
        foreach (var report in reports)
        {
            ReportText.Append(body, report);
            if (report.Table is { } table) attached.Add(($"{report.Asked.Key}.csv", await table.ToCsvAsync(ct)));
        }

        body.Append(CultureInfo.InvariantCulture, $"\n-- \nYou get this since {MailText.Flat(owner)}, who owns the dashboard, has it sent to you.\n");
        return new DashboardMail(delivery, MailboxAddress.Parse(settings.From), string.Create(CultureInfo.InvariantCulture, $"{MailText.Cut(name)}: {due:yyyy-MM-dd}"), body.ToString(), attached);
    }

    /// <summary>The message to one of the members; its id is made of the delivery's and the member's, and of no other message.</summary>
    public MimeMessage To(MailboxAddress to, string userId)
    {
        var builder = new BodyBuilder { TextBody = text };
        foreach (var (name, content) in files)
        {
            var file = new MimePart(new ContentType("text", "csv") { Charset = "utf-8" }) { Content = new MimeContent(new MemoryStream(content)), ContentDisposition = new ContentDisposition(ContentDisposition.Attachment), ContentTransferEncoding = ContentEncoding.Base64, FileName = name };
            builder.Attachments.Add(file);
        }

        var message = new MimeMessage
        {
            MessageId = $"{delivery.Id}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)))[..16]}@{from.Domain}",
            Date = delivery.DueAt,
            Subject = subject,
            Body = builder.ToMessageBody(),
        };
        message.From.Add(from);
        message.To.Add(to);
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // so that no absence note answers
        return message;
    }
}
