using System.Net;
using System.Text.Json;
using Crm.Contracts.Members;
using Crm.Services.Audit;
using Crm.Services.Events;
using Crm.Services.Notifications;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Tests.Notifications;

internal static class NotificationCalls
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Seals what was written, and tells it to all who hear of it.</summary>
    public static async Task TellAsync(this CrmHost host)
    {
        await host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop);
        await host.Services.GetRequiredService<Relay>().RunOnceAsync(Stop);
    }

    /// <summary>Another user of the tenant, who is known by then.</summary>
    public static async Task<Client> MemberAsync(this Client client, string user, Role role = Role.Rep)
    {
        var member = client.As(role, user);
        (await member.GetAsync("/api/me")).ShouldBe(HttpStatusCode.OK);
        return member;
    }

    /// <summary>The user's notifications, the newest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> NotificationsAsync(this Client client, string query = "") =>
        (await client.GetAsync($"/api/notifications?take=200&{query}")).ShouldBe(HttpStatusCode.OK).Items;

    public static async Task<List<string>> KindsAsync(this Client client, string query = "") =>
        [.. (await client.NotificationsAsync(query)).Select(item => item.GetProperty("kind").GetString()!)];

    public static async Task<int> UnreadAsync(this Client client) => (await client.GetAsync("/api/notifications/unread-count")).ShouldBe(HttpStatusCode.OK)["unread"].GetInt32();

    /// <summary>The tenant's log as a consumer is told it.</summary>
    public static Task<List<LogEntry>> LogAsync(this Client client) => client.Host.QueryAsync(client.TenantId, async db =>
        (await db.Seals.AsNoTracking().Join(db.Events, s => new { s.TenantId, Id = s.EventId }, e => new { e.TenantId, e.Id }, (s, e) => new { s.Position, Event = e }).OrderBy(row => row.Position).ToListAsync())
        .ConvertAll(row => new LogEntry
        {
            TenantId = client.TenantId,
            Position = row.Position,
            Id = row.Event.Id,
            Type = row.Event.Type,
            Collection = row.Event.Collection,
            RecordId = row.Event.RecordId,
            SubjectId = row.Event.SubjectId,
            Version = row.Event.Version,
            Actor = row.Event.Actor,
            Time = row.Event.OccurredAt,
            TraceId = row.Event.TraceId,
            Changes = new Dictionary<string, Crm.Contracts.Events.FieldChange>(StringComparer.Ordinal),
            Record = JsonSerializer.Deserialize<JsonElement>(row.Event.Record),
        }));

    public static IEventConsumer Consumer(this CrmHost host) => host.Services.GetServices<IEventConsumer>().OfType<NotificationConsumer>().Single();

    public static Task<IReadOnlyList<Delivery>> DeliverAsync(this Client client, IReadOnlyList<LogEntry> entries) =>
        client.Host.Consumer().DeliverAsync(new ConsumerTurn(client.TenantId, "notifications"), entries, Stop);
}

/// <summary>A service of its own for each database, shared by the tests of a class, so that what is told here isn't told of other tests' tenants. Started when first asked for.</summary>
public sealed class NotifyingHosts : IAsyncLifetime
{
    private readonly Dictionary<Database, CrmHost> hosts = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.Values) await host.DisposeAsync();
    }

    internal async Task<CrmHost> For(Database database)
    {
        if (!hosts.TryGetValue(database, out var host)) hosts.Add(database, host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database)));
        return host;
    }
}
