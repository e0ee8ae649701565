using Crm.Contracts.Leads;
using Crm.Contracts.Workflows;
using Crm.Database;
using Crm.Services.Deals;
using Crm.Services.Leads;
using Crm.Services.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Workflows;

/// <summary>For which records it is time.</summary>
internal static class WorkflowDue
{
    /// <summary>How many records a schedule is for at once.</summary>
    public const int MostOnSchedule = 1000;

    private const int MostAtOnce = 1000;
    private const int ChunkSize = 500;

    /// <summary>Keeps the first, and all of the same instant as the last of these: so many as one transaction should begin.</summary>
    /// <returns>Whether that is all.</returns>
    public static bool Limit(List<(Guid Id, DateTimeOffset At)> due)
    {
        due.Sort((one, other) => one.At != other.At ? one.At.CompareTo(other.At) : one.Id.CompareTo(other.Id));
        if (due.Count <= MostAtOnce) return true;
        var last = due[MostAtOnce - 1].At;
        return due.RemoveAll(one => one.At > last) == 0;
    }

    /// <summary>The records of a schedule, the first by their ids, and where each has its turn once those that haven't had it; none where that time was looked at already.</summary>
    public static async Task<List<(Guid Id, DateTimeOffset At)>> OnScheduleAsync(this CrmDbContext db, Guid id, WorkflowDefinition workflow, DateTimeOffset due, DateTimeOffset lookedAt, CancellationToken ct)
    {
        if (due <= lookedAt) return [];
        var condition = workflow.Condition;
        var ids = workflow.Noun switch
        {
            "lead" => (condition is null ? db.Leads : db.Leads.Where(LeadService.Filter(db, condition))).Select(l => l.Id),
            "deal" => (condition is null ? db.Deals : db.Deals.Where(DealService.Filter(db, condition))).Select(d => d.Id),
            _ => (condition is null ? db.Tasks : db.Tasks.Where(TaskService.Filter(condition, due))).Select(t => t.Id),
        };
        if (workflow.Fields.OncePerRecord) ids = ids.Where(record => !db.WorkflowRuns.Any(r => r.WorkflowId == id && r.Key == record));
        return (await ids.Order().Take(MostOnSchedule).ToListAsync(ct)).ConvertAll(record => (record, due));
    }

    /// <summary>The open records for which so many days have passed without an activity, since the clock looked last.</summary>
    public static async Task<List<(Guid Id, DateTimeOffset At)>> InactiveAsync(this CrmDbContext db, WorkflowDefinition workflow, DateTimeOffset lookedAt, DateTimeOffset now, CancellationToken ct)
    {
        var inactivity = workflow.Fields.Trigger.Inactivity!;
        var length = TimeSpan.FromDays(inactivity.Days!.Value);
        var (after, until) = (lookedAt - length, now - length);
        var isLead = inactivity.Record == WorkflowRecordKind.Lead;
        var active = db.Activities.Where(a => a.OccurredAt > after && a.OccurredAt <= until);
        var ids = isLead
            ? await active.Where(a => a.LeadId != null).Select(a => a.LeadId!.Value).Union(db.Leads.Where(l => l.CreatedAt > after && l.CreatedAt <= until).Select(l => l.Id)).ToListAsync(ct)
            : await active.Where(a => a.DealId != null).Select(a => a.DealId!.Value).Union(db.Deals.Where(d => d.CreatedAt > after && d.CreatedAt <= until).Select(d => d.Id)).ToListAsync(ct);
        var due = new List<(Guid Id, DateTimeOffset At)>();
        foreach (var chunk in ids.Order().Chunk(ChunkSize))
        {
            var last = isLead ? await LeadsAsync(db, chunk, ct) : await DealsAsync(db, chunk, ct);
            due.AddRange(last.Where(one => one.Last > after && one.Last <= until).Select(one => (one.Id, one.Last + length)));
        }

        return due;
    }

    /// <summary>When the last activity of each open lead was, or when it was made.</summary>
    private static async Task<List<(Guid Id, DateTimeOffset Last)>> LeadsAsync(CrmDbContext db, Guid[] ids, CancellationToken ct)
    {
        var rows = await db.Leads.AsNoTracking().Where(l => ids.Contains(l.Id) && l.Status != LeadStatus.Converted && l.Status != LeadStatus.Unqualified)
            .Select(l => new { l.Id, l.CreatedAt, Last = db.Activities.Where(a => a.LeadId == l.Id).Max(a => (DateTimeOffset?)a.OccurredAt) }).ToListAsync(ct);
        return rows.ConvertAll(row => (row.Id, row.Last > row.CreatedAt ? row.Last.Value : row.CreatedAt));
    }

    private static async Task<List<(Guid Id, DateTimeOffset Last)>> DealsAsync(CrmDbContext db, Guid[] ids, CancellationToken ct)
    {
        var rows = await db.Deals.AsNoTracking().Where(d => ids.Contains(d.Id) && d.ClosedAt == null)
            .Select(d => new { d.Id, d.CreatedAt, Last = db.Activities.Where(a => a.DealId == d.Id).Max(a => (DateTimeOffset?)a.OccurredAt) }).ToListAsync(ct);
        return rows.ConvertAll(row => (row.Id, row.Last > row.CreatedAt ? row.Last.Value : row.CreatedAt));
    }
}
