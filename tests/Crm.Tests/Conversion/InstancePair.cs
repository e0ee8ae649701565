using Crm.Contracts.Members;
using Crm.Tests.Kit;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Crm.Tests.Conversion;

/// <summary>Two instances over one database and before one registry, which they wait for as long as a test may want to hold a call.</summary>
internal sealed class InstancePair : IAsyncDisposable
{
    private InstancePair(StubRegistry registry, StubbedHost first, StubbedHost second)
    {
        (Registry, First, Second) = (registry, first, second);
        var ada = first.Host.NewTenant(Role.Manager);
        Clients = [ada, new(second.Host, ada.TenantId, ada.User, Role.Manager)];
    }

    public StubRegistry Registry { get; }

    public StubbedHost First { get; }

    public StubbedHost Second { get; }

    /// <summary>One user, by either.</summary>
    public Client[] Clients { get; }

    /// <summary>The user, by the first.</summary>
    public Client Ada => Clients[0];

    public static async Task<InstancePair> StartAsync(Database database)
    {
        var registry = await StubRegistry.StartAsync();
        var connection = await Hosts.NewDatabaseAsync(database);
        return new InstancePair(registry, await StartAsync(), await StartAsync());

        Task<StubbedHost> StartAsync() => StubbedHost.StartAsync(database, connection, registry, ("Registry:TimeoutSeconds", "60"));
    }

    /// <summary>Holds the next call of a kind until it is let go, and then answers it; those that come after it go on.</summary>
    public (Task Reached, Action LetGo) Hold(string method, IResult atLast)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Registry.Before = async context =>
        {
            if (context.Request.Method != method || !reached.TrySetResult()) return null;
            await released.Task;
            return atLast;
        };
        return (reached.Task, released.SetResult);
    }

    /// <summary>The lease of the first ends; the second takes over, and completes it.</summary>
    /// <returns>The conversion and its customer.</returns>
    public async Task<(Guid Id, string Customer)> OvertakeAsync(Guid lead)
    {
        var id = await Ada.Host.QueryAsync(Ada.TenantId, db => db.Conversions.Where(c => c.LeadId == lead).Select(c => c.Id).SingleAsync());
        await Ada.LetPassAsync(id);
        await Second.GoOnAsync();
        var customer = Registry.MadeOf(lead).ShouldHaveSingleItem();
        await Ada.ShouldBeCompletedAsync(id, lead, customer);
        return (id, customer);
    }

    /// <summary>The first found that another had its conversion, and said so.</summary>
    public void ShouldHaveLost(Guid conversionId) =>
        First.Logs.Lines.Where(line => line.Level == LogLevel.Warning && line.Values.GetValueOrDefault("Conversion") == $"{conversionId}").ShouldHaveSingleItem().Message.ShouldContain("longer than its lease");

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
