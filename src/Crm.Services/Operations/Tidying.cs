using System.Linq.Expressions;
using Crm.Database;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Operations;

/// <summary>How those delete what is too old who keep it for a time only.</summary>
internal static class Tidying
{
    private const int BatchSize = 500;

    /// <summary>Has each tenant that has something old lose it, one after the other.</summary>
    /// <param name="scopes">Where each tenant's work is done.</param>
    /// <param name="tenants">Which tenants have something.</param>
    /// <param name="delete">Deletes it of the tenant that it is given the database as.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>How much was deleted.</returns>
    public static async Task<int> TidyAsync(this IServiceScopeFactory scopes, Func<CrmDbContext, IQueryable<Guid>> tenants, Func<CrmDbContext, Task<int>> delete, CancellationToken ct)
    {
        List<Guid> having;
        await using (var work = scopes.CreateAsyncScope()) having = await tenants(work.ServiceProvider.GetRequiredService<CrmDbContext>()).ToListAsync(ct);
        var deleted = 0;
        foreach (var tenantId in having)
        {
            await using var work = scopes.CreateAsyncScope();
            work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "tidier");
            deleted += await delete(work.ServiceProvider.GetRequiredService<CrmDbContext>());
        }

        return deleted;
    }

    /// <summary>Deletes rows in small batches, the oldest first, so that nobody waits for it.</summary>
    /// <param name="db">The tenant's.</param>
    /// <param name="old">Which rows; asked again as each is deleted, since it may have changed meanwhile.</param>
    /// <param name="by">How old each is.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>How many.</returns>
    public static async Task<int> DeleteAsync<T>(this CrmDbContext db, IQueryable<T> old, Expression<Func<T, DateTimeOffset?>> by, CancellationToken ct) where T : class
    {
        for (var deleted = 0; ;)
        {
            var ids = await old.OrderBy(by).Select(row => EF.Property<Guid>(row, "Id")).Take(BatchSize).ToListAsync(ct);
            var batch = ids.Count == 0 ? 0 : await db.InTransactionAsync(() => old.Where(row => ids.Contains(EF.Property<Guid>(row, "Id"))).ExecuteDeleteAsync(ct), ct);
            deleted += batch;
            if (batch == 0 || ids.Count < BatchSize) return deleted;
        }
    }
}
