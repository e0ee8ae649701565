using Crm.Database;
using Crm.Services.Audit;
using Crm.Services.Events;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crm.Tests.Events;

/// <summary>A service of its own with consumers of a test, whose sealing and relaying happen when the test says so.</summary>
internal sealed class RelayHost(CrmHost host, FakeConsumer consumer) : IAsyncDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public CrmHost Host => host;

    public FakeConsumer Consumer => consumer;

    public static async Task<RelayHost> StartAsync(Database database, FakeConsumer? consumer = null, string? connectionString = null, Action<WebApplicationBuilder>? configure = null)
    {
        consumer ??= new FakeConsumer();
        return new RelayHost(
            await CrmHost.StartAsync(database, connectionString ?? await Hosts.NewDatabaseAsync(database), builder =>
            {
                builder.Services.AddSingleton<IEventConsumer>(consumer);
                configure?.Invoke(builder);
            }),
            consumer);
    }

    public Task SealAsync() => host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop);

    public Task RelayAsync() => host.Services.GetRequiredService<Relay>().RunOnceAsync(Stop);

    public async Task SealAndRelayAsync()
    {
        await SealAsync();
        await RelayAsync();
    }

    /// <summary>Lets what waits for a while be due now.</summary>
    public Task MakeDueAsync(Client user) => host.QueryAsync(user.TenantId, async db =>
    {
        await db.HeldDeliveries.Where(h => h.DueAt != null).ExecuteUpdateAsync(set => set.SetProperty(h => h.DueAt, DateTimeOffset.UnixEpoch));
        await db.LogConsumers.Where(c => c.HeldDueAt != null).ExecuteUpdateAsync(set => set.SetProperty(c => c.HeldDueAt, DateTimeOffset.UnixEpoch));
        return await db.LogConsumers.Where(c => c.Lease == null).ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, DateTimeOffset.UnixEpoch));
    });

    public Task<T> QueryAsync<T>(Client user, Func<CrmDbContext, Task<T>> query) => host.QueryAsync(user.TenantId, query);

    public async Task<T> WithConsumersAsync<T>(Client user, Func<LogConsumers, Task<T>> use)
    {
        await using var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Crm.Database.Tenancy.TenantScope>().Enter(user.TenantId, "test");
        return await use(scope.ServiceProvider.GetRequiredService<LogConsumers>());
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
