using Crm.Services.Conversion;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crm.Tests.Conversion;

/// <summary>A service of its own whose registry is a stub that it waits a second for, and what it logs.</summary>
internal sealed class StubbedHost(StubRegistry registry, CrmHost host, CapturedLogs logs) : IAsyncDisposable
{
    public StubRegistry Registry => registry;

    public CrmHost Host => host;

    public CapturedLogs Logs => logs;

    /// <param name="database">Over which kind of database.</param>
    /// <param name="settings">What to set besides, or instead.</param>
    public static async Task<StubbedHost> StartAsync(Database database, params (string Name, string Value)[] settings)
    {
        var registry = await StubRegistry.StartAsync();
        return await StartAsync(database, await Hosts.NewDatabaseAsync(database), registry, settings);
    }

    /// <summary>Over a database and before a registry that are there; the registry goes with it.</summary>
    public static async Task<StubbedHost> StartAsync(Database database, string connectionString, StubRegistry registry, params (string Name, string Value)[] settings)
    {
        var logs = new CapturedLogs();
        var host = await CrmHost.StartAsync(database, connectionString, builder =>
        {
            (builder.Configuration["Registry:BaseUrl"], builder.Configuration["Registry:TimeoutSeconds"]) = (registry.Address.AbsoluteUri, "1");
            foreach (var (name, value) in settings) builder.Configuration[name] = value;
            builder.Logging.ClearProviders().AddProvider(logs);
        });
        return new StubbedHost(registry, host, logs);
    }

    /// <summary>What a worker does every second: goes on with all that is due; to the end.</summary>
    public async Task GoOnAsync() => await Task.WhenAll(await host.Services.GetRequiredService<ConversionRunner>().StartDueAsync(TestContext.Current.CancellationToken));

    /// <summary>Waits until nothing is under way, and begins with nothing more.</summary>
    public Task RestAsync() => host.Services.GetRequiredService<ConversionRunner>().DrainAsync(TestContext.Current.CancellationToken);

    /// <summary>The errors logged that tell of a conversion.</summary>
    public List<LogLine> ErrorsOf(Guid conversionId) => [.. logs.Lines.Where(line => line.Level == LogLevel.Error && line.Values.GetValueOrDefault("Conversion") == $"{conversionId}")];

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await registry.DisposeAsync();
    }
}

/// <summary>A service with a stub for each database, shared by the tests of a class, which run one after another. Started when first asked for.</summary>
public sealed class StubbedHosts : IAsyncLifetime
{
    private readonly Dictionary<Database, StubbedHost> hosts = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.Values) await host.DisposeAsync();
    }

    internal async Task<StubbedHost> For(Database database)
    {
        if (!hosts.TryGetValue(database, out var host)) hosts.Add(database, host = await StubbedHost.StartAsync(database));
        host.Registry.GetWell();
        return host;
    }
}
