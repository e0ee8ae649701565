using System.Linq.Expressions;
using Crm.Contracts.Deals;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Queries;
using Crm.Database.Records;
using Crm.Database.Search;
using Crm.Services.Conditions;
using Crm.Services.Lists;
using Crm.Services.Search;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Deals;

public sealed partial class DealService
{
    internal static readonly Sorting<Deal> Sorts = new Sorting<Deal>("deals", d => d.Id)
        .By("createdAt", d => d.CreatedAt)
        .By("updatedAt", d => d.UpdatedAt)
        .By("name", d => d.NameKey)
        .By("value", d => d.ValueOrder)
        .By("expectedCloseDate", d => d.ExpectedCloseOrder)
        .By("stageEnteredAt", d => d.StageEnteredAt)
        .By("closedAt", d => d.ClosedOrder);

    /// <summary><see cref="DealView.Weigh"/> in ten-thousandths: half is rounded up, and down again to be even.</summary>
    private static readonly Expression<Func<Deal, long?>> Weighted = d =>
        ((Amounts.Units(d.Value) * (d.Probability ?? d.CurrentStage.Probability)) + 50) / 100 - (Amounts.Units(d.Value) * (d.Probability ?? d.CurrentStage.Probability) % 200 == 50 ? 1 : 0);

    public async Task<Page<DealView>> ListAsync(DealQuery query, CancellationToken ct)
    {
        Filters.Range("value", query.ValueFrom, query.ValueTo);
        Filters.Range("expectedClose", query.ExpectedCloseFrom, query.ExpectedCloseTo);
        Filters.Range("closed", query.ClosedFrom, query.ClosedTo);
        Filters.Range("created", query.CreatedFrom, query.CreatedTo);
        var found = await search.FindAsync<Deal>(query.Search, SearchKind.Deal, ct);
        var deals = await SeenAsync(query, found, ct);
        if (query.Rotting is { } rotting)
        {
            var isRotting = await RottingAsync(ct);
            deals = deals.Where(rotting ? isRotting : isRotting.Not());
        }

        return await deals.ToPageAsync(query, Sorts, DealViews.Projection, search, SearchKind.Deal, found, ct);
    }

    /// <summary>What of the deals is found.</summary>
    internal async Task<List<RankedRow<DealView>>> BestAsync(DealQuery query, SearchFilters filters, Matches<Deal> found, Relevance? after, int take, CancellationToken ct) =>
        await (await SeenAsync(query, found, ct)).Created(filters).BestAsync(search, SearchKind.Deal, found, DealViews.Projection, after, take, ct);

    /// <summary>The deals that match, of those that the caller sees.</summary>
    private async Task<IQueryable<Deal>> SeenAsync(DealQuery query, Matches<Deal>? found, CancellationToken ct)
    {
        var deals = Matching(query, found);
        return found is { AreFew: true } ? deals : await deals.SeenAsync(db, caller.Sight, ct);
    }

    private IQueryable<Deal> Matching(DealQuery query, Matches<Deal>? found)
    {
        var deals = db.Deals.AsNoTracking().OfMembers(query.OwnerId, d => d.OwnerId, caller);
        if (query.PipelineId is { } pipelineIds) deals = deals.Where(d => pipelineIds.Contains(d.PipelineId));
        if (query.Stage is { } stages) deals = deals.Where(d => stages.Contains(d.Stage));
        if (query.Open is { } open) deals = deals.Where(d => (d.ClosedAt == null) == open);
        if (query.LeadId is { } leads) deals = deals.Where(d => leads.Contains(d.LeadId!.Value));
        if (query.CustomerId is { } customers) deals = deals.Where(d => customers.Contains(d.CustomerId));
        if (query.ValueFrom is { } valueFrom) deals = deals.Where(d => d.Value >= valueFrom);
        if (query.ValueTo is { } valueTo) deals = deals.Where(d => d.Value <= valueTo);
        if (query.ExpectedCloseFrom is { } expectedFrom) deals = deals.Where(d => d.ExpectedCloseDate >= expectedFrom);
        if (query.ExpectedCloseTo is { } expectedTo) deals = deals.Where(d => d.ExpectedCloseDate <= expectedTo);
        if (query.ClosedFrom is { } closedFrom) deals = deals.Where(d => d.ClosedAt >= closedFrom);
        if (query.ClosedTo is { } closedTo) deals = deals.Where(d => d.ClosedAt < closedTo);
        if (query.CreatedFrom is { } createdFrom) deals = deals.Where(d => d.CreatedAt >= createdFrom);
        if (query.CreatedTo is { } createdTo) deals = deals.Where(d => d.CreatedAt < createdTo);
        if (query.Tag is { } tags)
        {
            var keys = tags.Select(Tags.Key).ToList();
            deals = deals.Where(d => db.DealTags.Any(t => t.RecordId == d.Id && keys.Contains(t.Key)));
        }

        if (query.Condition is { } condition) deals = deals.Where(Condition(condition));
        return found is null ? deals : deals.Where(found.Filter);
    }

    /// <exception cref="CrmException">400 with the place of each fault.</exception>
    private Expression<Func<Deal, bool>> Condition(string condition) => Filter(db, ConditionReader.ReadOfList(condition, "deal", "condition"));

    /// <summary>True of the deals that a condition holds of.</summary>
    internal static Expression<Func<Deal, bool>> Filter(CrmDbContext db, Conditions.Condition condition) => ConditionQuery<Deal>.Of(DealViews.Projection)
        .With("tags", d => db.DealTags.Where(t => t.RecordId == d.Id).Select(t => t.Key))
        .With("weightedValue", Weighted)
        .Filter(condition);

    /// <summary>Open, in a stage with a threshold, and entered longer ago than that.</summary>
    private async Task<Expression<Func<Deal, bool>>> RottingAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var stages = await db.Stages.AsNoTracking().Where(s => s.RottingDays != null).ToListAsync(ct);
        return stages.Aggregate((Expression<Func<Deal, bool>>)(_ => false), (rotting, stage) =>
        {
            var (pipelineId, key, before) = (stage.PipelineId, stage.Key, now.AddDays(-stage.RottingDays!.Value));
            return rotting.Or(d => d.ClosedAt == null && d.PipelineId == pipelineId && d.Stage == key && d.StageEnteredAt < before);
        });
    }
}
