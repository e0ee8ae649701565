using Crm.Contracts.Analytics;
using Crm.Contracts.Failures;
using Crm.Contracts.Json;
using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Queries;
using Crm.Database.Records;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>The deals that a figure of a report counts.</summary>
internal sealed class CountedDeals(CrmDbContext db, ReportScope scope, CountedDealQuery query)
{
    private const string List = "counted-deals";

    /// <summary>How many are looked up together.</summary>
    private const int AtOnce = 1000;

    /// <exception cref="CrmException">400 for a cursor that this list didn't give, for days in the wrong order, and for what the figure doesn't go by.</exception>
    public async Task<CountedDealPage> PageAsync(CancellationToken ct)
    {
        var counted = await CountedAsync(ct);
        var page = await InOrder(query.Cursor is { } cursor ? Behind(counted, cursor) : counted).Take(query.Take + 1).ToListAsync(ct);
        var more = page.Count > query.Take;
        if (more) page.RemoveAt(query.Take);
        return new CountedDealPage
        {
            AsOf = scope.AsOf,
            Rates = scope.Exchange?.Rates,
            Items = await ViewsAsync(page, ct),
            Total = more || query.Cursor is not null ? await counted.CountAsync(ct) : page.Count,
            NextCursor = more ? Cursor.Write(List, "id", [page[^1].DealId, page[^1].Currency]) : null,
        };
    }

    /// <exception cref="CrmException">As for <see cref="PageAsync"/>.</exception>
    public async Task<IAsyncEnumerable<CountedDealView>> AllAsync(CancellationToken ct)
    {
        var counted = await InOrder(await CountedAsync(ct)).ToListAsync(ct); // a connection reads one thing at a time
        return counted.Chunk(AtOnce).ToAsyncEnumerable().SelectMany(async (some, _, stop) => (IEnumerable<CountedDealView>)await ViewsAsync(some, stop));
    }

    private static IQueryable<Counted> Behind(IQueryable<Counted> counted, string cursor)
    {
        if (Cursor.Read(List, cursor) is not ("id", [var id, var currency])) throw Cursor.Malformed();
        var (dealId, behind) = ((Guid)Cursor.Value(id, typeof(Guid)), (string)Cursor.Value(currency, typeof(string)));
        return counted.Where(row => RowValues.Greater(row.DealId, row.Currency, dealId, behind));
    }

    private static IQueryable<Counted> InOrder(IQueryable<Counted> counted) => counted.OrderBy(row => row.DealId).ThenBy(row => row.Currency);

    /// <summary>With what the deals were, and the names of today, which are looked up for those alone that are shown.</summary>
    private async Task<List<CountedDealView>> ViewsAsync(IReadOnlyList<Counted> counted, CancellationToken ct)
    {
        var ids = counted.Select(row => row.DealId).Distinct().ToList();
        var deals = await scope.Matching.Where(deal => ids.Contains(deal.DealId)).ToDictionaryAsync(deal => deal.DealId, ct);
        var names = await db.Deals.WithDeleted().Where(deal => ids.Contains(deal.Id)).Select(deal => new { deal.Id, deal.Name }).ToDictionaryAsync(deal => deal.Id, deal => deal.Name, ct);
        return [.. counted.Select(row => View(row, deals[row.DealId], names.GetValueOrDefault(row.DealId), Weighted(row, deals[row.DealId])))];
    }

    /// <summary>Null for a figure of movements, which has none, and where its stage wasn't yet there, as where the clocks of two machines differ.</summary>
    private long? Weighted(Counted counted, DealSnapshot deal) =>
        query.Figure < DealFigure.Opening && scope.StageMap.Find(deal.PipelineId, deal.Stage) is { } stage ? (long)decimal.Round(counted.Value * (decimal)(deal.Probability ?? stage.Probability) / 100, MidpointRounding.ToEven) : null;

    private static CountedDealView View(Counted counted, DealSnapshot deal, string? name, long? weighted) => new()
    {
        DealId = deal.DealId,
        Name = name,
        PipelineId = deal.PipelineId,
        Stage = deal.Stage,
        Kind = deal.Kind,
        OwnerId = deal.OwnerId,
        ExpectedCloseDate = deal.ExpectedCloseDate,
        CreatedAt = deal.CreatedAt,
        ClosedAt = deal.ClosedAt,
        LostReason = deal.LostReason,
        Currency = counted.Currency,
        Value = Money.Amount(counted.Value),
        WeightedValue = Money.Amount(weighted),
    };

    private async Task<IQueryable<Counted>> CountedAsync(CancellationToken ct)
    {
        RefuseUnused();
        return query.Figure switch
        {
            DealFigure.Opening or DealFigure.Closing => Standing(),
            >= DealFigure.Created and <= DealFigure.Deleted => Moved(),
            _ => (await FigureAsync(ct)).Select(deal => new Counted { DealId = deal.DealId, Currency = deal.Currency, Value = deal.Value }),
        };
    }

    /// <summary>What a figure doesn't go by is refused, never ignored.</summary>
    private void RefuseUnused()
    {
        var figure = EnumNames<DealFigure>.Of(query.Figure);
        string[] fault = [$"is nothing that figure={figure} goes by; leave it out"];
        var unused = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (query.Figure >= DealFigure.Opening)
        {
            if (query.Stage is not null) unused["stage"] = fault;
            if (query.LostReason is not null) unused["lostReason"] = fault;
            if (query.HasLead is not null) unused["hasLead"] = fault;
        }
        else if (query.Figure is DealFigure.All or DealFigure.Open or DealFigure.Rotting or DealFigure.Overdue or DealFigure.Undated)
        {
            if (query.From is not null) unused["from"] = fault;
            if (query.To is not null) unused["to"] = fault;
        }

        if (unused.Count > 0) throw CrmException.Invalid(unused);
    }

    private async Task<IQueryable<DealFact>> FigureAsync(CancellationToken ct)
    {
        var figures = new DealFigures(scope, weighs: query.Figure is not (DealFigure.Won or DealFigure.Lost or DealFigure.Left or DealFigure.Reached or DealFigure.Qualified)); // as the reports do, whose figures they are
        var deals = query.Figure switch
        {
            DealFigure.Open => figures.Open,
            DealFigure.Rotting => figures.Rotting,
            DealFigure.Overdue => figures.Overdue,
            DealFigure.Undated => figures.Undated,
            DealFigure.Expected => Between(scope.DaysAhead(query), figures.Expected),
            DealFigure.Won => Between(scope.Days(query), (from, to) => figures.Closed(StageKind.Won, from, to)),
            DealFigure.Lost => Between(scope.Days(query), (from, to) => figures.Closed(StageKind.Lost, from, to)),
            DealFigure.Left => await LeftAsync(figures, ct),
            DealFigure.Reached => await ReachedAsync(figures, ct),
            DealFigure.Qualified => await QualifiedAsync(figures, ct),
            _ => figures.All,
        };
        if (query.Stage is { } stages && query.Figure is not (DealFigure.Left or DealFigure.Reached)) deals = deals.Where(scope.StageMap.StandsIn(stages));
        if (query.LostReason is { } reason) deals = deals.Where(deal => deal.LostReason == reason);
        if (query.HasLead is { } hasLead) deals = deals.Where(deal => (deal.LeadId != null) == hasLead);
        return deals;
    }

    private Task<IQueryable<DealFact>> ReachedAsync(DealFigures figures, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        return query.Stage is { } stages ? figures.ReachedAsync(from, to, stages, ct) : Task.FromResult(figures.Made(from, to));
    }

    private Task<IQueryable<DealFact>> QualifiedAsync(DealFigures figures, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        return figures.QualifiedAsync(from, to, ct);
    }

    private Task<IQueryable<DealFact>> LeftAsync(DealFigures figures, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        return figures.LeftAsync(from, to, query.Stage, ct);
    }

    private static IQueryable<DealFact> Between((DateOnly From, DateOnly To) days, Func<DateOnly, DateOnly, IQueryable<DealFact>> figure) => figure(days.From, days.To);

    private IQueryable<Counted> Standing()
    {
        var (start, end) = Range();
        var instant = query.Figure == DealFigure.Opening ? start : end;
        return instant <= scope.AsOf
            ? new DealMovements(scope).OpenBefore(instant)
            : new DealFigures(scope, weighs: false).Open.Select(deal => new Counted { DealId = deal.DealId, Currency = deal.Currency, Value = deal.Value });
    }

    private IQueryable<Counted> Moved()
    {
        var (start, end) = Range();
        var movements = new DealMovements(scope);
        if (query.Figure is DealFigure.Increased or DealFigure.Decreased)
        {
            var sign = query.Figure == DealFigure.Increased ? 1 : -1;
            return movements.Changes(start, [end]).Where(move => move.Period == 0 && move.Value * sign > 0)
                .Select(move => new Counted { DealId = move.DealId, Currency = move.Currency, Value = move.Value * sign });
        }

        var kind = query.Figure switch
        {
            DealFigure.Created => DealMovement.Created,
            DealFigure.Reopened => DealMovement.Reopened,
            DealFigure.Restored => DealMovement.Restored,
            DealFigure.MovedToWon => DealMovement.Won,
            DealFigure.MovedToLost => DealMovement.Lost,
            _ => DealMovement.Deleted,
        };
        return movements.Kinds(start, [end]).Where(move => move.Period == 0 && move.Movement == kind).GroupBy(move => new { move.DealId, move.Currency })
            .Select(moves => new Counted { DealId = moves.Key.DealId, Currency = moves.Key.Currency, Value = moves.Sum(move => move.Value) });
    }

    private (DateTimeOffset Start, DateTimeOffset End) Range()
    {
        var (from, to) = scope.Days(query);
        return scope.Calendar.RangeOf(from, to);
    }
}
