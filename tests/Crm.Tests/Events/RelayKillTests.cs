using System.Diagnostics;
using System.Globalization;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

/// <summary>
/// Workers killed (SIGKILL) every two seconds and the broker restarted while others write; then the broker away for a while. CRM_RELAY_WRITES sets how
/// many writes (bin/relay-kills: 10 000), CRM_RELAY_AWAY for how many seconds the broker is away (60), CRM_REPORT the folder where what came of it is written.
/// </summary>
public sealed class RelayKillTests(RabbitServer server) : IClassFixture<RabbitServer>
{
    private const int Tenants = 4;
    private static readonly int Writes = Number("CRM_RELAY_WRITES", 300);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(Number("CRM_RELAY_AWAY", 1));
    private static readonly TimeSpan LongestAfterKills = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestAfterReturn = TimeSpan.FromSeconds(60);

    [Theory, EachDatabase]
    public async Task Whatever_is_killed_every_acknowledged_change_is_published_in_order(Database database)
    {
        await using var window = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        await using var queue = await RabbitQueue.OpenKeepingAsync(server, "#");
        await using var fleet = await RelayFleet.StartAsync(window, server.Uri);
        var users = Enumerable.Range(0, Tenants).Select(_ => window.NewTenant()).ToList();
        var tenants = users.ConvertAll(user => user.TenantId);
        var writes = new RelayWrites(users, fleet.Address);

        var drained = await KillAsync(fleet, writes, tenants);
        var (during, drainedAfterReturn) = await GoAwayAsync(fleet, writes, tenants);

        await queue.ReconnectAsync(server, consumes: false);
        await queue.ReadAsync();
        var events = await ShouldAllBePublishedAsync(window, writes, tenants, queue.Messages);
        await Report.AddAsync("relay-kills", database, string.Create(
            CultureInfo.InvariantCulture,
            $"{writes.Acknowledged.Count} | {events} | {queue.Messages.DistinctBy(m => m.Id).Count()} | {queue.Messages.Count - events} | {fleet.Kills} | {drained.TotalSeconds:0.0} | {Away.TotalSeconds:0} | {during} | {drainedAfterReturn.TotalSeconds:0.0}"));
        writes.Failed.ShouldBe(0);
        (drained < LongestAfterKills, drainedAfterReturn < LongestAfterReturn).ShouldBe((true, true), $"{drained}, {drainedAfterReturn}");
        fleet.Kills.ShouldBeGreaterThan(0);
    }

    [Theory, EachDatabase]
    public async Task Killed_once_it_has_published_it_publishes_again_what_it_could_not_note(Database database)
    {
        await using var window = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        await using var queue = await RabbitQueue.OpenAsync(server, "#");
        var ada = window.NewTenant();
        foreach (var name in (string[])["First", "Second"]) await ada.MakeAsync("leads", new { lastName = name });
        do
        {
            // What others are told of kills it as well, and may come first.
            await using var dying = RelayFleet.Start(window, server.Uri, ["worker"], RelayFleet.KilledOncePublished);
            (await dying.EndAsync()).ShouldBe(128 + 9);
        }
        while (queue.Messages.Count == 0);
        var before = (await queue.OfAsync(ada.TenantId, 2)).ConvertAll(m => m.Id);
        (await BehindAsync(window, ada)).ShouldBeGreaterThan(0);
        await window.QueryAsync(ada.TenantId, db => db.LogConsumers.Where(c => c.Name == RabbitHost.Consumer).ExecuteUpdateAsync(set => set.SetProperty(c => c.DueAt, DateTimeOffset.UnixEpoch))); // its lease ends

        await using var next = RelayFleet.Start(window, server.Uri, ["worker"]);

        while (await BehindAsync(window, ada) > 0 || queue.Messages.Count < 4) await Task.Delay(20, TestContext.Current.CancellationToken);
        foreach (var id in before) queue.Messages.Count(m => m.Id == id).ShouldBeGreaterThan(1);
        queue.Messages.Select(m => m.Id).Distinct().ShouldBe(before);
    }

    private static Task<long> BehindAsync(CrmHost window, Client user) =>
        window.QueryAsync(user.TenantId, db => db.LogConsumers.Where(c => c.Name == RabbitHost.Consumer).Select(c => c.Target - c.Position).SingleAsync());

    /// <returns>How long after the last write all was published.</returns>
    private async Task<TimeSpan> KillAsync(RelayFleet fleet, RelayWrites writes, List<Guid> tenants)
    {
        using var written = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var killing = fleet.KillAsync(written.Token);
        await writes.WriteAsync(Writes / 2);
        var second = writes.WriteAsync(Writes - (Writes / 2));
        await server.StopAsync();
        await server.StartAsync();
        await second;
        var since = Stopwatch.StartNew();
        await written.CancelAsync();
        await killing;
        return await DrainedAsync(fleet, tenants, since, LongestAfterKills);
    }

    /// <returns>How many writes were done meanwhile, and how long after the broker's return all was published.</returns>
    private async Task<(int During, TimeSpan Drained)> GoAwayAsync(RelayFleet fleet, RelayWrites writes, List<Guid> tenants)
    {
        var before = writes.Acknowledged.Count;
        using var returns = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await server.StopAsync();
        var writing = writes.WriteUntilAsync(returns.Token);
        await Task.Delay(Away, TestContext.Current.CancellationToken);
        await returns.CancelAsync();
        await writing;
        var during = writes.Acknowledged.Count - before;
        during.ShouldBeGreaterThan(0);
        (await fleet.BehindAsync(tenants)).ShouldBeGreaterThan(0);
        await server.StartAsync();
        return (during, await DrainedAsync(fleet, tenants, Stopwatch.StartNew(), LongestAfterReturn));
    }

    private static async Task<TimeSpan> DrainedAsync(RelayFleet fleet, List<Guid> tenants, Stopwatch since, TimeSpan longest)
    {
        while (since.Elapsed < longest && await fleet.BehindAsync(tenants) > 0) await Task.Delay(50, TestContext.Current.CancellationToken);
        return since.Elapsed;
    }

    /// <returns>How many events there are.</returns>
    private static async Task<int> ShouldAllBePublishedAsync(CrmHost window, RelayWrites writes, List<Guid> tenants, IReadOnlyList<RabbitMessage> messages)
    {
        var events = new Dictionary<Guid, (Guid TenantId, Guid Record, int Version)>();
        foreach (var tenantId in tenants)
        {
            var rows = await window.QueryAsync(tenantId, db => db.Events.Where(e => e.RecordId != null).Select(e => new { e.Id, e.RecordId, e.Version }).ToListAsync());
            foreach (var row in rows) events.Add(row.Id, (tenantId, row.RecordId!.Value, row.Version!.Value));
        }

        writes.Acknowledged.Except(events.Values).ShouldBeEmpty();
        var published = messages.DistinctBy(m => m.Id).ToList();
        published.Select(m => m.Id).ToHashSet().SetEquals(events.Keys).ShouldBeTrue($"{published.Count} of {events.Count}");
        foreach (var record in published.GroupBy(m => m.Subject)) record.Select(m => m.Version).ShouldBe(Enumerable.Range(1, record.Count()), record.Key);
        return events.Count;
    }

    private static int Number(string variable, int byDefault) => int.Parse(Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : $"{byDefault}", CultureInfo.InvariantCulture);
}
