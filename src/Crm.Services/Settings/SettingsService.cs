using Crm.Contracts;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Settings;
using Crm.Database;
using Crm.Database.Settings;
using Crm.Database.Tenancy;
using Crm.Services.Audit;
using Crm.Services.Dashboards;
using Crm.Services.Records;
using Crm.Services.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Settings;

/// <summary>What an admin sets for the tenant.</summary>
public sealed class SettingsService(CrmDbContext db, TimeProvider clock)
{
    public Task<SettingsView> GetAsync(CancellationToken ct) => db.Tenants.AsNoTracking().Select(SettingsViews.Projection).SingleAsync(ct);

    /// <exception cref="CrmException">412 where <paramref name="ifMatch"/> is stale; 409 where others were quicker too often.</exception>
    public Task<SettingsView> ChangeAsync(Changes<SettingsFields> change, int? ifMatch, CancellationToken ct) => db.UnlessOutrunAsync(
        () => db.InTransactionAsync(
            async () =>
            {
                var tenant = await db.Tenants.ForUpdate().SingleAsync(ct);
                if (ifMatch is { } version && version != tenant.Version) throw Stale();
                var (before, was) = (tenant.Fields(), tenant.Version);
                tenant.Change(change.ApplyTo(tenant.Fields()), clock.GetUtcNow());
                if (tenant.Version != was) db.Audit(EventTypes.SettingsChanged, "settings", "", Differences.Between(before, tenant.Fields()));
                if (tenant.TimeZone != before.TimeZone)
                {
                    await DashboardScheduler.ReckonAnewAsync(db, tenant.TimeZone, ct);
                    await WorkflowClock.ReckonAnewAsync(db, tenant, ct);
                }

                await db.SaveChangesAsync(ct);
                return SettingsViews.Of(tenant);
            },
            ct),
        () => ifMatch is null ? null : Stale(),
        () => CrmException.Contended("tenant", db.Stamp().TenantId),
        ct);

    /// <summary>The currency of amounts that name none.</summary>
    internal Task<string> CurrencyAsync(CancellationToken ct) => db.Tenants.Select(t => t.Currency).SingleAsync(ct);

    private static CrmException Stale() =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, "The settings were changed since you read them. Read them again and send the change with their new ETag.");
}
