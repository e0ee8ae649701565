using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Members;
using Crm.Contracts.Notifications;
using Crm.Database;
using Crm.Database.Records;
using Crm.Services.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Notifications;

/// <summary>Something that a user would be told, if the user wants to hear it.</summary>
/// <param name="Event">Of what.</param>
/// <param name="Kind">As what.</param>
/// <param name="UserId">Who.</param>
/// <param name="RecordId">The record that only who sees it is told of; null for what is no record's.</param>
/// <param name="Title">What its subject is called.</param>
internal sealed record Piece(LogEntry Event, NotificationKind Kind, string UserId, Guid? RecordId, string Title);

/// <summary>What of the log is news, and to whom. Nobody is told of what they did themselves, unless it went wrong or the clock did it.</summary>
internal static class News
{
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        EventTypes.TaskCreated, EventTypes.TaskAssigned, EventTypes.TaskReminded, EventTypes.TaskDue,
        EventTypes.LeadCreated, EventTypes.LeadAssigned,
        EventTypes.DealCreated, EventTypes.DealAssigned, EventTypes.DealWon, EventTypes.DealLost, EventTypes.DealRotting,
        EventTypes.ConversionRejected, EventTypes.RoutingFailed, EventTypes.WebhookDisabled, EventTypes.WorkflowNotified,
    };

    /// <summary>Whether anybody might be told of it.</summary>
    public static bool May(LogEntry e) => Types.Contains(e.Type);

    /// <summary>The pieces, in the order of the events.</summary>
    public static async Task<List<Piece>> OfAsync(CrmDbContext db, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        var pieces = new List<Piece>();
        foreach (var e in entries)
        {
            if (e.Type == EventTypes.ConversionRejected) pieces.AddRange(await OfConversionAsync(db, e, ct));
            else if (e.Type == EventTypes.RoutingFailed) pieces.AddRange(await OfRoutingAsync(db, e, ct));
            else if (e.Type == EventTypes.WebhookDisabled) pieces.AddRange(await OfWebhookAsync(db, e, ct));
            else if (e.Type == EventTypes.WorkflowNotified) pieces.AddRange(OfWorkflow(e));
            else if (OfRecord(e) is { } piece) pieces.Add(piece);
        }

        return pieces;
    }

    private static Piece? OfRecord(LogEntry e) => e.Type switch
    {
        EventTypes.TaskCreated or EventTypes.TaskAssigned => ByAnother(e, NotificationKind.TaskAssigned),
        EventTypes.LeadCreated or EventTypes.LeadAssigned => ByAnother(e, NotificationKind.LeadAssigned),
        EventTypes.DealCreated or EventTypes.DealAssigned => ByAnother(e, NotificationKind.DealAssigned),
        EventTypes.DealWon => ByAnother(e, NotificationKind.DealWon),
        EventTypes.DealLost => ByAnother(e, NotificationKind.DealLost),
        EventTypes.DealRotting => ToOwner(e, NotificationKind.DealRotting),
        EventTypes.TaskReminded => ToOwner(e, NotificationKind.TaskReminder),
        EventTypes.TaskDue => ToOwner(e, NotificationKind.TaskOverdue),
        _ => null,
    };

    private static Piece? ByAnother(LogEntry e, NotificationKind kind) => ToOwner(e, kind) is { } piece && piece.UserId != e.Actor ? piece : null;

    private static Piece? ToOwner(LogEntry e, NotificationKind kind) =>
        TextOf(e.Record, e.Collection == "tasks" ? "assigneeId" : "ownerId") is { } owner ? new Piece(e, kind, owner, e.RecordId, TitleOf(e)) : null;

    private static string TitleOf(LogEntry e) => e.Collection switch
    {
        "tasks" => TextOf(e.Record, "title"),
        "deals" => TextOf(e.Record, "name"),
        _ => NameOf(TextOf(e.Record, "firstName"), TextOf(e.Record, "lastName")),
    } ?? "";

    /// <summary>Who began the conversion, who asked for it last, and whose the lead is.</summary>
    private static async Task<IEnumerable<Piece>> OfConversionAsync(CrmDbContext db, LogEntry e, CancellationToken ct)
    {
        if (!Guid.TryParse(e.SubjectId, out var id)) return [];
        var conversion = await db.Conversions.AsNoTracking().Where(c => c.Id == id)
            .Join(db.Leads.WithDeleted(), c => new { c.TenantId, Id = c.LeadId }, l => new { l.TenantId, l.Id }, (c, l) => new { c.CreatedBy, c.LeadId, l.OwnerId, l.FirstName, l.LastName })
            .SingleOrDefaultAsync(ct);
        if (conversion is null) return [];
        var users = new[] { conversion.CreatedBy, e.Actor, conversion.OwnerId }.OfType<string>().Distinct(StringComparer.Ordinal);
        return users.Select(user => new Piece(e, NotificationKind.ConversionFailed, user, conversion.LeadId, NameOf(conversion.FirstName, conversion.LastName)));
    }

    /// <summary>All managers and admins, as far as they are stored as such.</summary>
    private static async Task<IEnumerable<Piece>> OfRoutingAsync(CrmDbContext db, LogEntry e, CancellationToken ct)
    {
        if (!Guid.TryParse(e.SubjectId, out var id) || await db.Leads.AsNoTracking().WithDeleted().Where(l => l.Id == id).Select(l => new { l.FirstName, l.LastName }).SingleOrDefaultAsync(ct) is not { } lead) return [];
        var managers = await db.Members.AsNoTracking().Where(m => (m.Role == Role.Manager || m.Role == Role.Admin) && m.Active && m.UserId != e.Actor).OrderBy(m => m.UserId).Select(m => m.UserId).ToListAsync(ct);
        return managers.Select(manager => new Piece(e, NotificationKind.LeadUnrouted, manager, id, NameOf(lead.FirstName, lead.LastName)));
    }

    /// <summary>Whom a workflow tells something.</summary>
    private static IEnumerable<Piece> OfWorkflow(LogEntry e) =>
        Guid.TryParse(e.SubjectId, out var id) && TextIn(e, "userId") is { } user && TextIn(e, "text") is { } text ? [new Piece(e, NotificationKind.Workflow, user, id, text)] : [];

    private static string? TextIn(LogEntry e, string member) => e.Changes.TryGetValue(member, out var change) && change.To is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>All admins, as far as they are stored as such.</summary>
    private static async Task<IEnumerable<Piece>> OfWebhookAsync(CrmDbContext db, LogEntry e, CancellationToken ct)
    {
        var admins = await db.Members.AsNoTracking().Where(m => m.Role == Role.Admin && m.Active && m.UserId != e.Actor).OrderBy(m => m.UserId).Select(m => m.UserId).ToListAsync(ct);
        var webhook = Guid.TryParse(e.SubjectId, out var id) ? await db.Webhooks.AsNoTracking().Where(w => w.Id == id).Select(w => new { w.Name, w.Url }).SingleOrDefaultAsync(ct) : null;
        var title = webhook is null ? "" : webhook.Name ?? new Uri(webhook.Url).Host; // the host alone: a path may be as good as a password
        return admins.Select(admin => new Piece(e, NotificationKind.WebhookDisabled, admin, null, title));
    }

    private static string NameOf(string? first, string? last) => string.Join(' ', new[] { first, last }.OfType<string>());

    private static string? TextOf(JsonElement record, string member) =>
        record.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
