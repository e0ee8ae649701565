using System.Linq.Expressions;
using Crm.Contracts.Failures;
using Crm.Contracts.Leads;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Leads;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Services.Conditions;
using Crm.Services.Lists;
using Crm.Services.Search;
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
        var found = await search.FindAsync<Lead>(query.Search, SearchKind.Lead, ct);
        var leads = await SeenAsync(query, found, ct);
        return await leads.ToPageAsync(query, Sorts, LeadViews.Projection, search, SearchKind.Lead, found, ct);
    }

    /// <summary>What of the leads is found.</summary>
    internal async Task<List<RankedRow<LeadView>>> BestAsync(LeadQuery query, SearchFilters filters, Matches<Lead> found, Relevance? after, int take, CancellationToken ct) =>
        await (await SeenAsync(query, found, ct)).Created(filters).BestAsync(search, SearchKind.Lead, found, LeadViews.Projection, after, take, ct);

    /// <summary>The leads that match, of those that the caller sees.</summary>
    private async Task<IQueryable<Lead>> SeenAsync(LeadQuery query, Matches<Lead>? found, CancellationToken ct)
    {
        var leads = Matching(query, found);
        return found is { AreFew: true } ? leads : await leads.SeenAsync(db, caller.Sight, ct);
    }

    private IQueryable<Lead> Matching(LeadQuery query, Matches<Lead>? found)
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

        if (query.Condition is { } condition) leads = leads.Where(Condition(condition));
        return found is null ? leads : leads.Where(found.Filter);
    }

    /// <exception cref="CrmException">400 with the place of each fault.</exception>
    private Expression<Func<Lead, bool>> Condition(string condition) => Filter(db, ConditionReader.ReadOfList(condition, "lead", "condition"));

    /// <summary>True of the leads that a condition holds of.</summary>
    internal static Expression<Func<Lead, bool>> Filter(CrmDbContext db, Conditions.Condition condition) => ConditionQuery<Lead>.Of(LeadViews.Projection)
        .With("tags", l => db.LeadTags.Where(t => t.RecordId == l.Id).Select(t => t.Key))
        .Filter(condition);
}
