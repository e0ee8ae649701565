using Crm.Contracts.Members;
using Crm.Database.Events;
using Crm.Services.Audit;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Audit;

public sealed class SealTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Events_are_sealed_in_order_without_a_gap_and_the_head_tells_of_it(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        for (var i = 0; i < 4; i++) await client.PatchAsync($"/api/leads/{lead}", new { lastName = $"Lovelace {i}", status = i % 2 == 0 ? "CONTACTED" : "NEW" });
        await client.PatchAsync("/api/settings", new { name = "Nordwind" });
        var before = await client.GetAsync("/api/audit/head");
        (before["position"].GetInt32(), before["hash"].GetString(), before["sealedAt"].GetString(), before["unsealed"].GetInt32()).ShouldBe((0, null, null, 10));

        (await SealAsync(client)).ShouldBe(10);
        (await SealAsync(client)).ShouldBe(0);

        var head = await client.GetAsync("/api/audit/head");
        (head["position"].GetInt32(), head["unsealed"].GetInt32(), head["hash"].GetString()!.Length).ShouldBe((10, 0, 64));
        var chain = await ChainAsync(client);
        chain.Select(link => link.Position).ShouldBe(Enumerable.Range(1, 10).Select(i => (long)i));
        chain.Take(9).Select(link => link.Version).ShouldBe(Enumerable.Range(1, 9).Select(i => (int?)i));
        (await CheckAsync(client)).Findings.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_records_events_are_sealed_by_version_whatever_clocks_say_and_however_many_there_are(Database database)
    {
        var client = (await Hosts.For(database)).NewTenant();
        var lead = await client.MakeAsync("leads", new { lastName = "Lovelace" });
        for (var i = 0; i < 250; i++) await client.PatchAsync($"/api/leads/{lead}", new { lastName = $"Lovelace {i}" });
        // As a machine whose clock is behind writes: the later the version, the earlier the time; the ids, too.
        await client.Host.QueryAsync(client.TenantId, async db =>
        {
            var events = await db.Events.AsNoTracking().ToListAsync();
            await db.UnsealedEvents.ExecuteDeleteAsync();
            await db.Events.ExecuteDeleteAsync();
            foreach (var e in events)
            {
                var at = e.OccurredAt.AddHours(-e.Version!.Value);
                var copy = new Crm.Database.Events.Event
                {
                    TenantId = e.TenantId,
                    Id = Guid.CreateVersion7(at),
                    Type = e.Type,
                    Collection = e.Collection,
                    RecordId = e.RecordId,
                    Version = e.Version,
                    Actor = e.Actor,
                    OccurredAt = at,
                    Changes = e.Changes,
                    Record = e.Record,
                };
                db.Add(copy);
                db.Add(new Crm.Database.Audit.UnsealedEvent { TenantId = e.TenantId, EventId = copy.Id });
            }

            return await db.SaveChangesAsync();
        });

        while (await SealAsync(client) > 0)
        {
        }

        (await ChainAsync(client)).Select(link => link.Version).ShouldBe(Enumerable.Range(1, 251).Select(i => (int?)i));
        (await CheckAsync(client)).Findings.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task Two_services_that_write_and_seal_at_once_make_one_chain_for_each_tenant(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var first = await StartAsync(database, connectionString);
        await using var second = await StartAsync(database, connectionString);
        Client[] tenants = [first.NewTenant(), first.NewTenant(), first.NewTenant()];
        var shared = await Task.WhenAll(tenants.Select(client => client.MakeAsync("leads", new { lastName = "Shared" })));

        await Task.WhenAll(new[] { first, second }.SelectMany(host => tenants.Select((tenant, t) => Task.Run(async () =>
        {
            var client = new Client(host, tenant.TenantId, "ada", Role.Admin);
            for (var i = 0; i < 40; i++)
            {
                if (i % 2 == 0) await client.MakeAsync("tasks", new { title = $"Task {i}" });
                else await client.PatchAsync($"/api/leads/{shared[t]}", new { lastName = $"By {host.Address.Port} {i}" });
            }
        }))));

        foreach (var client in tenants)
        {
            while ((await client.GetAsync("/api/audit/head"))["unsealed"].GetInt32() > 0) await Task.Delay(50, Stop);
            var events = await client.Host.QueryAsync(client.TenantId, db => db.Events.CountAsync());
            events.ShouldBeGreaterThanOrEqualTo(81);
            var chain = await ChainAsync(client);
            chain.Select(link => link.Position).ShouldBe(Enumerable.Range(1, events).Select(i => (long)i));
            chain.Where(link => link.Collection == "leads").Select(link => link.Version!.Value).ShouldBeInOrder();
            (await CheckAsync(client)).Findings.ShouldBeEmpty();
        }
    }

    [Theory, EachDatabase]
    public async Task A_worker_that_is_killed_again_and_again_leaves_a_chain_that_goes_on(Database database)
    {
        var connectionString = await Hosts.NewDatabaseAsync(database);
        await using var host = await CrmHost.StartAsync(database, connectionString);
        var client = host.NewTenant();
        await client.GetAsync("/api/me");
        await host.QueryAsync(client.TenantId, async db =>
        {
            for (var i = 0; i < 6000; i++) db.Audit("test.happened", "tests", $"{i}", new Dictionary<string, Crm.Contracts.Events.FieldChange>(StringComparer.Ordinal));
            return await db.SaveChangesAsync();
        });
        var settings = Hosting.SettingTests.With(("ConnectionStrings__Crm", connectionString));

        for (long sealedBefore = 0, kills = 0; kills < 3; kills++)
        {
            await using var worker = CrmProcess.Start(["worker"], settings);
            long position;
            do position = (await client.GetAsync("/api/audit/head"))["position"].GetInt64();
            while (position == sealedBefore && position < 6000);
            worker.Kill();
            await worker.EndAsync();
            (await CheckAsync(client)).Findings.ShouldBeEmpty();
            sealedBefore = (await client.GetAsync("/api/audit/head"))["position"].GetInt64();
        }

        await host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop);
        var head = await client.GetAsync("/api/audit/head");
        (head["position"].GetInt32(), head["unsealed"].GetInt32()).ShouldBe((6000, 0));
        (await CheckAsync(client)).Findings.ShouldBeEmpty();
    }

    [Theory, EachDatabase]
    public async Task A_tenant_whose_events_cannot_be_sealed_does_not_keep_the_others_waiting(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var clients = Enumerable.Range(0, 3).Select(_ => host.NewTenant()).OrderBy(client => client.TenantId).ToList();
        foreach (var client in clients) await client.MakeAsync("leads", new { lastName = "Lovelace" });
        await using (var connection = await Sql.OpenAsync(database, host.ConnectionString))
        {
            // The first in the sealer's order, so that the others come after it.
            await connection.ExecuteAsync(database == Database.Sqlite
                ? $"CREATE TRIGGER spoilt BEFORE INSERT ON seals WHEN NEW.tenant_id = '{clients[0].TenantId.ToString().ToUpperInvariant()}' BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
                : $$"""
                    CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''spoilt''; END';
                    CREATE TRIGGER spoilt BEFORE INSERT ON seals FOR EACH ROW WHEN (NEW.tenant_id = '{{clients[0].TenantId}}') EXECUTE FUNCTION spoil()
                    """);
        }

        (await host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop)).ShouldBe(2);

        var waiting = new List<int>();
        foreach (var client in clients) waiting.Add((await client.GetAsync("/api/audit/head"))["unsealed"].GetInt32());
        waiting.ShouldBe([1, 0, 0]);
    }

    [Theory, EachDatabase]
    public async Task A_tenant_whose_events_could_not_be_sealed_is_tried_again_after_a_while(Database database)
    {
        var clock = new SettableClock();
        await using var host = await clock.StartHostAsync(database);
        var client = host.NewTenant();
        await client.MakeAsync("leads", new { lastName = "Lovelace" });
        var sealer = host.Services.GetRequiredService<Sealer>();
        await using var connection = await Sql.OpenAsync(database, host.ConnectionString);
        await connection.ExecuteAsync("ALTER TABLE seals RENAME TO seals_away");
        (await sealer.SealAllAsync(Stop)).ShouldBe(0);
        await connection.ExecuteAsync("ALTER TABLE seals_away RENAME TO seals");

        (await sealer.SealAllAsync(Stop)).ShouldBe(0, "it is left alone");
        clock.Advance(TimeSpan.FromSeconds(5));
        (await sealer.SealAllAsync(Stop)).ShouldBe(1);
    }

    [Theory, EachDatabase]
    public async Task All_that_waits_is_sealed_at_once_also_behind_events_that_are_gone(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var client = host.NewTenant();
        await client.GetAsync("/api/me");
        await host.QueryAsync(client.TenantId, async db =>
        {
            for (var i = 0; i < 900; i++) db.Audit("test.happened", "tests", $"{i}", new Dictionary<string, Crm.Contracts.Events.FieldChange>(StringComparer.Ordinal));
            await db.SaveChangesAsync(Stop);
            // The first two batches whole, and one event of another.
            var gone = await db.Events.Where(e => e.Type == "test.happened").OrderBy(e => e.Id).Select(e => e.Id).Take(401).ToListAsync(Stop);
            return await db.Events.Where(e => gone.Contains(e.Id)).ExecuteDeleteAsync(Stop);
        });

        (await host.Services.GetRequiredService<Sealer>().SealAllAsync(Stop)).ShouldBe(499);
        (await client.GetAsync("/api/audit/head"))["unsealed"].GetInt32().ShouldBe(401);
    }

    [Theory, EachDatabase]
    public async Task The_sealer_is_woken_by_the_commit_not_by_what_nobody_sees_yet(Database database)
    {
        await using var host = await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var client = host.NewTenant();
        var signal = host.Services.GetRequiredService<LogSignal>();
        await client.GetAsync("/api/me");
        var woken = signal.NextWritten;

        await host.QueryAsync(client.TenantId, db => db.InTransactionAsync(
            async () =>
            {
                db.Add(Crm.Database.Leads.Lead.Create(new() { LastName = "Lovelace" }, "EUR", db.Stamp()));
                await db.SaveChangesAsync(Stop);
                woken.IsCompleted.ShouldBeFalse();
                return true;
            },
            Stop));

        woken.IsCompleted.ShouldBeTrue();
    }

    [Theory, EachDatabase]
    public async Task A_service_seals_by_itself_soon_after_it_writes(Database database)
    {
        await using var host = await StartAsync(database, await Hosts.NewDatabaseAsync(database));
        var client = host.NewTenant();
        await client.MakeAsync("leads", new { lastName = "Lovelace" });

        while ((await client.GetAsync("/api/audit/head"))["position"].GetInt32() != 1) await Task.Delay(20, Stop);
        (await CheckAsync(client)).Unsealed.ShouldBe(0);
    }

    [Fact]
    public async Task The_application_is_told_of_other_tenants_ids_that_wait_and_sees_nothing_else_of_them()
    {
        var host = await CrmHost.StartAsync(Database.Postgres, await Hosts.NewDatabaseAsync(Database.Postgres));
        await using (host)
        {
            var client = host.NewTenant();
            await client.MakeAsync("leads", new { lastName = "Lovelace" });
            await using var connection = await Sql.OpenAsync(Database.Postgres, host.ConnectionString);
            await connection.ExecuteAsync("SET ROLE crm_app");

            (await connection.RowsAsync("SELECT tenants_to_seal()")).Select(row => row[0]).ShouldBe([client.TenantId]);
            foreach (var table in new[] { "unsealed_events", "seals", "seal_heads", "tenants" }) (await connection.RowsAsync($"SELECT * FROM {table}")).ShouldBeEmpty(table);
            await connection.ExecuteAsync("RESET ROLE");
            await connection.ExecuteAsync("CREATE ROLE stranger_to_seals; GRANT USAGE ON SCHEMA public TO stranger_to_seals; SET ROLE stranger_to_seals");
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => connection.RowsAsync("SELECT tenants_to_seal()"))).SqlState.ShouldBe("42501");
            await connection.ExecuteAsync("RESET ROLE; DROP OWNED BY stranger_to_seals; DROP ROLE stranger_to_seals");
        }
    }

    private static Task<CrmHost> StartAsync(Database database, string connectionString) => CrmHost.StartAsync(
        database, connectionString, builder => builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Worker:Enabled", (string?)"true")]));

    private static Task<int> SealAsync(Client client) => client.Host.Services.GetRequiredService<Sealer>().SealBatchAsync(client.TenantId, Stop);

    private static Task<ChainReport> CheckAsync(Client client) => client.Host.Services.GetRequiredService<AuditCheck>().CheckAsync(client.TenantId, [], Stop);

    private static Task<List<Link>> ChainAsync(Client client) => client.Host.QueryAsync(client.TenantId, db => db.Seals.AsNoTracking().OrderBy(s => s.Position)
        .Join(db.Events, s => s.EventId, e => e.Id, (s, e) => new Link(s.Position, e.Collection, e.Version)).ToListAsync());

    private sealed record Link(long Position, string Collection, int? Version);
}
