using Crm.Contracts.Analytics;
using Crm.Contracts.Leads;
using Crm.Database.Queries;

namespace Crm.Services.Analytics;

/// <summary>The figures of the report on leads, each as the leads that it counts: the report adds them up, a drill-down lists them.</summary>
/// <param name="scope">Which leads, and of when.</param>
/// <param name="answers">Whether it is looked up when they were answered; else it is as if none was.</param>
internal sealed class LeadFigures(ReportScope scope, bool answers = true)
{
    /// <summary>Those that were made in these days.</summary>
    public IQueryable<LeadFact> Made(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        var made = scope.LeadsSeen.Where(lead => lead.CreatedAt >= start && lead.CreatedAt < end);
        if (!answers) return made.Select(lead => new LeadFact { LeadId = lead.LeadId, Status = lead.Status, Source = lead.Source, OwnerId = lead.OwnerId, CreatedAt = lead.CreatedAt, ConvertedAt = lead.ConvertedAt, FirstOutbound = null, Response = null });
        // Of these leads alone, so that what was done for others isn't read: with those that have none, as SQLite would begin an inner join with all activities, and in the order of an index.
        var contacts = (from lead in made
                        join activity in scope.Outbound on lead.LeadId equals activity.LeadId into found
                        from answer in found.DefaultIfEmpty()
                        select new { lead.CreatedAt, lead.LeadId, At = (long?)Instants.Micros(answer.OccurredAt) })
            .GroupBy(contact => new { contact.CreatedAt, contact.LeadId }).Select(some => new { some.Key.LeadId, First = some.Min(contact => contact.At) });
        return from lead in made
               join contact in contacts on lead.LeadId equals contact.LeadId into first
               from contact in first.DefaultIfEmpty()
               let begin = Instants.Micros(lead.CreatedAt)
               let response = contact.First == null ? null : contact.First > begin ? contact.First - begin : 0
               select new LeadFact
               {
                   LeadId = lead.LeadId,
                   Status = lead.Status,
                   Source = lead.Source,
                   OwnerId = lead.OwnerId,
                   CreatedAt = lead.CreatedAt,
                   ConvertedAt = lead.ConvertedAt,
                   FirstOutbound = contact.First,
                   Response = response,
               };
    }

    public IQueryable<LeadFact> Of(LeadFigure figure, DateOnly from, DateOnly to) => figure switch
    {
        LeadFigure.Contacted => Made(from, to).Where(lead => lead.Response != null),
        LeadFigure.Unanswered => Made(from, to).Where(lead => lead.Response == null),
        LeadFigure.Converted => Made(from, to).Where(lead => lead.ConvertedAt != null),
        _ => Made(from, to),
    };
}

/// <summary>A lead as it was at a report's instant, with what reports count; times in microseconds.</summary>
internal sealed class LeadFact
{
    public Guid LeadId { get; init; }
    public LeadStatus Status { get; init; }
    public LeadSource Source { get; init; }
    public string? OwnerId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ConvertedAt { get; init; }

    /// <summary>When it was first contacted, since 1970; null for never.</summary>
    public long? FirstOutbound { get; init; }

    /// <summary>From its making until then; 0 where that was before.</summary>
    public long? Response { get; init; }
}
