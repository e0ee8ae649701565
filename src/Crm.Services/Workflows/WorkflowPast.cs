using System.Runtime.CompilerServices;
using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>For which records it would have been time, as the event log and the activities have it.</summary>
internal static class WorkflowPast
{
    private const int MostLooked = 100_000;
    private const int ChunkSize = 500;

    /// <summary>At each time of the schedule the records that its condition held of then, in the order of their ids.</summary>
    public static async IAsyncEnumerable<(Guid Id, DateTimeOffset At)> PastOnScheduleAsync(this CrmDbContext db, WorkflowDefinition workflow, WorkflowScheduleFields schedule, RehearsedRuns rehearsed, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var at = rehearsed.Time.Next(schedule, rehearsed.From); at <= rehearsed.Until; at = rehearsed.Time.Next(schedule, at))
        {
            var found = 0;
            foreach (var chunk in (await IdsAsync(db, workflow.Noun, at, ct)).Chunk(ChunkSize))
            {
                if (found == WorkflowDue.MostOnSchedule) break;
                if (rehearsed.Looked >= MostLooked)
                {
                    rehearsed.IsComplete = false;
                    yield break;
                }

                rehearsed.Looked += chunk.Length;
                var records = await RecordsAsync(db, workflow.Noun, chunk, at, ct);
                foreach (var id in chunk)
                {
                    if (found == WorkflowDue.MostOnSchedule) break;
                    if (workflow.Fields.OncePerRecord && rehearsed.Has(id)) continue;
                    if (!records.TryGetValue(id, out var record) || workflow.Condition?.Holds(record.At(at).Members) == false) continue;
                    found++;
                    yield return (id, at);
                }
            }
        }
    }

    /// <summary>The records that were open when so many days had passed without an activity, in the order of these instants.</summary>
    public static async IAsyncEnumerable<(Guid Id, DateTimeOffset At)> PastInactiveAsync(this CrmDbContext db, WorkflowDefinition workflow, RehearsedRuns rehearsed, [EnumeratorCancellation] CancellationToken ct)
    {
        var length = TimeSpan.FromDays(workflow.Fields.Trigger.Inactivity!.Days!.Value);
        var (after, until) = (rehearsed.From - length, rehearsed.Until - length);
        var activities = workflow.Noun == "lead"
            ? db.Activities.AsNoTracking().Where(a => a.LeadId != null && a.OccurredAt > after).Select(a => new { Id = a.LeadId!.Value, a.OccurredAt, a.CreatedAt })
            : db.Activities.AsNoTracking().Where(a => a.DealId != null && a.OccurredAt > after).Select(a => new { Id = a.DealId!.Value, a.OccurredAt, a.CreatedAt });
        var made = workflow.Noun == "lead"
            ? db.Leads.AsNoTracking().WithDeleted().Where(l => l.CreatedAt > after).Select(l => new { l.Id, OccurredAt = l.CreatedAt, l.CreatedAt })
            : db.Deals.AsNoTracking().WithDeleted().Where(d => d.CreatedAt > after).Select(d => new { d.Id, OccurredAt = d.CreatedAt, d.CreatedAt });
        var rows = await activities.OrderByDescending(a => a.OccurredAt).Take(MostLooked + 1).ToListAsync(ct);
        rehearsed.IsComplete = rows.Count <= MostLooked;
        var begun = await made.OrderByDescending(r => r.CreatedAt).Take(MostLooked + 1).ToListAsync(ct);
        rehearsed.IsComplete &= begun.Count <= MostLooked;
        var records = rows.Concat(begun).GroupBy(row => row.Id, row => (row.OccurredAt, row.CreatedAt)).ToList();
        rehearsed.Looked = records.Count;
        foreach (var (id, at) in records.SelectMany(record => Silences(record, until, length).Select(at => (Id: record.Key, At: at))).OrderBy(one => one.At).ThenBy(one => one.Id)) yield return (id, at);
    }

    /// <summary>When so much time had passed since something, and nothing that was known by then had happened in between.</summary>
    private static List<DateTimeOffset> Silences(IEnumerable<(DateTimeOffset OccurredAt, DateTimeOffset CreatedAt)> happened, DateTimeOffset until, TimeSpan length)
    {
        var (silences, firstKnown) = (new List<DateTimeOffset>(), DateTimeOffset.MaxValue);
        foreach (var moment in happened.GroupBy(one => one.OccurredAt, one => one.CreatedAt).OrderByDescending(one => one.Key)) // the later ones are known when one is looked at
        {
            var (at, known) = (moment.Key + length, moment.Min());
            if (moment.Key <= until && known <= at && firstKnown > at) silences.Add(at);
            if (known < firstKnown) firstKnown = known;
        }

        return silences;
    }

    private static Task<List<Guid>> IdsAsync(CrmDbContext db, string noun, DateTimeOffset at, CancellationToken ct) => noun switch
    {
        "lead" => IdsAsync(db.Leads, at, ct),
        "deal" => IdsAsync(db.Deals, at, ct),
        _ => IdsAsync(db.Tasks, at, ct),
    };

    private static Task<List<Guid>> IdsAsync<T>(IQueryable<T> records, DateTimeOffset at, CancellationToken ct) where T : Record =>
        records.WithDeleted().Where(r => r.CreatedAt <= at).OrderBy(r => r.Id).Select(r => r.Id).Take(MostLooked + 1).ToListAsync(ct);

    /// <summary>The records that weren't deleted, as they were at an instant.</summary>
    private static async Task<Dictionary<Guid, WorkflowRecord>> RecordsAsync(CrmDbContext db, string noun, Guid[] ids, DateTimeOffset at, CancellationToken ct)
    {
        var collection = WorkflowHistory.CollectionOf(noun);
        var events = db.Events.AsNoTracking().Where(e => e.Collection == collection && ids.Contains(e.RecordId!.Value) && e.OccurredAt <= at);
        var last = events.GroupBy(e => e.RecordId).Select(group => new { RecordId = group.Key, Version = group.Max(e => e.Version) });
        var rows = await events.Join(last, e => new { e.RecordId, e.Version }, one => new { one.RecordId, one.Version }, (e, one) => new { e.RecordId, e.Type, e.Record }).ToListAsync(ct);
        return rows.Where(row => !WorkflowHistory.IsDeletion(row.Type)).ToDictionary(row => row.RecordId!.Value, row => WorkflowRecord.Of(noun, JsonSerializer.Deserialize<JsonElement>(row.Record, CrmJson.Options)));
    }
}
