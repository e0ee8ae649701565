using Crm.Contracts;
using Crm.Contracts.Failures;
using Crm.Contracts.Settings;
using Crm.Database;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Settings;

/// <summary>What an admin sets for the tenant.</summary>
public sealed class SettingsService(CrmDbContext db, TimeProvider clock)
{
    public Task<SettingsView> GetAsync(CancellationToken ct) => db.Tenants.AsNoTracking().Select(SettingsViews.Projection).SingleAsync(ct);

    /// <exception cref="CrmException">412 where <paramref name="ifMatch"/> is stale; 409 where another change was quicker.</exception>
    public async Task<SettingsView> ChangeAsync(Changes<SettingsFields> change, int? ifMatch, CancellationToken ct)
    {
        var tenant = await db.Tenants.SingleAsync(ct);
        if (ifMatch is { } version && version != tenant.Version) throw Stale();
        tenant.Change(change.ApplyTo(tenant.Fields()), clock.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw ifMatch is null ? CrmException.Contended("tenant", tenant.TenantId) : Stale();
        }

        return SettingsViews.Of(tenant);
    }

    /// <summary>The currency of amounts that name none.</summary>
    internal Task<string> CurrencyAsync(CancellationToken ct) => db.Tenants.Select(t => t.Currency).SingleAsync(ct);

    private static CrmException Stale() =>
        new(FailureKind.PreconditionFailed, FailureCodes.Stale, "The settings were changed since you read them. Read them again and send the change with their new ETag.");
}
