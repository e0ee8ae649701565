using Crm.Contracts.Conversion;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database.Conversion;
using Crm.Database.Leads;
using Crm.Database.Records;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Conversion;

public sealed partial class ConversionService
{
    private static readonly Sorting<OfLead> Sorts = new Sorting<OfLead>("conversions", c => c.Attempt.Id).By("createdAt", c => c.Attempt.CreatedAt);

    /// <summary>The conversions of leads in sight, each with its lead as it is now; without it where it was deleted.</summary>
    /// <exception cref="CrmException">400 for a range whose end lies before its beginning, or a cursor that is none.</exception>
    public async Task<Page<ConversionView>> ListAsync(ConversionQuery query, CancellationToken ct)
    {
        Filters.Range("created", query.CreatedFrom, query.CreatedTo);
        var page = await Matching(query)
            .Join(db.Leads.WithDeleted(), c => new { c.TenantId, Id = c.LeadId }, l => new { l.TenantId, l.Id }, (c, l) => new OfLead { Attempt = c, Lead = l })
            .ToPageAsync(query, Sorts, c => c, ct);
        return page.Select(c => ConversionViews.Of(c.Attempt, c.Lead.DeletedAt is null ? LeadViews.Of(c.Lead) : null));
    }

    private IQueryable<LeadConversion> Matching(ConversionQuery query)
    {
        var conversions = db.Conversions.AsNoTracking();
        if (query.State is { } states) conversions = conversions.Where(c => states.Contains(c.State));
        if (query.LeadId is { } leads) conversions = conversions.Where(c => leads.Contains(c.LeadId));
        if (query.CreatedFrom is { } createdFrom) conversions = conversions.Where(c => c.CreatedAt >= createdFrom);
        if (query.CreatedTo is { } createdTo) conversions = conversions.Where(c => c.CreatedAt < createdTo);
        return conversions;
    }

    private sealed class OfLead
    {
        public required LeadConversion Attempt { get; init; }
        public required Lead Lead { get; init; }
    }
}
