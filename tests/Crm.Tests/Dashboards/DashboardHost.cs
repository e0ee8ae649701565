using Crm.Contracts.Members;
using Crm.Services.Dashboards;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Tests.Dashboards;

/// <summary>A service of its own whose time a test sets, with a mail server of its own.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    private DashboardHost(CrmHost host, SettableClock clock, SmtpReceiver receiver) => (Host, Clock, Receiver) = (host, clock, receiver);

    public CrmHost Host { get; }

    public SettableClock Clock { get; }

    public SmtpReceiver Receiver { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<DashboardHost> StartAsync(Database database) => await StartAsync(database, await Hosts.NewDatabaseAsync(database), new SettableClock(), SmtpReceiver.Start());

    /// <summary>Another over the same database, with the same time and mail server.</summary>
    public Task<DashboardHost> AnotherAsync() => StartAsync(Host.Database, Host.ConnectionString, Clock, Receiver);

    /// <summary>A member with an address.</summary>
    public async Task<Client> MemberAsync(Client client, string user, Role role = Role.Rep)
    {
        var member = client.As(role, user);
        await member.GetAsync("/api/me");
        await Host.QueryAsync(client.TenantId, db => db.Members.Where(m => m.UserId == user).ExecuteUpdateAsync(set => set.SetProperty(m => m.Email, $"{user}@example.com").SetProperty(m => m.Role, role)));
        return member;
    }

    /// <summary>Lets the time come at which a dashboard is due next, and some more.</summary>
    public async Task<DateTimeOffset> LetBeDueAsync(Client client, Guid dashboard, TimeSpan? later = null)
    {
        var next = await Host.QueryAsync(client.TenantId, db => db.Dashboards.Where(d => d.Id == dashboard).Select(d => d.NextAt).SingleAsync(Stop));
        Clock.Advance(next!.Value - Clock.GetUtcNow() + DashboardScheduler.Settling + (later ?? TimeSpan.Zero));
        return next.Value;
    }

    /// <summary>Begins what is due.</summary>
    public Task<int> BeginAsync() => Host.Services.GetRequiredService<DashboardScheduler>().RunDueAsync(Stop);

    /// <summary>Sends what is to be sent by e-mail.</summary>
    public Task<int> MailAsync() => Host.Services.GetRequiredService<DashboardMailer>().SendDueAsync(Stop);

    /// <summary>Lets the time pass that a lease lasts, or a wait.</summary>
    public Task LetPassAsync(Client client) => Host.QueryAsync(client.TenantId, db => db.DashboardDeliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.TryAt, DateTimeOffset.UnixEpoch), Stop));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    private static async Task<DashboardHost> StartAsync(Database database, string connectionString, SettableClock clock, SmtpReceiver receiver) => new(
        await CrmHost.StartAsync(database, connectionString, builder =>
        {
            (builder.Configuration["Smtp:Host"], builder.Configuration["Smtp:Port"]) = ("localhost", $"{receiver.Port}");
            (builder.Configuration["Smtp:From"], builder.Configuration["Smtp:Security"]) = ("CRM <crm@example.com>", "None");
            builder.Configuration["App:BaseUrl"] = "https://crm.example.com/app";
            builder.Services.AddSingleton<TimeProvider>(clock);
        }),
        clock, receiver);
}
