using System.Diagnostics;
using System.Net;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

[Collection(RabbitTests.Name)]
public sealed class RabbitOrderTests(RabbitServer server)
{
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(5);

    [Theory, EachDatabase]
    public async Task Two_relays_over_one_database_publish_each_records_versions_in_order(Database database)
    {
        const int records = 4, changes = 15;
        var connection = await Hosts.NewDatabaseAsync(database);
        await using var first = await RabbitHost.StartAsync(database, connection, server.Uri);
        await using var second = await RabbitHost.StartAsync(database, connection, server.Uri);
        await using var queue = await RabbitQueue.OpenAsync(server, "#");
        var ada = first.Host.NewTenant();
        await ada.GetAsync("/api/me");

        var writing = Task.WhenAll(Enumerable.Range(0, records).Select(_ => WriteAsync()));
        await Task.WhenAll(RelayAsync(first), RelayAsync(second), writing);
        await first.PublishAsync();

        var messages = await queue.OfAsync(ada.TenantId, records * (changes + 1));
        foreach (var record in messages.GroupBy(m => m.Subject)) record.Select(m => m.Version).ShouldBe(Enumerable.Range(1, changes + 1), record.Key);

        async Task WriteAsync()
        {
            var lead = await ada.MakeAsync("leads", new { lastName = "0" });
            for (var i = 1; i <= changes; i++) (await ada.PatchAsync($"/api/leads/{lead}", new { lastName = $"{i}" })).ShouldBe(HttpStatusCode.OK);
        }

        async Task RelayAsync(RabbitHost relay)
        {
            while (!writing.IsCompleted) await relay.PublishAsync();
        }
    }

    /// <summary>SQLite has one writer, who keeps all others waiting.</summary>
    [Fact]
    public async Task What_is_committed_late_is_not_skipped_by_what_was_published_meanwhile()
    {
        await using var crm = await RabbitHost.StartAsync(Database.Postgres, server.Uri);
        await using var queue = await RabbitQueue.OpenAsync(server, "#");
        await using var gate = await Sql.OpenAsync(Database.Postgres, crm.Host.ConnectionString);
        await gate.ExecuteAsync(
            """
            CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN WHILE NOT pg_try_advisory_xact_lock_shared(1) LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW WHEN (NEW.type = 'task.created') EXECUTE FUNCTION wait_at_commit();
            SELECT pg_advisory_lock(1);
            """);
        var ada = crm.Host.NewTenant();
        await ada.GetAsync("/api/me");

        var since = Stopwatch.StartNew();
        var slow = ada.PostAsync("/api/tasks", new { title = "Slow" });
        await WaitingAsync(gate);
        for (var later = 1; since.Elapsed < Held; later++)
        {
            await ada.MakeAsync("leads", new { lastName = $"Later {later}" });
            await crm.PublishAsync();
            (await queue.OfAsync(ada.TenantId, later)).ShouldAllBe(m => m.RoutingKey == "lead.created");
            slow.IsCompleted.ShouldBeFalse();
        }

        await gate.ExecuteAsync("SELECT pg_advisory_unlock(1)");
        (await slow).ShouldBe(HttpStatusCode.Created);
        await crm.PublishAsync();

        var all = await crm.Host.QueryAsync(ada.TenantId, db => db.Events.Where(e => e.RecordId != null).Select(e => e.Id).ToListAsync());
        (await queue.OfAsync(ada.TenantId, all.Count)).Select(m => m.Id).ShouldBe(all, ignoreOrder: true);
        queue.Messages.Where(m => m.TenantId == $"{ada.TenantId}").ShouldContain(m => m.RoutingKey == "task.created");
    }

    /// <summary>Until the slow one is at its commit.</summary>
    private static async Task WaitingAsync(System.Data.Common.DbConnection gate)
    {
        while ((await gate.RowsAsync("SELECT 1 FROM pg_stat_activity WHERE state <> 'idle' AND wait_event = 'PgSleep' AND datname = current_database()")).Count == 0) await Task.Delay(20);
    }
}
