using System.Linq.Expressions;
using Crm.Contracts.Pipelines;
using Crm.Database.Deals;

namespace Crm.Services.Analytics;

/// <summary>The figures of the movement of open value: what was done to deals between two instants, by when it was told.</summary>
internal sealed class DealMovements(ReportScope scope)
{
    /// <summary>Deals that were opened or closed, with the value that they had then.</summary>
    /// <param name="start">From when.</param>
    /// <param name="bounds">Where one period ends and the next begins.</param>
    public IQueryable<Move> Kinds(DateTimeOffset start, IReadOnlyList<DateTimeOffset> bounds) =>
        Since(start, s => s.Movement != null && s.Movement != DealMovement.Changed).Select(Buckets.Into<PricedVersion, DateTimeOffset, Move>(s => s.At, bounds, (s, period) => new Move
        {
            Period = period,
            DealId = s.DealId,
            Movement = s.Movement!.Value,
            Currency = s.Currency,
            Value = s.Value,
        }));

    /// <summary>What open deals rose by, or fell by where it is below zero, each deal's changes of a period added up: those that a drill-down lists. A report adds up <see cref="Revaluations(DateTimeOffset, IReadOnlyList{DateTimeOffset})"/>, as grouping all by deal takes long.</summary>
    /// <inheritdoc cref="Kinds"/>
    public IQueryable<Move> Changes(DateTimeOffset start, IReadOnlyList<DateTimeOffset> bounds)
    {
        var changed = Since(start, s => s.Revalued);
        var now = changed.Where(s => s.Currency != s.CurrencyBefore || s.Value != s.ValueBefore).Select(s => new Side
        {
            At = s.At,
            DealId = s.DealId,
            Currency = s.Currency,
            Value = s.Value - (s.Currency == s.CurrencyBefore ? s.ValueBefore!.Value : 0),
        });
        var before = changed.Where(s => s.Currency != s.CurrencyBefore).Select(s => new Side
        {
            At = s.At,
            DealId = s.DealId,
            Currency = s.CurrencyBefore!,
            Value = -s.ValueBefore!.Value,
        });
        return now.Concat(before).Select(Buckets.Into<Side, DateTimeOffset, Move>(side => side.At, bounds, (side, period) => new Move
        {
            Period = period,
            DealId = side.DealId,
            Movement = DealMovement.Changed,
            Currency = side.Currency,
            Value = side.Value,
        })).GroupBy(move => new { move.Period, move.DealId, move.Currency }).Select(deal => new Move
        {
            Period = deal.Key.Period,
            DealId = deal.Key.DealId,
            Movement = DealMovement.Changed,
            Currency = deal.Key.Currency,
            Value = deal.Sum(move => move.Value),
        });
    }

    /// <summary>The changes of open deals one by one, each with what the deal was worth before and since.</summary>
    /// <inheritdoc cref="Kinds"/>
    public IQueryable<Revaluation> Revaluations(DateTimeOffset start, IReadOnlyList<DateTimeOffset> bounds) => Revaluations(bounds, Since(start, s => s.Revalued));

    /// <summary>Those of deals that have several.</summary>
    /// <inheritdoc cref="Kinds"/>
    public IQueryable<Revaluation> RepeatedRevaluations(DateTimeOffset start, IReadOnlyList<DateTimeOffset> bounds)
    {
        var repeated = scope.Versions.Where(s => s.At >= start && s.Revalued).GroupBy(s => s.DealId).Where(versions => versions.Count() > 1).Select(versions => versions.Key);
        return Revaluations(bounds, Since(start, s => s.Revalued && repeated.Contains(s.DealId)));
    }

    private static IQueryable<Revaluation> Revaluations(IReadOnlyList<DateTimeOffset> bounds, IQueryable<PricedVersion> changed) =>
        changed.Where(s => s.Currency != s.CurrencyBefore || s.Value != s.ValueBefore).Select(Buckets.Into<PricedVersion, DateTimeOffset, Revaluation>(s => s.At, bounds, (s, period) => new Revaluation
        {
            Period = period,
            DealId = s.DealId,
            Currency = s.Currency,
            Value = s.Value,
            CurrencyBefore = s.CurrencyBefore!,
            ValueBefore = s.ValueBefore!.Value,
        }));

    /// <summary>The deals that were open just before an instant, with the value of then.</summary>
    public IQueryable<Counted> OpenBefore(DateTimeOffset instant) =>
        scope.Price(scope.History.Where(s => s.At < instant && s.Until >= instant && !s.IsDeleted && s.Kind == StageKind.Open))
            .Select(s => new Counted { DealId = s.DealId, Currency = s.Currency, Value = s.Value });

    private IQueryable<PricedVersion> Since(DateTimeOffset start, Expression<Func<DealSnapshot, bool>> which) => scope.Price(scope.History.Where(s => s.At >= start).Where(which));

    /// <summary>A change of an open deal in one currency: where it came to another, one in each.</summary>
    private sealed class Side
    {
        public DateTimeOffset At { get; init; }
        public Guid DealId { get; init; }
        public string Currency { get; init; } = "";
        public long Value { get; init; }
    }
}

/// <summary>What was done to the open value of a deal.</summary>
internal sealed class Move
{
    /// <summary>The number of the period in which it was done.</summary>
    public int Period { get; init; }

    public Guid DealId { get; init; }
    public DealMovement Movement { get; init; }
    public string Currency { get; init; } = "";
    public long Value { get; init; }
}

/// <summary>What an open deal was worth before a change, and since.</summary>
internal sealed class Revaluation
{
    /// <summary>The number of the period in which it was changed.</summary>
    public int Period { get; init; }

    public Guid DealId { get; init; }
    public string Currency { get; init; } = "";
    public long Value { get; init; }
    public string CurrencyBefore { get; init; } = "";
    public long ValueBefore { get; init; }
}
