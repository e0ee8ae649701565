using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Database;
using Crm.Services.Events;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>Records as the event log has them.</summary>
internal static class WorkflowHistory
{
    /// <summary>The record that an event tells of, with what it belongs to as that was in the log's order.</summary>
    /// <param name="db">Where the log is.</param>
    /// <param name="workflow">For which workflow.</param>
    /// <param name="entry">The event.</param>
    /// <param name="related">What was found for other workflows of what its record belongs to, by what that is called.</param>
    /// <param name="ct">Stops it.</param>
    public static Task<WorkflowRecord> RecordAsync(this CrmDbContext db, WorkflowDefinition workflow, LogEntry entry, Dictionary<string, string?> related, CancellationToken ct) =>
        WithRelatedAsync(workflow, WorkflowRecord.Of(workflow.Noun, entry.Record), async parent => related.TryGetValue(parent.Noun, out var known) ? known : related[parent.Noun] = await db.LatestAsync(parent.Noun, parent.Id, entry.Position, ct));

    /// <summary>The record as it was at an instant, with what it belonged to; null where it wasn't there, or was deleted.</summary>
    public static async Task<WorkflowRecord?> RecordAtAsync(this CrmDbContext db, WorkflowDefinition workflow, Guid id, DateTimeOffset at, CancellationToken ct)
    {
        var collection = CollectionOf(workflow.Noun);
        var last = await db.Events.AsNoTracking().Where(e => e.Collection == collection && e.RecordId == id && e.OccurredAt <= at).OrderByDescending(e => e.Version).Select(e => new { e.Type, e.Record }).FirstOrDefaultAsync(ct);
        if (last is null || IsDeletion(last.Type)) return null;
        return await WithRelatedAsync(workflow, WorkflowRecord.Of(workflow.Noun, Json(last.Record)).At(at), async parent =>
        {
            var of = CollectionOf(parent.Noun);
            var (parentId, until) = (parent.Id, at);
            var latest = await db.Events.AsNoTracking().Where(e => e.Collection == of && e.RecordId == parentId && e.OccurredAt <= until).OrderByDescending(e => e.Version).Select(e => new { e.Type, e.Record }).FirstOrDefaultAsync(ct);
            return latest is null || IsDeletion(latest.Type) ? null : latest.Record;
        });
    }

    /// <summary>The record as it is now, with what it belongs to; null where there is none, or it is deleted.</summary>
    public static async Task<WorkflowRecord?> RecordNowAsync(this CrmDbContext db, WorkflowDefinition workflow, Guid id, CancellationToken ct) =>
        await db.NowAsync(workflow.Noun, id, ct) is { } record ? await WithRelatedAsync(workflow, WorkflowRecord.Of(workflow.Noun, Json(record)), parent => db.NowAsync(parent.Noun, parent.Id, ct)) : null;

    /// <summary>Whether a type of event tells that a record was deleted.</summary>
    public static bool IsDeletion(string eventType) => eventType.EndsWith(".deleted", StringComparison.Ordinal);

    /// <summary>What a record is called in paths.</summary>
    public static string CollectionOf(string noun) => noun == "activity" ? "activities" : $"{noun}s";

    private static async Task<WorkflowRecord> WithRelatedAsync(WorkflowDefinition workflow, WorkflowRecord record, Func<(string Noun, Guid Id), Task<string?>> find)
    {
        foreach (var parent in workflow.Related)
        {
            if (record.ParentId(parent) is { } id && await find((parent, id)) is { } json) record = record.With(parent, Json(json));
        }

        return record;
    }

    private static async Task<string?> LatestAsync(this CrmDbContext db, string noun, Guid id, long position, CancellationToken ct)
    {
        var collection = CollectionOf(noun);
        var latest = await db.Events.AsNoTracking().Where(e => e.Collection == collection && e.RecordId == id).Join(db.Seals.Where(s => s.Position <= position), e => e.Id, s => s.EventId, (e, s) => e)
            .OrderByDescending(e => e.Version).Select(e => new { e.Type, e.Record }).FirstOrDefaultAsync(ct);
        return latest is null || IsDeletion(latest.Type) ? null : latest.Record;
    }

    private static async Task<string?> NowAsync(this CrmDbContext db, string noun, Guid id, CancellationToken ct)
    {
        Database.Records.Record? record = noun switch
        {
            "lead" => await db.Leads.AsNoTracking().SingleOrDefaultAsync(l => l.Id == id, ct),
            "deal" => await db.Deals.AsNoTracking().Include(d => d.CurrentStage).SingleOrDefaultAsync(d => d.Id == id, ct),
            "task" => await db.Tasks.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct),
            _ => await db.Activities.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct),
        };
        return record is null ? null : JsonSerializer.Serialize(record.ToView(db.Stamp().At), CrmJson.Options);
    }

    private static JsonElement Json(string record) => JsonSerializer.Deserialize<JsonElement>(record, CrmJson.Options);
}
