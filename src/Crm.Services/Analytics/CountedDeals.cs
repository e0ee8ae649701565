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

    /// <exception cref="CrmException">400 for a cursor that this list didn't give, for days in the wrong order, and for what the figure doesn't go by.</exception>
    public async Task<CountedDealPage> PageAsync(CancellationToken ct)
    {
        var counted = await CountedAsync(ct);
        var rows = Rows(counted);
        var page = await (query.Cursor is { } cursor ? Behind(rows, cursor) : rows).Take(query.Take + 1).ToListAsync(ct);
        var more = page.Count > query.Take;
        if (more) page.RemoveAt(query.Take);
        return new CountedDealPage
        {
            AsOf = scope.AsOf,
            Items = page.ConvertAll(row => row.ToView()),
            Total = more || query.Cursor is not null ? await counted.CountAsync(ct) : page.Count,
            NextCursor = more ? Cursor.Write(List, "id", [page[^1].DealId, page[^1].Currency]) : null,
        };
    }

    public async Task<IAsyncEnumerable<CountedDealView>> AllAsync(CancellationToken ct) => Rows(await CountedAsync(ct)).AsAsyncEnumerable().Select(row => row.ToView());

    private static IQueryable<Row> Behind(IQueryable<Row> rows, string cursor)
    {
        if (Cursor.Read(List, cursor) is not ("id", [var id, var currency])) throw Cursor.Malformed();
        var (dealId, behind) = ((Guid)Cursor.Value(id, typeof(Guid)), (string)Cursor.Value(currency, typeof(string)));
        return rows.Where(row => RowValues.Greater(row.DealId, row.Currency, dealId, behind));
    }

    private IQueryable<Row> Rows(IQueryable<Counted> figure) =>
        from counted in figure
        join deal in scope.Matching on counted.DealId equals deal.DealId
        join today in db.Deals.WithDeleted() on counted.DealId equals today.Id into seen
        from today in seen.DefaultIfEmpty()
        orderby counted.DealId, counted.Currency
        select new Row
        {
            DealId = counted.DealId,
            Name = today.Name,
            PipelineId = deal.PipelineId,
            Stage = deal.Stage,
            Kind = deal.Kind,
            OwnerId = deal.OwnerId,
            ExpectedCloseDate = deal.ExpectedCloseDate,
            CreatedAt = deal.CreatedAt,
            ClosedAt = deal.ClosedAt,
            LostReason = deal.LostReason,
            Currency = counted.Currency,
            Value = counted.Value,
            Weighted = counted.Weighted,
        };

    private async Task<IQueryable<Counted>> CountedAsync(CancellationToken ct)
    {
        RefuseUnused();
        return query.Figure switch
        {
            DealFigure.Opening or DealFigure.Closing => Standing(),
            >= DealFigure.Created and <= DealFigure.Deleted => Moved(),
            _ => (await FigureAsync(ct)).Select(deal => new Counted { DealId = deal.DealId, Currency = deal.Currency, Value = deal.Value, Weighted = deal.Weighted }),
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
        var figures = new DealFigures(scope);
        var deals = query.Figure switch
        {
            DealFigure.Open => figures.Open,
            DealFigure.Rotting => figures.Rotting,
            DealFigure.Overdue => figures.Overdue,
            DealFigure.Undated => figures.Undated,
            DealFigure.Expected => Between(scope.DaysAhead(query), figures.Expected),
            DealFigure.Won => Between(scope.Days(query), (from, to) => figures.Closed(StageKind.Won, from, to)),
            DealFigure.Lost => Between(scope.Days(query), (from, to) => figures.Closed(StageKind.Lost, from, to)),
            DealFigure.Left => Between(scope.Days(query), (from, to) => figures.Left(from, to, query.Stage)),
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

    private static IQueryable<DealFact> Between((DateOnly From, DateOnly To) days, Func<DateOnly, DateOnly, IQueryable<DealFact>> figure) => figure(days.From, days.To);

    private IQueryable<Counted> Standing()
    {
        var (start, end) = Range();
        var instant = query.Figure == DealFigure.Opening ? start : end;
        return instant <= scope.AsOf
            ? new DealMovements(scope).OpenBefore(instant)
            : new DealFigures(scope).Open.Select(deal => new Counted { DealId = deal.DealId, Currency = deal.Currency, Value = deal.Value });
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

    private sealed class Row
    {
        public Guid DealId { get; init; }
        public string? Name { get; init; }
        public Guid PipelineId { get; init; }
        public string Stage { get; init; } = "";
        public StageKind Kind { get; init; }
        public string? OwnerId { get; init; }
        public DateOnly? ExpectedCloseDate { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? ClosedAt { get; init; }
        public string? LostReason { get; init; }
        public string Currency { get; init; } = "";
        public long Value { get; init; }
        public long? Weighted { get; init; }

        public CountedDealView ToView() => new()
        {
            DealId = DealId,
            Name = Name,
            PipelineId = PipelineId,
            Stage = Stage,
            Kind = Kind,
            OwnerId = OwnerId,
            ExpectedCloseDate = ExpectedCloseDate,
            CreatedAt = CreatedAt,
            ClosedAt = ClosedAt,
            LostReason = LostReason,
            Currency = Currency,
            Value = Money.Amount(Value),
            WeightedValue = Money.Amount(Weighted),
        };
    }
}
