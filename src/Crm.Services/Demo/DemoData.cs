using Crm.Contracts;
using Crm.Contracts.Json;
using Crm.Contracts.Members;
using Crm.Contracts.Settings;
using Crm.Database;
using Crm.Database.Alarms;
using Crm.Database.Records;
using Crm.Database.Tenancy;
using Crm.Services.Conversion;
using Crm.Services.Members;
using Crm.Services.Operations;
using Crm.Services.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Demo;

/// <summary>A user of the demo. The surnames say "example" in some languages.</summary>
public sealed record DemoUser(string Id, string Name, Role Role)
{
    public string Email => $"{Id}@example.com";
}

/// <summary>Sample data: the same each time for the same instant, written through the services as people would have.</summary>
public static class DemoData
{
    private const string Zone = "Europe/Berlin";

    public static readonly Guid TenantId = new("019aa000-0000-7000-8000-0000000000de");

    public static readonly IReadOnlyList<DemoUser> Users =
    [
        new("alex", "Alex Example", Role.Admin),
        new("maria", "Maria Muster", Role.Manager),
        new("nils", "Nils Beispiel", Role.Rep),
        new("zoe", "Zoé Exemple", Role.Rep),
        new("pedro", "Pedro Ejemplo", Role.Rep),
        new("ewa", "Ewa Przykład", Role.Rep),
        new("vera", "Vera Voorbeeld", Role.Viewer),
    ];

    internal static readonly DemoUser Manager = Users.First(user => user.Role == Role.Manager);

    internal static readonly IReadOnlyList<(DemoUser Item, int Weight)> Sellers = [.. Users.Where(user => user.Role == Role.Rep).Select((user, i) => (user, 30 - (4 * i)))];

    /// <summary>Fills a tenant with 18 months that end at an instant; one that has leads already is left alone.</summary>
    /// <remarks>All is written in one transaction: whoever stops it half-way finds the tenant without leads, and begins anew.</remarks>
    /// <param name="connectionString">The database, migrated.</param>
    /// <param name="limits">What it is told of each transaction.</param>
    /// <param name="tenantId">The tenant; it need not exist.</param>
    /// <param name="now">Nothing happens later than this.</param>
    /// <param name="say">Hears how far it is, once a second.</param>
    /// <param name="ct">Stops it; nothing stays then.</param>
    /// <returns>Whether anything was written.</returns>
    public static async Task<bool> FillAsync(string connectionString, DatabaseLimits limits, Guid tenantId, DateTimeOffset now, Action<string> say, CancellationToken ct)
    {
        now = InstantConverter.ToMicroseconds(now);
        var clock = new SimulatedClock(now);
        await using var provider = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddCrm(connectionString, limits).AddRegistry(new RegistrySettings()).BuildServiceProvider();
        await using var scope = provider.CreateAsyncScope();
        var actors = new Actors(scope.ServiceProvider, clock, tenantId);
        var db = scope.ServiceProvider.GetRequiredService<CrmDbContext>();

        actors.Enter(Users[0], now);
        if (await db.Leads.WithDeleted().AnyAsync(ct)) return false;

        var plan = Script.Write(now, TimeZoneInfo.FindSystemTimeZoneById(Zone));
        await actors.AdmitAsync(Users[0], plan.Start, ct);
        return await db.InTransactionAsync(
            async () =>
            {
                await db.Tenants.ForUpdate().SingleAsync(ct);
                if (await db.Leads.WithDeleted().AnyAsync(ct)) return false; // somebody else was quicker
                await FurnishAsync(scope.ServiceProvider, actors, plan.Start, ct);
                await new Performance(scope.ServiceProvider, actors, say).RunAsync(plan.InOrder(), ct);
                await HushAsync(db, now, ct);
                actors.Enter(Manager, now);
                await DemoAutomation.SwitchOnAsync(scope.ServiceProvider, ct);
                return true;
            },
            ct);
    }

    /// <summary>Nobody is told, when the service first starts, what came to pass in all those months.</summary>
    private static async Task HushAsync(CrmDbContext db, DateTimeOffset now, CancellationToken ct)
    {
        db.Forget();
        List<IAlarmed> due = [.. await db.Tasks.Where(t => t.AlarmAt < now).ToListAsync(ct), .. await db.Deals.Include(d => d.CurrentStage).Where(d => d.AlarmAt < now).ToListAsync(ct)];
        foreach (var record in due) record.Hush(now);
        await db.SaveChangesAsync(ct);
    }

    private static async Task FurnishAsync(IServiceProvider services, Actors actors, DateTimeOffset at, CancellationToken ct)
    {
        foreach (var user in Users) await actors.AdmitAsync(user, at, ct);
        actors.Enter(Users[0], at);
        var values = new SettingsFields { Name = "Demo", TimeZone = Zone, Currency = "EUR" };
        var given = new HashSet<string> { nameof(SettingsFields.Name), nameof(SettingsFields.TimeZone), nameof(SettingsFields.Currency) };
        await services.GetRequiredService<SettingsService>().ChangeAsync(new Changes<SettingsFields>(values, given), null, ct);
        foreach (var user in Users)
        {
            var role = new Changes<MemberFields>(new MemberFields { Role = user.Role }, new HashSet<string> { nameof(MemberFields.Role) });
            await services.GetRequiredService<MemberService>().ChangeAsync(user.Id, role, null, ct);
        }
    }
}
