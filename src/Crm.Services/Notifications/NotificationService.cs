using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Notifications;
using Crm.Database;
using Crm.Database.Notifications;
using Crm.Database.Tenancy;
using Crm.Services.Lists;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Notifications;

/// <summary>What the caller is told. Everybody has their own; of a record out of sight there is nothing, in lists and counts alike.</summary>
public sealed partial class NotificationService(CrmDbContext db, Caller caller, TimeProvider clock)
{
    internal static readonly Sorting<Notification> Sorts = new Sorting<Notification>("notifications", n => n.Id).By("createdAt", n => n.CreatedAt);

    public Task<Page<NotificationView>> ListAsync(NotificationQuery query, CancellationToken ct)
    {
        var notifications = Own().AsNoTracking();
        if (query.Kind is { } kinds) notifications = notifications.Where(n => kinds.Contains(n.Kind));
        if (query.Read is { } read) notifications = notifications.Where(n => (n.ReadAt != null) == read);
        return notifications.ToPageAsync(query, Sorts, NotificationViews.Projection, ct);
    }

    /// <summary>Counted up to <see cref="UnreadCountView.Cap"/>.</summary>
    public async Task<UnreadCountView> UnreadAsync(CancellationToken ct)
    {
        var counted = await Own().Where(n => n.ReadAt == null).OrderBy(n => n.CreatedAt).Take(UnreadCountView.Cap + 1).CountAsync(ct);
        return new UnreadCountView { Unread = Math.Min(counted, UnreadCountView.Cap), UnreadIsExact = counted <= UnreadCountView.Cap };
    }

    /// <summary>The caller's notifications behind a number, in the order of their numbers: what a stream that broke off goes on with.</summary>
    /// <param name="number">The number of the last that is known; 0 for none.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="ct">Stops the question.</param>
    public Task<List<NotificationView>> AfterAsync(long number, int most, CancellationToken ct) =>
        Own().AsNoTracking().Where(n => n.Number > number).OrderBy(n => n.Number).Take(most).Select(NotificationViews.Projection).ToListAsync(ct);

    /// <summary>Marks one as read; one that was read stays as it was.</summary>
    /// <exception cref="CrmException">404 for none of the caller's; 412 where <paramref name="ifMatch"/> is stale.</exception>
    public Task<NotificationView> ReadAsync(Guid id, int? ifMatch, CancellationToken ct) => ChangeAsync(id, ifMatch, notification => notification.Read(clock.GetUtcNow()), ct);

    /// <summary>Marks one as unread; one that is unread stays so.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<NotificationView> UnreadAsync(Guid id, int? ifMatch, CancellationToken ct) => ChangeAsync(id, ifMatch, notification => notification.Unread(), ct);

    /// <summary>Marks all as read that were made until an instant.</summary>
    /// <returns>What is unread then.</returns>
    public Task<UnreadCountView> ReadAllAsync(DateTimeOffset? until, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var now = clock.GetUtcNow();
            var unread = Own().Where(n => n.ReadAt == null);
            if (until is { } last) unread = unread.Where(n => n.CreatedAt <= last);
            await unread.ExecuteUpdateAsync(set => set.SetProperty(n => n.ReadAt, now).SetProperty(n => n.Version, n => n.Version + 1), ct);
            return await UnreadAsync(ct);
        },
        ct);

    private IQueryable<Notification> Own() => db.Notifications.OfDeletedToo().Where(n => n.UserId == caller.UserId);

    private Task<NotificationView> ChangeAsync(Guid id, int? ifMatch, Action<Notification> change, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var notification = await Own().ForUpdate().SingleOrDefaultAsync(n => n.Id == id, ct) ?? throw CrmException.NotFound("notification", id);
            if (ifMatch is { } version && version != notification.Version) throw CrmException.Stale("notification", id);
            change(notification);
            await db.SaveChangesAsync(ct);
            return NotificationViews.Of(notification);
        },
        ct);
}
