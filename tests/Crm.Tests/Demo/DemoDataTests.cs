using System.ComponentModel.DataAnnotations;
using System.Net;
using Crm.Database;
using Crm.Database.Records;
using Crm.Services.Demo;
using Crm.Services.Operations;
using Crm.Tests.Kit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Crm.Tests.Demo;

public sealed class DemoDataTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 18, 10, 30, 0, TimeSpan.Zero);
    private static readonly Lazy<Task<Client>> Sqlite = new(() => NewlyFilledAsync(Database.Sqlite));
    private static readonly Lazy<Task<Client>> Postgres = new(() => NewlyFilledAsync(Database.Postgres));

    [Theory, EachDatabase]
    public async Task The_demo_is_what_eighteen_months_of_work_leave_behind(Database database)
    {
        var client = await FilledAsync(database);

        await Invariants.AssertAsync(client.Host, client.TenantId);
        await client.Host.QueryAsync(client.TenantId, async db =>
        {
            await ShouldBeFullAsync(db);
            await ShouldBeWithinTheTimeAsync(db, client.User);
            await ShouldHaveWhatAReportShowsAsync(db);
            await ShouldBeWhatTheServiceTakesAsync(db);
            return true;
        });
        await ShouldBeSeenAsync(client);
        (await FillAsync(client)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_demo_is_the_same_each_time_and_on_each_database()
    {
        var again = (await HostAsync(Database.Sqlite)).NewTenant();
        (await FillAsync(again)).ShouldBeTrue();

        var first = await SumUpAsync(await FilledAsync(Database.Sqlite));
        (await SumUpAsync(again)).ShouldBe(first);
        (await SumUpAsync(await FilledAsync(Database.Postgres))).ShouldBe(first);
    }

    [Theory, EachDatabase]
    public async Task A_filling_that_is_stopped_leaves_nothing(Database database)
    {
        var client = (await HostAsync(database)).NewTenant();
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(DemoData.FillAsync(client.Host.ConnectionString, new DatabaseLimits(), client.TenantId, Now, _ => stop.Cancel(), stop.Token));

        (await client.Host.QueryAsync(client.TenantId, async db => await db.Leads.WithDeleted().CountAsync() + await db.Events.CountAsync())).ShouldBe(0);
    }

    [Theory, EachDatabase]
    public async Task A_tenant_with_leads_is_left_alone(Database database)
    {
        var client = (await HostAsync(database)).NewTenant();
        await client.MakeAsync("leads", new { lastName = "Only" });

        (await DemoData.FillAsync(client.Host.ConnectionString, new DatabaseLimits(), client.TenantId, Now, _ => { }, CancellationToken.None)).ShouldBeFalse();

        (await client.GetAsync("/api/leads"))["total"].GetInt32().ShouldBe(1);
        (await client.GetAsync("/api/members"))["total"].GetInt32().ShouldBe(1);
    }

    internal static Task<Client> FilledAsync(Database database) => database == Database.Sqlite ? Sqlite.Value : Postgres.Value;

    private static async Task<Client> NewlyFilledAsync(Database database)
    {
        var client = (await HostAsync(database)).NewTenant(user: DemoData.Users[0].Id);
        (await FillAsync(client)).ShouldBeTrue();

        // A server that counted the rows while they were being written believes that there are none, and plans for that.
        await using var connection = await Sql.OpenAsync(client.Host.Database, client.Host.ConnectionString);
        await connection.ExecuteAsync("ANALYZE");
        return client;
    }

    // Apart from the other tests: a fill is one long transaction of a process of its own, for which SQLite's other writers wait 5 s and no longer.
    private static readonly Lazy<Task<CrmHost>> SqliteHost = new(() => StartAsync(Database.Sqlite));
    private static readonly Lazy<Task<CrmHost>> PostgresHost = new(() => StartAsync(Database.Postgres));

    private static Task<CrmHost> HostAsync(Database database) => database == Database.Sqlite ? SqliteHost.Value : PostgresHost.Value;

    private static async Task<CrmHost> StartAsync(Database database) => await CrmHost.StartAsync(database, await Hosts.NewDatabaseAsync(database));

    private static Task<bool> FillAsync(Client client) => DemoData.FillAsync(client.Host.ConnectionString, new DatabaseLimits(), client.TenantId, Now, _ => { }, CancellationToken.None);

    private static async Task ShouldBeFullAsync(CrmDbContext db)
    {
        (await db.Leads.CountAsync()).ShouldBeInRange(1_400, 1_600);
        (await db.Deals.CountAsync()).ShouldBeInRange(520, 700);
        (await db.Tasks.CountAsync()).ShouldBeInRange(1_700, 2_300);
        (await db.Activities.CountAsync()).ShouldBeInRange(3_500, 4_800);
        (await db.Leads.WithDeleted().CountAsync(l => l.DeletedAt != null)).ShouldBeGreaterThan(5);
        (await db.Deals.WithDeleted().CountAsync(d => d.DeletedAt != null)).ShouldBeGreaterThan(2);
        (await db.Tasks.WithDeleted().CountAsync(t => t.DeletedAt != null)).ShouldBeGreaterThan(5);
    }

    private static async Task ShouldBeWithinTheTimeAsync(CrmDbContext db, string reader)
    {
        (await db.Events.MinAsync(e => e.OccurredAt)).ShouldBeGreaterThanOrEqualTo(Now.AddMonths(-18));
        (await db.Events.MaxAsync(e => e.OccurredAt)).ShouldBeInRange(Now.AddDays(-4), Now);
        (await db.Activities.MaxAsync(a => a.OccurredAt)).ShouldBeLessThanOrEqualTo(Now);
        (await db.Deals.MaxAsync(d => d.ClosedAt)).ShouldNotBeNull().ShouldBeLessThanOrEqualTo(Now);
        (await db.Members.Where(m => m.UserId != reader).MaxAsync(m => m.UpdatedAt)).ShouldBeLessThanOrEqualTo(Now); // who asks is told of by the token, at the time of asking
        var settings = (await db.Tenants.SingleAsync()).Fields();
        (settings.Name, settings.TimeZone, settings.Currency, settings.Visibility).ShouldBe(("Demo", "Europe/Berlin", "EUR", Contracts.Settings.Visibility.All));
    }

    private static async Task ShouldHaveWhatAReportShowsAsync(CrmDbContext db)
    {
        var stages = await db.Stages.AsNoTracking().ToDictionaryAsync(s => s.Key);
        var deals = await db.Deals.AsNoTracking().ToListAsync();
        var open = deals.FindAll(d => d.ClosedAt is null);
        foreach (var key in new[] { "LEAD", "QUALIFIED", "PROPOSAL", "NEGOTIATION" }) open.Count(d => d.Stage == key).ShouldBeGreaterThan(3, key);
        open.Count(d => d.StageEnteredAt < Now.AddDays(-stages[d.Stage].RottingDays!.Value)).ShouldBeGreaterThan(5);
        open.Count(d => d.ExpectedCloseDate < DateOnly.FromDateTime(Now.Date)).ShouldBeGreaterThan(5);
        deals.ShouldContain(d => d.Probability == 0);
        deals.Select(d => d.Currency).Distinct().ShouldBe(["EUR", "USD"], ignoreOrder: true);
        deals.Count(d => d.Stage == "CLOSED_WON").ShouldBeInRange(deals.Count * 25 / 100, deals.Count * 32 / 100);
        deals.Where(d => d.LostReason is not null).Select(d => d.LostReason).Distinct().Count().ShouldBeGreaterThanOrEqualTo(6);
        for (var quarter = 0; quarter < 6; quarter++)
        {
            var (from, to) = (Now.AddMonths(-18 + (3 * quarter)), Now.AddMonths(-15 + (3 * quarter)));
            foreach (var stage in new[] { "CLOSED_WON", "CLOSED_LOST" }) deals.ShouldContain(d => d.Stage == stage && d.ClosedAt >= from && d.ClosedAt < to, $"{stage} in quarter {quarter}");
        }

        var tasks = await db.Tasks.AsNoTracking().Where(t => t.CompletedAt == null).ToListAsync();
        tasks.Count(t => t.DueAt < Now).ShouldBeGreaterThan(20);
        tasks.Count(t => t.DueAt >= Now && t.DueAt < Now.AddDays(7)).ShouldBeGreaterThan(10);
        tasks.ShouldContain(t => t.RemindAt > Now);
        tasks.ShouldContain(t => t.AlarmAt > Now);
        tasks.ShouldAllBe(t => t.AlarmAt == null || t.AlarmAt >= Now, "the service tells nothing of the past when it first starts");
        open.ShouldContain(d => d.AlarmAt > Now);
        open.ShouldAllBe(d => d.AlarmAt == null || d.AlarmAt >= Now);
        foreach (var type in new[] { "lead.status_changed", "lead.assigned", "lead.deleted", "lead.restored", "deal.reopened", "deal.assigned", "deal.updated", "deal.restored", "task.reopened", "task.assigned", "task.deleted" })
        {
            (await db.Events.AnyAsync(e => e.Type == type)).ShouldBeTrue(type);
        }
    }

    /// <summary>Below the routes nobody checks the shape, so that it is checked here.</summary>
    private static async Task ShouldBeWhatTheServiceTakesAsync(CrmDbContext db)
    {
        var written = new List<object>();
        written.AddRange((await db.Leads.AsNoTracking().ToListAsync()).Select(l => l.Fields()));
        written.AddRange((await db.Deals.AsNoTracking().ToListAsync()).Select(d => d.Fields()));
        written.AddRange((await db.Tasks.AsNoTracking().ToListAsync()).Select(t => t.Fields()));
        written.AddRange((await db.Activities.AsNoTracking().ToListAsync()).Select(a => a.Fields()));
        foreach (var fields in written)
        {
            var faults = new List<ValidationResult>();
            Validator.TryValidateObject(fields, new ValidationContext(fields), faults, validateAllProperties: true).ShouldBeTrue($"{fields}: {string.Join(", ", faults)}");
        }
    }

    private static async Task ShouldBeSeenAsync(Client client)
    {
        (await client.GetAsync("/api/members?take=20")).Items.Select(member => member.GetProperty("role").GetString()).Order()
            .ShouldBe(["ADMIN", "MANAGER", "REP", "REP", "REP", "REP", "VIEWER"]);
        (await client.GetAsync("/api/deals?rotting=true")).ShouldBe(HttpStatusCode.OK)["total"].GetInt32().ShouldBeGreaterThan(5);
        (await client.GetAsync("/api/leads?search=muller")).ShouldBe(HttpStatusCode.OK)["total"].GetInt32().ShouldBeGreaterThan(0);
        var lead = (await client.GetAsync("/api/deals?open=true")).Items.First(deal => deal.GetProperty("leadId").GetString() is not null).GetProperty("leadId").GetGuid();
        var kinds = (await client.GetAsync($"/api/leads/{lead}/timeline?take=200")).Items.Select(entry => entry.GetProperty("kind").GetString());
        kinds.ShouldContain("DEAL");
        kinds.ShouldContain("ACTIVITY");
    }

    private static Task<string> SumUpAsync(Client client) => client.Host.QueryAsync(client.TenantId, SumUpAsync);

    /// <summary>Everything but ids, in an order that doesn't come from them.</summary>
    private static async Task<string> SumUpAsync(CrmDbContext db)
    {
        var lines = new List<string>();
        lines.AddRange((await db.Leads.WithDeleted().AsNoTracking().ToListAsync()).Select(l =>
            $"{l.LastName} {l.FirstName} {l.Email} {l.Phone} {l.CompanyName} {l.Status} {l.EstimatedValue:0.####} {l.OwnerId} {l.CreatedAt:O} {l.UpdatedAt:O} {l.Version} {l.DeletedAt:O} {string.Join(',', l.Tags)}"));
        lines.AddRange((await db.Deals.WithDeleted().AsNoTracking().ToListAsync()).Select(d =>
            $"{d.Name} {d.Stage} {d.Value:0.####} {d.Currency} {d.Probability} {d.ExpectedCloseDate:O} {d.ClosedAt:O} {d.LostReason} {d.OwnerId} {d.CreatedAt:O} {d.Version}"));
        lines.AddRange((await db.Tasks.WithDeleted().AsNoTracking().ToListAsync()).Select(t => $"{t.Title} {t.Type} {t.Priority} {t.DueAt:O} {t.RemindAt:O} {t.AssigneeId} {t.CompletedAt:O} {t.Version}"));
        lines.AddRange((await db.Activities.WithDeleted().AsNoTracking().ToListAsync()).Select(a => $"{a.Type} {a.Subject} {a.OccurredAt:O} {a.DurationMinutes} {a.Direction} {a.UserId} {a.Version}"));
        lines.AddRange((await db.Events.AsNoTracking().Select(e => new { e.Type, e.Version, e.Actor, e.OccurredAt }).ToListAsync()).Select(e => $"{e.Type} {e.Version} {e.Actor} {e.OccurredAt:O}"));
        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }
}
