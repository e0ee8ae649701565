using Crm.Contracts.Analytics;
using Crm.Contracts.Leads;
using Crm.Database;
using Crm.Database.Queries;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>The leads that a figure of a report counts.</summary>
internal static class CountedLeads
{
    public static CountedRows<Row, CountedLeadView> Of(CrmDbContext db, ReportScope scope, CountedLeadQuery query)
    {
        var (from, to) = scope.Days(query);
        var leads = new LeadFigures(scope).Of(query.Figure, from, to);
        if (query.Status is { } statuses) leads = leads.Where(lead => statuses.Contains(lead.Status));
        var rows = from lead in leads
                   join today in db.Leads.WithDeleted() on lead.LeadId equals today.Id into seen
                   from today in seen.DefaultIfEmpty()
                   select new Row
                   {
                       LeadId = lead.LeadId,
                       FirstName = today.FirstName,
                       LastName = today.LastName,
                       Status = lead.Status,
                       Source = lead.Source,
                       OwnerId = lead.OwnerId,
                       CreatedAt = lead.CreatedAt,
                       ConvertedAt = lead.ConvertedAt,
                       FirstOutbound = lead.FirstOutbound,
                       Response = lead.Response,
                   };
        return new("counted-leads", scope.AsOf, rows, row => row.LeadId, row => row.ToView(scope));
    }

    internal sealed class Row
    {
        public Guid LeadId { get; init; }
        public string? FirstName { get; init; }
        public string? LastName { get; init; }
        public LeadStatus Status { get; init; }
        public LeadSource Source { get; init; }
        public string? OwnerId { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? ConvertedAt { get; init; }
        public long? FirstOutbound { get; init; }
        public long? Response { get; init; }

        public CountedLeadView ToView(ReportScope scope) => new()
        {
            LeadId = LeadId,
            Name = FirstName is null ? LastName : $"{FirstName} {LastName}",
            Status = Status,
            Source = Source,
            OwnerId = OwnerId,
            CreatedAt = CreatedAt,
            ConvertedAt = ConvertedAt,
            FirstOutboundAt = FirstOutbound is { } first ? DateTimeOffset.UnixEpoch.AddMicroseconds(first) : null,
            ResponseMinutes = Response is { } response ? Quotients.Minutes(response) : null,
            ResponseWorkingMinutes = Response is { } time && scope.WorkingMicros(Instants.Micros(CreatedAt), Instants.Micros(CreatedAt) + time) is { } working ? Quotients.Minutes(working) : null,
        };
    }
}
