using System.Runtime.CompilerServices;
using System.Text.Json;
using Crm.Contracts.Audit;
using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Events;
using Crm.Services.Lists;
using Crm.Services.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Audit;

/// <summary>The event log as an auditor reads it: all of it, also what is no record's.</summary>
public sealed class AuditService(CrmDbContext db, Caller caller)
{
    internal static readonly Sorting<Event> Sorts = new Sorting<Event>("audit", e => e.Id).By("occurredAt", e => e.OccurredAt);

    private const int CsvPage = 1000;

    /// <exception cref="CrmException">400 for a range whose end lies before its beginning, or a cursor that is none.</exception>
    public async Task<Page<AuditEntryView>> ListAsync(AuditQuery query, CancellationToken ct)
    {
        Filters.Range("occurred", query.OccurredFrom, query.OccurredTo);
        return (await Matching(query).ToPageAsync(query, Sorts, e => e, ct)).Select(ViewOf);
    }

    /// <summary>Everything that matches, page by page, so that neither memory nor a transaction grows with it.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async IAsyncEnumerable<AuditEntryView> AllAsync(AuditQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        var next = query with { Skip = 0, Take = CsvPage, Cursor = null, Total = TotalMode.None };
        while (true)
        {
            var page = await ListAsync(next, ct);
            foreach (var entry in page.Items) yield return entry;
            if (page.NextCursor is null) yield break;
            next = next with { Cursor = page.NextCursor };
        }
    }

    public async Task<AuditHeadView> HeadAsync(CancellationToken ct)
    {
        var head = await db.SealHeads.AsNoTracking().SingleOrDefaultAsync(ct);
        return new AuditHeadView
        {
            Position = head?.Position ?? 0,
            Hash = head is null ? null : Convert.ToHexStringLower(head.Hash),
            SealedAt = head?.SealedAt,
            Unsealed = await db.UnsealedEvents.CountAsync(ct),
        };
    }

    private IQueryable<Event> Matching(AuditQuery query)
    {
        var events = db.Events.AsNoTracking();
        if (query.Actor is { } actors)
        {
            var ids = actors.Select(id => caller.Resolve(id)!).ToList();
            events = events.Where(e => ids.Contains(e.Actor));
        }

        if (query.Type is { } types) events = events.Where(e => types.Contains(e.Type));
        if (query.RecordId is { } records) events = events.Where(e => e.RecordId != null && records.Contains(e.RecordId.Value));
        if (query.OccurredFrom is { } from) events = events.Where(e => e.OccurredAt >= from);
        if (query.OccurredTo is { } to) events = events.Where(e => e.OccurredAt < to);
        if (query.Credential is { } credentials) events = events.Where(e => credentials.Contains(e.Credential!));
        if (query.Address is { } addresses) events = events.Where(e => addresses.Contains(e.Address!));
        return query.Subject is { } subject ? Of(events, subject) : events;
    }

    /// <summary>A record by its id, anything else by its own in its collection.</summary>
    private static IQueryable<Event> Of(IQueryable<Event> events, string subject)
    {
        var parts = subject.Split('/', 2);
        var (collection, id) = (parts[0], parts.Length > 1 ? parts[1] : "");
        return Guid.TryParseExact(id, "D", out var recordId)
            ? events.Where(e => e.Collection == collection && (e.RecordId == recordId || e.SubjectId == id))
            : events.Where(e => e.Collection == collection && e.SubjectId == id);
    }

    private static AuditEntryView ViewOf(Event e) => new()
    {
        Id = e.Id,
        OccurredAt = e.OccurredAt,
        Type = e.Type,
        Subject = e.RecordId is { } id ? $"{e.Collection}/{id}" : e.SubjectId is { Length: > 0 } subject ? $"{e.Collection}/{subject}" : e.Collection,
        Version = e.Version,
        Actor = e.Actor,
        Credential = e.Credential,
        Address = e.Address,
        TraceId = e.TraceId,
        Changes = e.Version == 1 ? Made(e) : JsonSerializer.Deserialize<Dictionary<string, FieldChange>>(e.Changes, CrmJson.Options)!,
    };

    /// <summary>A record's first event tells what it was made with by the record alone.</summary>
    private static Dictionary<string, FieldChange> Made(Event e) => JsonSerializer.Deserialize<JsonElement>(e.Record, CrmJson.Options).EnumerateObject()
        .Where(member => member.Value.ValueKind != JsonValueKind.Null)
        .ToDictionary(member => member.Name, member => new FieldChange { From = null, To = member.Value }, StringComparer.Ordinal);
}
