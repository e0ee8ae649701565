using Crm.Database;
using Crm.Database.Notifications;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Notifications;

/// <summary>Deletes what is too old: notifications that were read, and mails that are over, after 90 days; any notification after a year. In small batches, so that nobody waits for it.</summary>
public sealed class NotificationTidier(IServiceScopeFactory scopes, TimeProvider clock)
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Over = TimeSpan.FromDays(90);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <returns>How many were deleted.</returns>
    public async Task<int> TidyAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (endedBefore, madeBefore) = (now - Over, now - Year);
        List<Guid> tenants;
        await using (var work = scopes.CreateAsyncScope()) tenants = await work.ServiceProvider.GetRequiredService<CrmDbContext>().TenantsToTidy(endedBefore, madeBefore).ToListAsync(ct);
        var deleted = 0;
        foreach (var tenantId in tenants)
        {
            await using var work = scopes.CreateAsyncScope();
            work.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenantId, "tidier");
            var db = work.ServiceProvider.GetRequiredService<CrmDbContext>();
            deleted += await DeleteAsync(db, db.Notifications.Where(n => n.ReadAt != null && n.CreatedAt < endedBefore), ct);
            deleted += await DeleteAsync(db, db.Notifications.Where(n => n.CreatedAt < madeBefore), ct);
            deleted += await DeleteAsync(db, db.NotificationMails.Where(m => m.State != MailState.Pending && m.CreatedAt < endedBefore), ct);
        }

        return deleted;
    }

    private static async Task<int> DeleteAsync<T>(CrmDbContext db, IQueryable<T> old, CancellationToken ct) where T : Notice
    {
        for (var deleted = 0; ;)
        {
            var ids = await old.OrderBy(n => n.CreatedAt).Take(BatchSize).Select(n => n.Id).ToListAsync(ct);
            if (ids.Count == 0) return deleted;
            // Still old: one may have been marked as unread meanwhile.
            var batch = await db.InTransactionAsync(() => old.Where(n => ids.Contains(n.Id)).ExecuteDeleteAsync(ct), ct);
            deleted += batch;
            if (batch == 0 || ids.Count < BatchSize) return deleted;
        }
    }
}
