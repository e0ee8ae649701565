using Crm.Database.Notifications;
using Crm.Services.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Services.Notifications;

/// <summary>Deletes what is too old: notifications that were read, and mails that are over, after 90 days; any notification after a year.</summary>
public sealed class NotificationTidier(IServiceScopeFactory scopes, TimeProvider clock)
{
    private static readonly TimeSpan Over = TimeSpan.FromDays(90);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <returns>How many were deleted.</returns>
    public Task<int> TidyAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (endedBefore, madeBefore) = (now - Over, now - Year);
        return scopes.TidyAsync(
            db => db.TenantsToTidy(endedBefore, madeBefore),
            async db =>
            {
                var read = await db.DeleteAsync(db.Notifications.Where(n => n.ReadAt != null && n.CreatedAt < endedBefore), n => n.CreatedAt, ct); // but for those that were marked as unread meanwhile
                var any = await db.DeleteAsync(db.Notifications.Where(n => n.CreatedAt < madeBefore), n => n.CreatedAt, ct);
                return read + any + await db.DeleteAsync(db.NotificationMails.Where(m => m.State != MailState.Pending && m.CreatedAt < endedBefore), m => m.CreatedAt, ct);
            },
            ct);
    }
}
