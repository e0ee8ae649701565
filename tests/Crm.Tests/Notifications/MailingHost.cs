using System.Net;
using Crm.Database.Notifications;
using Crm.Services.Notifications;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crm.Tests.Notifications;

/// <summary>A service of its own with a mail server of its own, and what it logs.</summary>
internal sealed class MailingHost : IAsyncDisposable
{
    private MailingHost(SmtpReceiver receiver, CrmHost host, CapturedLogs logs) => (Receiver, Host, Logs) = (receiver, host, logs);

    public SmtpReceiver Receiver { get; set; }

    public CrmHost Host { get; }

    public CapturedLogs Logs { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<MailingHost> StartAsync(Database database, params (string Name, string Value)[] settings) => StartAsync(database, SmtpReceiver.Start(), settings);

    public static async Task<MailingHost> StartAsync(Database database, SmtpReceiver receiver, params (string Name, string Value)[] settings) =>
        await StartAsync(database, await Hosts.NewDatabaseAsync(database), receiver, settings);

    /// <summary>Another over the same database and before the same mail server.</summary>
    public static Task<MailingHost> StartAsync(Database database, MailingHost other) => StartAsync(database, other.Host.ConnectionString, other.Receiver, []);

    /// <summary>A rep who wants mail of every assignment, at an address.</summary>
    public async Task<Client> RecipientAsync(Client client, string user, string? email = "")
    {
        var member = await client.MemberAsync(user);
        (await member.PatchAsync("/api/notifications/preferences", new { taskAssigned = new { email = true } })).ShouldBe(HttpStatusCode.OK);
        var address = email is "" ? $"{user}@example.com" : email;
        await Host.QueryAsync(client.TenantId, db => db.Members.Where(m => m.UserId == user).ExecuteUpdateAsync(set => set.SetProperty(m => m.Email, address)));
        return member;
    }

    /// <summary>Makes mails of what was written, and sends what is due.</summary>
    public async Task SendAsync()
    {
        await Host.TellAsync();
        await MailAsync();
    }

    /// <summary>Sends what is due.</summary>
    public Task<int> MailAsync() => Host.Services.GetRequiredService<NotificationMailer>().SendDueAsync(Stop);

    public Task<List<NotificationMail>> MailsAsync(Client client) => Host.QueryAsync(client.TenantId, db => db.NotificationMails.AsNoTracking().ToListAsync(Stop));

    /// <summary>Lets the time pass that a lease lasts, or a wait.</summary>
    public Task MakeDueAsync(Client client) => Host.QueryAsync(client.TenantId, db => db.NotificationMails.ExecuteUpdateAsync(set => set.SetProperty(m => m.DueAt, DateTimeOffset.UnixEpoch), Stop));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    private static async Task<MailingHost> StartAsync(Database database, string connectionString, SmtpReceiver receiver, (string Name, string Value)[] settings)
    {
        var logs = new CapturedLogs();
        var host = await CrmHost.StartAsync(database, connectionString, builder =>
        {
            (builder.Configuration["Smtp:Host"], builder.Configuration["Smtp:Port"]) = ("localhost", $"{receiver.Port}");
            (builder.Configuration["Smtp:From"], builder.Configuration["Smtp:Security"]) = ("CRM <crm@example.com>", "None");
            foreach (var (name, value) in settings) builder.Configuration[name] = value;
            builder.Logging.ClearProviders().AddProvider(logs);
        });
        return new MailingHost(receiver, host, logs);
    }
}
