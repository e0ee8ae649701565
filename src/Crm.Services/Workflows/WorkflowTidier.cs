using Crm.Database;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Workflows;

/// <summary>Deletes runs 90 days after their end, in small batches. Those of workflows that run once for a record stay: they are what keeps it from running again.</summary>
public sealed class WorkflowTidier(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>How old an event may be that begins a run: so much less than runs are kept that each is there as long as its event could be told again.</summary>
    internal static readonly TimeSpan Oldest = TimeSpan.FromDays(60);

    private const int BatchSize = 500;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <returns>How many were deleted.</returns>
    public async Task<int> TidyAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsWithOldRuns(before).ToListAsync(ct);
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
        var old = db.WorkflowRuns.Where(r => r.EndedAt != null && r.Key != r.RecordId && r.EndedAt < before);
        for (var deleted = 0; ;)
        {
            var ids = await old.OrderBy(r => r.EndedAt).Select(r => r.Id).Take(BatchSize).ToListAsync(ct);
            if (ids.Count == 0) return deleted;
            // Still at its end: somebody may go on with one that failed.
            var batch = await db.InTransactionAsync(() => old.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(ct), ct);
            deleted += batch;
            if (batch == 0 || ids.Count < BatchSize) return deleted;
        }
    }
}
