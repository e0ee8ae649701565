using System.Net;
using System.Reflection;
using Crm.Contracts.Notifications;
using Crm.Database;
using Crm.Database.Audit;
using Crm.Database.Dashboards;
using Crm.Database.Events;
using Crm.Database.Notifications;
using Crm.Database.Records;
using Crm.Database.Routing;
using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Scoring;
using Crm.Tests.Dashboards;
using Crm.Tests.Kit;
using Crm.Tests.Scoring;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Crm.Tests.Walls;

/// <summary>The first wall, below HTTP: whatever code does with the context, it reads and writes the rows of its tenant alone.</summary>
public sealed class ForeignRowTests
{
    /// <summary>Their keys count or name something within the tenant, so that one's own has the same.</summary>
    private static readonly Type[] CountedWithinTheTenant = [typeof(Seal), typeof(LogConsumer), typeof(NotificationPreference), typeof(CurrencyRate), typeof(RoutingTurns), typeof(RoutingQuota), typeof(Availability)];

    [Theory]
    [EachDatabase(EntityState.Added)]
    [EachDatabase(EntityState.Modified)]
    [EachDatabase(EntityState.Deleted)]
    public async Task A_row_of_another_tenant_is_refused_when_it_is_saved(Database database, EntityState state)
    {
        var (host, own, foreign) = await TwoTenantsAsync(database);
        await ShouldChangeNothingAsync(host, own, foreign, async () =>
        {
            foreach (var scope in new Guid?[] { own, null })
            {
                foreach (var type in TypesOf(host))
                {
                    using var work = Enter(host, scope, out var db);
                    await StubAsync(host, db, type, foreign, foreign, state);
                    var fault = await Should.ThrowAsync<ForeignRowException>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken), type.ClrType.Name);
                    fault.Message.ShouldContain(type.ClrType.Name);
                    Should.Throw<ForeignRowException>(() => db.SaveChanges(), type.ClrType.Name);
                }
            }
        });
    }

    [Theory, EachDatabase]
    public async Task With_no_tenant_entered_not_even_a_row_of_nobody_is_saved(Database database)
    {
        var (host, own, foreign) = await TwoTenantsAsync(database);
        await ShouldChangeNothingAsync(host, own, foreign, async () =>
        {
            foreach (var type in TypesOf(host))
            {
                using var work = Enter(host, null, out var db);
                await StubAsync(host, db, type, Guid.Empty, own, EntityState.Added);
                await Should.ThrowAsync<ForeignRowException>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken), type.ClrType.Name);
            }
        });
    }

    [Theory]
    [EachDatabase(EntityState.Modified)]
    [EachDatabase(EntityState.Deleted)]
    public async Task A_stub_of_ones_own_with_the_id_of_another_tenants_row_changes_nothing(Database database, EntityState state)
    {
        var (host, own, foreign) = await TwoTenantsAsync(database);
        await ShouldChangeNothingAsync(host, own, foreign, async () =>
        {
            foreach (var type in TypesOf(host).Where(type => type.FindPrimaryKey()!.Properties.Count > 1))
            {
                if (CountedWithinTheTenant.Contains(type.ClrType)) continue;
                if (state == EntityState.Modified && type.GetProperties().All(property => property.IsPrimaryKey())) continue; // nothing to write
                using var work = Enter(host, own, out var db);
                await StubAsync(host, db, type, own, foreign, state);
                await Should.ThrowAsync<Exception>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken), type.ClrType.Name);
            }
        });
    }

    [Theory, EachDatabase]
    public async Task A_reference_into_another_tenant_is_refused_by_the_database(Database database)
    {
        var (host, own, foreign) = await TwoTenantsAsync(database);
        var theirs = await host.QueryAsync(foreign, db => db.Leads.Select(lead => lead.Id).FirstAsync());
        await ShouldChangeNothingAsync(host, own, foreign, async () =>
        {
            using var work = Enter(host, own, out var db);
            db.Add(new LeadTag { TenantId = own, RecordId = theirs, Key = "mine" });
            await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync(TestContext.Current.CancellationToken));
        });
    }

    [Theory, EachDatabase]
    public async Task Every_table_is_read_for_ones_own_tenant_alone(Database database)
    {
        var (host, own, foreign) = await TwoTenantsAsync(database);
        foreach (var type in TypesOf(host))
        {
            var reader = typeof(ForeignRowTests).GetMethod(nameof(ReadAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type.ClrType);
            using var work = Enter(host, own, out var db);
            var rows = await (Task<List<ITenantOwned>>)reader.Invoke(null, [db])!;
            rows.ShouldNotBeEmpty(type.ClrType.Name);
            rows.ShouldAllBe(row => row.TenantId == own);

            using var nobody = Enter(host, null, out var blind);
            (await (Task<List<ITenantOwned>>)reader.Invoke(null, [blind])!).ShouldBeEmpty(type.ClrType.Name);

            var (_, key) = await KeyAsync(host, type, foreign);
            (await db.FindAsync(type.ClrType, [.. key], TestContext.Current.CancellationToken)).ShouldBeNull(type.ClrType.Name);
        }
    }

    [Theory, EachDatabase]
    public async Task Bulk_updates_and_deletes_reach_ones_own_rows_alone(Database database)
    {
        var (host, own, foreign) = await TwoTenantsAsync(database);
        var theirs = await DataHash.OfAsync(host, foreign);
        var lead = await host.QueryAsync(foreign, db => db.Leads.Select(l => l.Id).FirstAsync());
        var leads = await host.QueryAsync(own, db => db.Leads.CountAsync());

        using (Enter(host, own, out var db))
        {
            (await db.Leads.Where(l => l.Id == lead).ExecuteUpdateAsync(set => set.SetProperty(l => l.LastName, "Changed"), TestContext.Current.CancellationToken)).ShouldBe(0);
            (await db.Leads.ExecuteUpdateAsync(set => set.SetProperty(l => l.LastName, "Changed"), TestContext.Current.CancellationToken)).ShouldBe(leads);
            (await db.LeadTags.Where(tag => tag.RecordId == lead).ExecuteDeleteAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
            (await db.LeadTags.ExecuteDeleteAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
            (await db.Events.ExecuteDeleteAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0);
        }

        using (Enter(host, null, out var blind))
        {
            (await blind.Leads.ExecuteUpdateAsync(set => set.SetProperty(l => l.LastName, "Changed"), TestContext.Current.CancellationToken)).ShouldBe(0);
            (await blind.Deals.ExecuteDeleteAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
        }

        (await DataHash.OfAsync(host, foreign)).ShouldBe(theirs);
    }

    /// <summary>All rows by the set, those deleted too, and by SQL that names no tenant.</summary>
    private static async Task<List<ITenantOwned>> ReadAsync<T>(CrmDbContext db) where T : class, ITenantOwned
    {
        var all = $"SELECT * FROM {db.Model.FindEntityType(typeof(T))!.GetTableName()}";
        var rows = db.Set<T>().AsNoTracking().IgnoreQueryFilters(["live"]);
        var bySet = await rows.ToListAsync();
        var bySql = await db.Set<T>().FromSqlRaw(all).AsNoTracking().IgnoreQueryFilters(["live"]).ToListAsync();
        bySql.Count.ShouldBe(bySet.Count);
        (await rows.CountAsync()).ShouldBe(bySet.Count);
        return [.. bySet, .. bySql];
    }

    /// <summary>Puts into the context what looks like a tenant's row, under the key of one that there is.</summary>
    private static async Task StubAsync(CrmHost host, CrmDbContext db, IEntityType type, Guid tenant, Guid rowOf, EntityState state)
    {
        var (names, key) = await KeyAsync(host, type, rowOf);
        var entry = db.Entry(Activator.CreateInstance(type.ClrType, nonPublic: true)!);
        for (var i = 0; i < names.Count; i++) entry.Property(names[i]).CurrentValue = names[i] == nameof(ITenantOwned.TenantId) ? tenant : key[i];
        entry.State = state;
        if (tenant != Guid.Empty) ((ITenantOwned)entry.Entity).TenantId.ShouldBe(tenant);
    }

    /// <summary>The key of a row that a tenant has.</summary>
    private static async Task<(List<string> Names, List<object> Key)> KeyAsync(CrmHost host, IEntityType type, Guid tenant)
    {
        var names = type.FindPrimaryKey()!.Properties.Select(property => property.Name).ToList();
        var first = typeof(ForeignRowTests).GetMethod(nameof(FirstAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type.ClrType);
        var row = await host.QueryAsync(tenant, db => (Task<object>)first.Invoke(null, [db])!);
        return (names, names.ConvertAll(name => row.GetType().GetProperty(name)!.GetValue(row)!));
    }

    private static async Task<object> FirstAsync<T>(CrmDbContext db) where T : class => await db.Set<T>().AsNoTracking().FirstAsync();

    private static IReadOnlyList<IEntityType> TypesOf(CrmHost host)
    {
        using var scope = host.Services.CreateScope();
        return [.. scope.ServiceProvider.GetRequiredService<CrmDbContext>().Model.GetEntityTypes()];
    }

    private static IServiceScope Enter(CrmHost host, Guid? tenant, out CrmDbContext db)
    {
        var scope = host.Services.CreateScope();
        if (tenant is { } id) scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(id, "test");
        db = scope.ServiceProvider.GetRequiredService<CrmDbContext>();
        return scope;
    }

    private static async Task ShouldChangeNothingAsync(CrmHost host, Guid own, Guid foreign, Func<Task> work)
    {
        var before = (await DataHash.OfAsync(host, own), await DataHash.OfAsync(host, foreign), await DataHash.OfAsync(host, Guid.Empty));
        await work();
        (await DataHash.OfAsync(host, own), await DataHash.OfAsync(host, foreign), await DataHash.OfAsync(host, Guid.Empty)).ShouldBe(before);
    }

    /// <summary>Two tenants with a row in every table.</summary>
    private static async Task<(CrmHost Host, Guid Own, Guid Foreign)> TwoTenantsAsync(Database database)
    {
        var host = await Hosts.For(database);
        var tenants = new List<Guid>();
        for (var i = 0; i < 2; i++)
        {
            var client = host.NewTenant();
            var lead = await client.PostAsync("/api/leads", new { lastName = "Lovelace", tags = new List<string> { "first" } }, ("Idempotency-Key", "one"));
            var deal = await client.MakeAsync("deals", new { name = "Engine", leadId = lead.Id, tags = new List<string> { "first" } });
            var task = await client.MakeAsync("tasks", new { title = "Call", leadId = lead.Id });
            await client.MakeAsync("activities", new { type = "CALL", subject = "Called", leadId = lead.Id, dealId = deal, taskId = task });
            (await client.PostAsync($"/api/leads/{lead.Id}/convert")).ShouldBe(HttpStatusCode.OK);
            await client.MakeAsync("teams", new { name = "First", memberIds = new[] { "me" } });
            (await client.PatchAsync("/api/automation/routing", new { rules = new[] { new { name = "All", candidates = new[] { new { userId = "me" } } } } })).ShouldBe(HttpStatusCode.OK);
            (await client.PatchAsync("/api/automation/availability/me", new { leadsPerDay = 5 })).ShouldBe(HttpStatusCode.OK);
            (await client.PostAsync($"/api/leads/{await client.MakeAsync("leads", new { lastName = "Hopper" })}/route")).ShouldBe(HttpStatusCode.OK);
            await World.WorkflowAsync(client, lead.Id);
            await client.MakeAsync("goals", new { ownerId = "me", period = "2026-11", target = 1_000 });
            await client.MakeAsync("api-keys", new { name = "Program", role = "REP" });
            (await client.PostAsync($"/api/webhooks/{await client.MakeAsync("webhooks", new { url = "https://hooks.crm.example/in" })}/test")).ShouldBe(HttpStatusCode.OK);
            await client.MakeAsync("invitations", new { email = "grace@crm.example", role = "REP" });
            await client.KeepRoleAsync();
            var dashboard = await client.MakeAsync("dashboards", new { name = "Round", reports = Samples.Reports, schedule = new { every = "day", time = "07:00", by = "EMAIL", to = new[] { "me" } } });
            (await client.PostAsync("/api/settings/rates", new { rates = new[] { new { from = "USD", to = "EUR", date = "2026-11-01", rate = 0.9 } } })).ShouldBe(HttpStatusCode.OK);
            (await client.PatchAsync("/api/automation/scoring", new { isActive = true, rules = new[] { new { name = "Any", points = 10 } } })).ShouldBe(HttpStatusCode.OK);
            await host.Services.GetRequiredService<LeadScorer>().ScoreAsync(client.TenantId, [await client.MakeAsync("leads", new { lastName = "Scored" })], TestContext.Current.CancellationToken);
            await client.KeepModelAsync();
            await host.Services.GetRequiredService<Sealer>().SealBatchAsync(client.TenantId, TestContext.Current.CancellationToken);
            await host.QueryAsync(client.TenantId, async db =>
            {
                db.Add(new LogConsumer { TenantId = client.TenantId, Name = "sample" });
                db.Add(new NotificationCounter { TenantId = client.TenantId, Number = 1 });
                db.Add(new NotificationPreference { TenantId = client.TenantId, UserId = client.User, Kind = NotificationKind.DealWon });
                db.Add(new Notification { TenantId = client.TenantId, Id = Guid.CreateVersion7(), Number = 1, UserId = client.User, Kind = NotificationKind.DealWon, EventId = Guid.CreateVersion7(), Collection = "deals", SubjectId = $"{deal}", RecordId = deal, Title = "Engine", Actor = "somebody" });
                db.Add(new NotificationMail { TenantId = client.TenantId, Id = Guid.CreateVersion7(), UserId = client.User, Kind = NotificationKind.DealWon, EventId = Guid.CreateVersion7(), Collection = "deals", SubjectId = $"{deal}", RecordId = deal, Title = "Engine", Actor = "somebody" });
                db.Add(new DashboardDelivery(await db.Dashboards.SingleAsync(d => d.Id == dashboard), DateTimeOffset.UnixEpoch, "[]", db.Stamp()));
                db.Add(new HeldDelivery { TenantId = client.TenantId, Id = Guid.CreateVersion7(), Consumer = "sample", Position = 1, EventId = Guid.CreateVersion7() });
                return await db.SaveChangesAsync();
            });
            await client.PatchAsync("/api/settings", new { name = "Waits to be sealed" });
            tenants.Add(client.TenantId);
        }

        return (host, tenants[0], tenants[1]);
    }
}
