using Crm.Contracts.Dashboards;
using Crm.Services.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Dashboards;

/// <summary>Deletes what came of deliveries after 90 days.</summary>
public sealed class DashboardTidier(IServiceScopeFactory scopes, TimeProvider clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <returns>How many were deleted.</returns>
    public Task<int> TidyAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        return scopes.TidyAsync(db => db.TenantsWithOldDeliveries(before), db => db.DeleteAsync(db.DashboardDeliveries.Where(d => d.State != DeliveryState.Pending && d.CreatedAt < before), d => d.CreatedAt, ct), ct);
    }
}
