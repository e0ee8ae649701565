using Crm.Contracts.Dashboards;
using Crm.Database;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Dashboards;

/// <summary>Deletes what came of deliveries after 90 days, in small batches.</summary>
public sealed class DashboardTidier(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <returns>How many were deleted.</returns>
    public async Task<int> TidyAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsWithOldDeliveries(before).ToListAsync(ct);
        var deleted = 0;
        foreach (var tenantId in tenants)
        {
            await using var work = scopes.CreateAsyncScope();
            work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "tidier");
            deleted += await DeleteAsync(work.ServiceProvider.GetRequiredService<CrmDbContext>(), before, ct);
        }

        return deleted;
    }

    private static async Task<int> DeleteAsync(CrmDbContext db, DateTimeOffset before, CancellationToken ct)
    {
        for (var deleted = 0; ;)
        {
            var ids = await db.DashboardDeliveries.Where(d => d.State != DeliveryState.Pending && d.CreatedAt < before).OrderBy(d => d.CreatedAt).Select(d => d.Id).Take(BatchSize).ToListAsync(ct);
            if (ids.Count == 0) return deleted;
            deleted += await db.InTransactionAsync(() => db.DashboardDeliveries.Where(d => ids.Contains(d.Id)).ExecuteDeleteAsync(ct), ct);
        }
    }
}
