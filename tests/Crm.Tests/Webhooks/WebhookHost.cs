using System.Net;
using Crm.Database.Webhooks;
using Crm.Services.Audit;
using Crm.Services.Events;
using Crm.Services.Webhooks;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crm.Tests.Webhooks;

/// <summary>A service of its own that may send to this machine, a receiver on it, and what the service logs.</summary>
internal sealed class WebhookHost(StubEndpoint endpoint, CrmHost host, CapturedLogs logs) : IAsyncDisposable
{
    public StubEndpoint Endpoint => endpoint;

    public CrmHost Host => host;

    public CapturedLogs Logs => logs;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="database">Over which kind of database.</param>
    /// <param name="settings">What to set besides, or instead.</param>
    public static async Task<WebhookHost> StartAsync(Database database, params (string Name, string Value)[] settings)
    {
        var logs = new CapturedLogs();
        var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder =>
        {
            (builder.Configuration["Webhooks:AllowPrivateNetworks"], builder.Configuration["Webhooks:TimeoutSeconds"]) = ("true", "3");
            foreach (var (name, value) in settings) builder.Configuration[name] = value;
            builder.Logging.ClearProviders().AddProvider(logs);
        });
        return new WebhookHost(await StubEndpoint.StartAsync(), host, logs);
    }

    /// <summary>Makes a webhook of the tenant that leads here.</summary>
    public Task<Hook> MakeAsync(Client admin, string[]? types = null, object? filter = null) => MakeAsync(admin, endpoint.NewUrl(), types, filter);

    public async Task<Hook> MakeAsync(Client admin, string url, string[]? types = null, object? filter = null)
    {
        var made = (await admin.PostAsync("/api/webhooks", new { url, types, filter })).ShouldBe(HttpStatusCode.Created);
        return new Hook(this, admin, made.Id, url, made["secret"].GetString()!);
    }

    /// <summary>Seals all that was written, and tells all that is due, as the background does.</summary>
    public async Task TellAsync()
    {
        await host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop);
        await host.Services.GetRequiredService<Relay>().RunOnceAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await endpoint.DisposeAsync();
    }
}

/// <summary>A webhook of a tenant, seen by its admin and by its receiver.</summary>
internal sealed record Hook(WebhookHost Crm, Client Admin, Guid Id, string Url, string Secret)
{
    public string Path => $"/api/webhooks/{Id}";

    public string Consumer => WebhookConsumer.NameOf(Id);

    public List<Sent> Sent => Crm.Endpoint.SentTo(Url);

    public async Task<Answer> ReadAsync() => (await Admin.GetAsync(Path)).ShouldBe(HttpStatusCode.OK);

    /// <summary>The attempts, the first first.</summary>
    public async Task<IReadOnlyList<System.Text.Json.JsonElement>> DeliveriesAsync(string query = "") => (await Admin.GetAsync($"{Path}/deliveries?sort=at&take=200{query}")).ShouldBe(HttpStatusCode.OK).Items;

    /// <summary>Lets the time pass that what was refused waits, and that the endpoint is left alone for.</summary>
    public async Task LetPassAsync() => await Admin.Host.QueryAsync(Admin.TenantId, async db =>
    {
        await db.HeldDeliveries.Where(h => h.Consumer == Consumer && h.DueAt != null).ExecuteUpdateAsync(set => set.SetProperty(h => h.DueAt, DateTimeOffset.UnixEpoch));
        await db.LogConsumers.Where(c => c.Name == Consumer && c.HeldDueAt != null).ExecuteUpdateAsync(set => set.SetProperty(c => c.HeldDueAt, DateTimeOffset.UnixEpoch));
        return await db.LogConsumers.Where(c => c.Name == Consumer).ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, DateTimeOffset.UnixEpoch));
    });

    /// <summary>The row, as it is kept.</summary>
    public Task<Webhook> RowAsync() => Admin.Host.QueryAsync(Admin.TenantId, db => db.Webhooks.AsNoTracking().SingleAsync(w => w.Id == Id));

    /// <summary>What is held for it, and how often it was tried: the first in the log first.</summary>
    public Task<List<(Guid EventId, int Tries, bool IsParked)>> HeldAsync() => Admin.Host.QueryAsync(Admin.TenantId, async db =>
        (await db.HeldDeliveries.AsNoTracking().Where(h => h.Consumer == Consumer).OrderBy(h => h.Position).ToListAsync()).ConvertAll(h => (h.EventId, h.Tries, h.ParkedAt is not null)));

    /// <summary>The audit's events of it, in their order.</summary>
    public Task<List<string>> AuditedAsync() => Admin.Host.QueryAsync(Admin.TenantId, db =>
        db.Events.Where(e => e.Collection == "webhooks" && e.SubjectId == $"{Id}").OrderBy(e => e.OccurredAt).ThenBy(e => e.Id).Select(e => e.Type).ToListAsync());
}

/// <summary>A service with a receiver for each database, shared by the tests of a class, which run one after another. Started when first asked for.</summary>
public sealed class WebhookHosts : IAsyncLifetime
{
    private readonly Dictionary<Database, WebhookHost> hosts = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.Values) await host.DisposeAsync();
    }

    internal async Task<WebhookHost> For(Database database) => hosts.TryGetValue(database, out var host) ? host : hosts[database] = await WebhookHost.StartAsync(database);
}
