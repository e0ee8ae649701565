using System.Text.Json;
using Crm.Contracts.Leads;
using Crm.Database;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Scoring;

/// <summary>An instant as of which a lead is looked at.</summary>
internal sealed record Moment(Guid LeadId, DateTimeOffset At)
{
    /// <summary>
    /// When it is decided what a lead is worth: a day after it was made, or before that just before it was decided, or now. So what a model learns from and what it is asked of
    /// are of the same age, and nothing is known in it of how the lead ended.
    /// </summary>
    /// <param name="leadId">Which lead.</param>
    /// <param name="createdAt">When it was made.</param>
    /// <param name="decidedAt">When it first became unqualified or a customer; null for not yet.</param>
    /// <param name="now">When it is asked.</param>
    /// <returns>Null for a lead that was made as a decided one.</returns>
    public static Moment? Of(Guid leadId, DateTimeOffset createdAt, DateTimeOffset? decidedAt, DateTimeOffset now)
    {
        var at = createdAt.AddDays(1);
        if (at > now) at = now > createdAt ? now : createdAt; // by another machine's clock, which is behind, it isn't made yet
        if (decidedAt <= at) at = decidedAt.Value.AddMicroseconds(-1);
        return at < createdAt ? null : new Moment(leadId, at);
    }
}

/// <summary>What was known of a lead at an instant.</summary>
internal sealed record KnownLead(JsonElement Record, IReadOnlyList<Contact> Contacts, DateTimeOffset At);

/// <summary>Reads leads as they were, from the event log and from the snapshots of activities.</summary>
internal sealed class LeadHistory(CrmDbContext db)
{
    private const int BatchSize = 200;
    private static readonly string[] Decided = [EnumNames(LeadStatus.Unqualified), EnumNames(LeadStatus.Converted)];

    /// <summary>When each of some leads was decided first; none for those that weren't.</summary>
    public async Task<Dictionary<Guid, DateTimeOffset>> DecidedAtAsync(IReadOnlyList<Guid> leadIds, CancellationToken ct)
    {
        var found = new Dictionary<Guid, DateTimeOffset>();
        foreach (var ids in leadIds.Chunk(BatchSize))
        {
            var stays = await db.LeadStays.AsNoTracking().Where(s => ids.Contains(s.LeadId) && (s.Status == LeadStatus.Unqualified || s.Status == LeadStatus.Converted)).Select(s => new { s.LeadId, s.EnteredAt }).ToListAsync(ct);
            foreach (var lead in stays.GroupBy(stay => stay.LeadId)) found[lead.Key] = lead.Min(stay => stay.EnteredAt);
        }

        return found;
    }

    /// <summary>What was known of each lead at its instant: the record of the last event by then, and the activities as they stood by then. Leads of which the log knows nothing by then, or that were decided by then, are left out.</summary>
    /// <param name="moments">One of each lead, best in the order of time.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Dictionary<Guid, KnownLead>> ReadAsync(IReadOnlyList<Moment> moments, CancellationToken ct)
    {
        var known = new Dictionary<Guid, KnownLead>();
        foreach (var batch in moments.Chunk(BatchSize))
        {
            var (ids, last) = (batch.Select(moment => moment.LeadId).ToArray(), batch.Max(moment => moment.At));
            var (records, contacts) = (await RecordsAsync(batch, ids, last, ct), await ContactsAsync(ids, last, ct));
            foreach (var (leadId, at) in batch)
            {
                if (!records.TryGetValue(leadId, out var record) || Decided.Contains(record.GetProperty("status").GetString())) continue;
                known[leadId] = new KnownLead(record, [.. contacts[leadId].Where(one => one.At <= at && at < one.Until && one.Contact.OccurredAt <= at).Select(one => one.Contact)], at);
            }
        }

        return known;
    }

    private async Task<Dictionary<Guid, JsonElement>> RecordsAsync(Moment[] batch, Guid[] ids, DateTimeOffset last, CancellationToken ct)
    {
        var events = (await db.Events.AsNoTracking().Where(e => e.RecordId != null && ids.Contains(e.RecordId.Value) && e.OccurredAt <= last).Select(e => new { e.Id, LeadId = e.RecordId!.Value, e.Version, e.OccurredAt }).ToListAsync(ct))
            .ToLookup(e => e.LeadId);
        var lasts = batch.Select(moment => events[moment.LeadId].Where(e => e.OccurredAt <= moment.At).MaxBy(e => e.Version)?.Id).OfType<Guid>().ToArray();
        return (await db.Events.AsNoTracking().Where(e => lasts.Contains(e.Id)).Select(e => new { LeadId = e.RecordId!.Value, e.Record }).ToListAsync(ct))
            .ToDictionary(e => e.LeadId, e => JsonSerializer.Deserialize<JsonElement>(e.Record));
    }

    private async Task<ILookup<Guid, (DateTimeOffset At, DateTimeOffset Until, Contact Contact)>> ContactsAsync(Guid[] ids, DateTimeOffset last, CancellationToken ct) =>
        (await db.ActivitySnapshots.AsNoTracking().Where(s => s.LeadId != null && ids.Contains(s.LeadId.Value) && s.At <= last && s.OccurredAt <= last && !s.IsDeleted).Select(s => new { LeadId = s.LeadId!.Value, s.At, s.Until, s.Type, s.Direction, s.OccurredAt }).ToListAsync(ct))
        .ToLookup(s => s.LeadId, s => (s.At, s.Until, new Contact(s.Type, s.Direction, s.OccurredAt)));

    private static string EnumNames(LeadStatus status) => Contracts.Json.EnumNames<LeadStatus>.Of(status);
}
