using Crm.Tests.Kit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Tests.Edge;

/// <summary>A service of its own with limits, which the shared ones don't have.</summary>
internal static class LimitedHost
{
    public static async Task<CrmHost> StartAsync(Database database, TimeProvider? clock, params (string Name, string Value)[] settings) =>
        await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database), builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
            if (clock is not null) builder.Services.AddSingleton(clock);
        });
}
