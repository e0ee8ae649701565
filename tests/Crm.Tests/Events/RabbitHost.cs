using Crm.Services.Audit;
using Crm.Services.Events;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crm.Tests.Events;

/// <summary>A service of its own that publishes to a broker, and what it logs.</summary>
internal sealed class RabbitHost(CrmHost host, CapturedLogs logs) : IAsyncDisposable
{
    public const string Consumer = "rabbitmq";

    public CrmHost Host => host;

    public CapturedLogs Logs => logs;

    /// <param name="database">Over which kind of database.</param>
    /// <param name="uri">Which broker.</param>
    /// <param name="settings">What to set besides.</param>
    public static async Task<RabbitHost> StartAsync(Database database, Uri uri, params (string Name, string Value)[] settings) =>
        await StartAsync(database, await Hosts.NewDatabaseAsync(database), uri, settings);

    public static async Task<RabbitHost> StartAsync(Database database, string connectionString, Uri uri, params (string Name, string Value)[] settings)
    {
        var logs = new CapturedLogs();
        var host = await CrmHost.StartAsync(database, connectionString, builder =>
        {
            builder.Configuration["RabbitMq:Uri"] = uri.AbsoluteUri;
            foreach (var (name, value) in settings) builder.Configuration[name] = value;
            builder.Logging.ClearProviders().AddProvider(logs);
        });
        return new RabbitHost(host, logs);
    }

    /// <summary>What the workers do: seals what was written, and tells of it.</summary>
    public async Task PublishAsync()
    {
        await host.Services.GetRequiredService<Sealer>().SealAllAsync(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<Relay>().RunOnceAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lets the time pass until what is held is due, and the consumer rests no more; and publishes.</summary>
    public async Task PublishLaterAsync(Guid tenantId)
    {
        await host.QueryAsync(tenantId, async db =>
        {
            await db.HeldDeliveries.Where(h => h.Consumer == Consumer && h.DueAt != null).ExecuteUpdateAsync(set => set.SetProperty(h => h.DueAt, DateTimeOffset.UnixEpoch));
            var held = await db.HeldDeliveries.Where(h => h.Consumer == Consumer).MinAsync(h => h.DueAt);
            return await db.LogConsumers.Where(c => c.Name == Consumer).ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, DateTimeOffset.UnixEpoch).SetProperty(c => c.HeldDueAt, held));
        });
        await PublishAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
