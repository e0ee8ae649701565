using Crm.Contracts.Notifications;
using Crm.Database;
using Crm.Database.Notifications;
using Crm.Database.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Notifications;

/// <summary>Writes what users are told, by the ways that they want, in the caller's transaction.</summary>
internal static class NoticeWriter
{
    /// <summary>Leaves out what was written before, and who isn't an active member.</summary>
    /// <returns>Whether there are new notifications.</returns>
    public static async Task<bool> WriteAsync(CrmDbContext db, IReadOnlyList<Piece> pieces, bool withMails, CancellationToken ct)
    {
        // First of all, so that whoever is told the same at this moment waits here, and then finds it written.
        var counter = await db.NotificationCounters.ForUpdate().SingleOrDefaultAsync(ct);
        if (counter is null) db.Add(counter = new NotificationCounter { TenantId = db.Stamp().TenantId });

        var users = pieces.Select(piece => piece.UserId).Distinct(StringComparer.Ordinal).ToList();
        var members = await db.Members.AsNoTracking().Where(m => users.Contains(m.UserId) && m.Active).Select(m => new { m.UserId, HasAddress = m.Email != null }).ToDictionaryAsync(m => m.UserId, m => m.HasAddress, StringComparer.Ordinal, ct);
        var wishes = (await db.NotificationPreferences.AsNoTracking().Where(p => users.Contains(p.UserId)).ToListAsync(ct)).ToDictionary(p => (p.UserId, p.Kind), p => new ChannelView { InApp = p.InApp, Email = p.Email });
        var events = pieces.Select(piece => piece.Event.Id).ToList();
        var shown = await WrittenAsync(db.Notifications, events, ct);
        var mailed = await WrittenAsync(db.NotificationMails, events, ct);

        var (before, written) = (counter.Number, 0);
        foreach (var piece in pieces)
        {
            if (!members.TryGetValue(piece.UserId, out var hasAddress)) continue;
            var wish = wishes.GetValueOrDefault((piece.UserId, piece.Kind), NotificationPreference.ByDefault);
            var key = (piece.Event.Id, piece.UserId, piece.Kind);

            // A microsecond apart, so that a list by time shows them in the order of their numbers; and one id for both ways.
            var at = db.Stamp().At.AddMicroseconds(written++);
            var id = Guid.CreateVersion7(at);
            if (wish.InApp && shown.Add(key)) db.Add(NotificationOf(piece, db.Stamp().TenantId, id, at, ++counter.Number));
            if (withMails && wish.Email && hasAddress && mailed.Add(key)) db.Add(MailOf(piece, db.Stamp().TenantId, id, at));
        }

        await db.SaveChangesAsync(ct);
        return counter.Number > before;
    }

    private static async Task<HashSet<(Guid, string, NotificationKind)>> WrittenAsync<T>(IQueryable<T> notices, List<Guid> events, CancellationToken ct) where T : Notice =>
        [.. (await notices.AsNoTracking().Where(n => events.Contains(n.EventId)).Select(n => new { n.EventId, n.UserId, n.Kind }).ToListAsync(ct)).Select(n => (n.EventId, n.UserId, n.Kind))];

    private static Notification NotificationOf(Piece piece, Guid tenantId, Guid id, DateTimeOffset at, long number) => new()
    {
        TenantId = tenantId,
        Id = id,
        Number = number,
        UserId = piece.UserId,
        Kind = piece.Kind,
        EventId = piece.Event.Id,
        Collection = piece.Event.Collection,
        SubjectId = SubjectOf(piece),
        RecordId = piece.RecordId,
        Title = piece.Title,
        Actor = piece.Event.Actor,
        CreatedAt = at,
    };

    private static NotificationMail MailOf(Piece piece, Guid tenantId, Guid id, DateTimeOffset at) => new()
    {
        TenantId = tenantId,
        Id = id,
        UserId = piece.UserId,
        Kind = piece.Kind,
        EventId = piece.Event.Id,
        Collection = piece.Event.Collection,
        SubjectId = SubjectOf(piece),
        RecordId = piece.RecordId,
        Title = piece.Title,
        Actor = piece.Event.Actor,
        CreatedAt = at,
    };

    private static string SubjectOf(Piece piece) => piece.Event.RecordId?.ToString() ?? piece.Event.SubjectId ?? "";
}
