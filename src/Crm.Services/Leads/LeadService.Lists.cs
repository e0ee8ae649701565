using System.Linq.Expressions;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Database.Leads;
using Crm.Database.Records;
using Crm.Database.Text;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Leads;

public sealed partial class LeadService
{
    internal static readonly Sorting<Lead> Sorts = new Sorting<Lead>("leads", l => l.Id)
        .By("createdAt", l => l.CreatedAt)
        .By("updatedAt", l => l.UpdatedAt)
        .By("lastName", l => l.NameKey)
        .By("companyName", l => l.CompanyKey)
        .By("estimatedValue", l => l.ValueOrder)
        .By("score", l => l.ScoreOrder);

    public async Task<Page<LeadView>> ListAsync(LeadQuery query, CancellationToken ct)
    {
        Filters.Range("value", query.ValueFrom, query.ValueTo);
        Filters.Range("score", query.ScoreFrom, query.ScoreTo);
        Filters.Range("created", query.CreatedFrom, query.CreatedTo);
        Filters.Range("updated", query.UpdatedFrom, query.UpdatedTo);
        var (leads, users) = (Matching(query), caller.Sight);
        if (await db.Leads.FewIdsAsync(users, l => l.OwnerId, l => l.OwnerId == null, l => users!.Contains(l.OwnerId), ct) is { } ids) leads = leads.Where(l => EF.Parameter(ids).Contains(l.Id));
        return await leads.ToPageAsync(query, Sorts, LeadViews.Projection, ct);
    }

    private IQueryable<Lead> Matching(LeadQuery query)
    {
        var leads = db.Leads.AsNoTracking().OfMembers(query.OwnerId, l => l.OwnerId, caller);
        if (query.Status is { } statuses) leads = leads.Where(l => statuses.Contains(l.Status));
        if (query.Source is { } sources) leads = leads.Where(l => sources.Contains(l.Source));
        if (query.ScoreFrom is { } scoreFrom) leads = leads.Where(l => l.Score >= scoreFrom);
        if (query.ScoreTo is { } scoreTo) leads = leads.Where(l => l.Score <= scoreTo);
        if (query.ValueFrom is { } valueFrom) leads = leads.Where(l => l.EstimatedValue >= valueFrom);
        if (query.ValueTo is { } valueTo) leads = leads.Where(l => l.EstimatedValue <= valueTo);
        if (query.CreatedFrom is { } createdFrom) leads = leads.Where(l => l.CreatedAt >= createdFrom);
        if (query.CreatedTo is { } createdTo) leads = leads.Where(l => l.CreatedAt < createdTo);
        if (query.UpdatedFrom is { } updatedFrom) leads = leads.Where(l => l.UpdatedAt >= updatedFrom);
        if (query.UpdatedTo is { } updatedTo) leads = leads.Where(l => l.UpdatedAt < updatedTo);
        if (query.Converted is { } converted) leads = leads.Where(l => (l.Status == LeadStatus.Converted) == converted);
        if (query.Tag is { } tags)
        {
            var keys = tags.Select(Tags.Key).ToList();
            leads = leads.Where(l => db.LeadTags.Any(t => t.RecordId == l.Id && keys.Contains(t.Key)));
        }

        return query.Search is { } search && Words.Of(search) is { } words ? leads.Where(Found(search, words)) : leads;
    }

    /// <summary>The words in the texts; of a number also its digits, and where it has a country's code those of a number kept without one.</summary>
    private static Expression<Func<Lead, bool>> Found(string search, Words words)
    {
        var found = words.In<Lead>(l => l.SearchText);
        if (PhoneKey.OfSearch(search) is not { } digits) return found;
        found = found.Or(l => l.PhoneKey!.Contains(digits));
        return PhoneKey.National(search) is { } national ? found.Or(l => l.PhoneKey!.StartsWith(national)) : found;
    }
}
