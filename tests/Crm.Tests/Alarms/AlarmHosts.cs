using Crm.Tests.Kit;
using Xunit;

namespace Crm.Tests.Alarms;

/// <summary>A service for each database, apart from the other tests: whoever rings, rings for every tenant that there is. Started when first asked for.</summary>
public sealed class AlarmHosts : IAsyncLifetime
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
