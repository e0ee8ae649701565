using System.Net;
using Crm.Contracts.Members;
using Crm.Tests.Concurrency;
using Crm.Tests.Kit;
using Crm.Tests.Logging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shouldly;
using Xunit;

namespace Crm.Tests.Alarms;

/// <summary>Who rings: on time, once, whatever happens to the others.</summary>
public sealed class AlarmClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, EachDatabase]
    public async Task Twenty_who_ring_at_once_on_two_instances_tell_each_thing_once(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var first = await CrmHost.StartAsync(database, connectionString);
        await using var second = await CrmHost.StartAsync(database, connectionString);
        CrmHost[] both = [first, second];
        var clients = new[] { first.NewTenant(), first.NewTenant(), first.NewTenant() };
        var tasks = new List<(Client Client, Guid Id)>();
        for (var i = 0; i < 60; i++) tasks.Add((clients[i % 3], await clients[i % 3].MakeTaskAsync(due: -Hour, remind: -Hour)));

        var rung = await Race.OfAsync(20, i => both[i % 2].RingAsync());
        await first.RingAsync();

        rung.Sum().ShouldBeGreaterThan(0);
        foreach (var (client, task) in tasks) (await client.EventsAsync(task)).ShouldBe(["task.created", "task.reminded", "task.due"]);
        foreach (var client in clients) await Invariants.AssertAsync(first, client.TenantId);
        (await second.RingAsync()).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task Several_workers_ring_within_five_seconds_and_once_also_over_a_restart(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        var begun = await StartAsync();
        var ada = begun.NewTenant();
        var (soon, later) = (await ada.MakeTaskAsync(due: TimeSpan.FromSeconds(2)), await ada.MakeTaskAsync(due: Hour));
        await ada.EventsAsync(soon, 2);
        await begun.DisposeAsync();

        await using var idle = await CrmHost.StartAsync(database, connectionString);
        await new Client(idle, ada.TenantId, ada.User, Role.Admin).LetPassAsync(later, Hour - TimeSpan.FromSeconds(5));
        await using var second = await StartAsync();
        await using var third = await StartAsync();
        var client = new Client(third, ada.TenantId, ada.User, Role.Admin);
        var last = await client.MakeTaskAsync(due: TimeSpan.FromSeconds(1));

        foreach (var task in new[] { later, last }) (await client.EventsAsync(task, 2)).ShouldBe(["task.created", "task.due"]);
        (await client.EventsAsync(soon)).ShouldBe(["task.created", "task.due"], "the restart told nothing again");
        foreach (var (task, atMost) in new[] { (soon, TimeSpan.FromSeconds(5)), (later, TimeSpan.MaxValue), (last, TimeSpan.FromSeconds(5)) })
        {
            var dueAt = (await client.GetAsync($"/api/tasks/{task}"))["dueAt"].GetDateTimeOffset();
            var told = await second.QueryAsync(ada.TenantId, db => db.Events.Where(e => e.RecordId == task && e.Type == "task.due").Select(e => e.OccurredAt).SingleAsync());
            (told - dueAt).ShouldBeInRange(TimeSpan.Zero, atMost);
        }

        Task<CrmHost> StartAsync() => CrmHost.StartAsync(database, connectionString, builder => builder.Configuration["Worker:Enabled"] = "true");
    }

    [Theory, EachDatabase]
    public async Task A_record_that_fails_is_left_for_a_while_and_the_others_ring(Database database)
    {
        var logs = new CapturedLogs();
        var clock = new MovableClock();
        await using var host = await logs.StartHostAsync(database, "Production", clock: clock);
        var (client, other) = (host.NewTenant(), host.NewTenant());
        var stuck = await client.MakeTaskAsync(due: -3 * Hour);
        var tasks = new[] { (client, await client.MakeTaskAsync(due: -2 * Hour)), (client, await client.MakeTaskAsync(due: -Hour)), (other, await other.MakeTaskAsync(due: -Hour)) };
        await using var connection = await Sql.OpenAsync(database, host.ConnectionString);
        await connection.ExecuteAsync(database == Database.Postgres
            ? $"""
               CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
               CREATE TRIGGER refusing BEFORE UPDATE ON tasks FOR EACH ROW WHEN (OLD.id = '{stuck}') EXECUTE FUNCTION refuse()
               """
            : $"CREATE TRIGGER refusing BEFORE UPDATE ON tasks WHEN OLD.id = '{stuck.ToString().ToUpperInvariant()}' BEGIN SELECT RAISE(ABORT, 'no'); END");

        foreach (var _ in new[] { 1, 2, 3 }) await host.RingAsync();

        foreach (var (owner, task) in tasks) (await owner.EventsAsync(task)).ShouldBe(["task.created", "task.due"]);
        (await client.EventsAsync(stuck)).ShouldBe(["task.created"]);
        var line = logs.Lines.Where(line => line.Level == LogLevel.Error).ShouldHaveSingleItem("it isn't tried again at once");
        (line.Values["Record"], line.Values["Tenant"]).ShouldBe(($"{stuck}", $"{client.TenantId}"));
        await connection.ExecuteAsync(database == Database.Postgres ? "DROP TRIGGER refusing ON tasks" : "DROP TRIGGER refusing");
        clock.Advance(TimeSpan.FromMinutes(1));
        await host.RingAsync();
        (await client.EventsAsync(stuck)).ShouldBe(["task.created", "task.due"]);
    }

    [Theory, EachDatabase]
    public async Task A_change_at_the_same_moment_and_the_alarm_both_happen(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var client = host.NewTenant();
        var tasks = new List<Guid>();
        for (var i = 0; i < 20; i++) tasks.Add(await client.MakeTaskAsync(due: -Hour));

        var answers = await Race.OfAsync<Answer?>(22, async i => i < 20 ? await client.PatchAsync($"/api/tasks/{tasks[i]}", new { title = "Ring" }) : await RingAsync());
        await host.RingAsync();

        answers.ShouldAllBe(answer => answer == null || answer.Status == HttpStatusCode.OK);
        foreach (var task in tasks) (await client.EventsAsync(task)).ShouldBe(["task.created", "task.updated", "task.due"], ignoreOrder: true);
        await Invariants.AssertAsync(host, client.TenantId);

        async Task<Answer?> RingAsync()
        {
            await host.RingAsync();
            return null;
        }
    }

    [Fact]
    public async Task Who_asks_which_tenants_have_alarms_is_told_their_ids_alone()
    {
        await using var host = await CrmHost.StartAsync(Database.Postgres, await Hosts.NewDatabaseAsync(Database.Postgres));
        var (due, idle) = (host.NewTenant(), host.NewTenant());
        await due.MakeTaskAsync(due: -Hour);
        await idle.MakeTaskAsync(due: Hour);
        await using var connection = await Sql.OpenAsync(Database.Postgres, new NpgsqlConnectionStringBuilder(host.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.ExecuteAsync("SET ROLE crm_app");

        (await connection.RowsAsync("SELECT tenants_with_alarms()")).Select(row => row[0]).ShouldBe([due.TenantId]);
        foreach (var table in new[] { "tasks", "deals" }) (await connection.RowsAsync($"SELECT * FROM {table}")).ShouldBeEmpty(table);
        await connection.ExecuteAsync("RESET ROLE; CREATE ROLE stranger_to_alarms; GRANT USAGE ON SCHEMA public TO stranger_to_alarms; SET ROLE stranger_to_alarms");
        (await Should.ThrowAsync<PostgresException>(() => connection.RowsAsync("SELECT tenants_with_alarms()"))).SqlState.ShouldBe("42501");
        await connection.ExecuteAsync("RESET ROLE; DROP OWNED BY stranger_to_alarms; DROP ROLE stranger_to_alarms");
    }
}
