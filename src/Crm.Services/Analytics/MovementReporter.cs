using Crm.Contracts.Analytics;
using Crm.Database.Deals;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>How the value that is open came to change. The opening is what is open at the report's instant, less all that was done since.</summary>
internal static class MovementReporter
{
    public static async Task<MovementReport> ReportAsync(ReportScope scope, MovementQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var periods = scope.Calendar.Split(query.GroupBy, from, to).Where(period => period.Start <= scope.AsOf).ToList();
        var flows = periods.Count == 0 ? [] : await FlowsAsync(scope, periods, ct);
        var currencies = new Currencies(flows.SelectMany(flow => flow.Currencies), scope.HomeCurrency);
        return new MovementReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Currency = currencies.Single,
            Periods = [.. periods.Select((period, i) => Period(period, flows[i], scope.DrillDown.Between(period.From, period.To), currencies))],
        };
    }

    private static async Task<List<Flow>> FlowsAsync(ReportScope scope, List<Period> periods, CancellationToken ct)
    {
        var movements = new DealMovements(scope);
        var (start, bounds) = (periods[0].Start, (List<DateTimeOffset>)[.. periods.Skip(1).Select(period => period.Start), periods[^1].End]);
        var kinds = await movements.Kinds(start, bounds).GroupBy(move => new { move.Period, move.Movement, move.Currency }).Select(moves => new
        {
            moves.Key.Period,
            moves.Key.Movement,
            moves.Key.Currency,
            Millions = moves.Sum(move => move.Value / Sums.Million),
            Rest = moves.Sum(move => move.Value % Sums.Million),
        }).ToListAsync(ct);
        var flows = Enumerable.Range(0, periods.Count + 1).Select(_ => new Flow()).ToList(); // the last: what was done behind the periods
        foreach (var kind in kinds) flows[kind.Period].Of(kind.Movement).Add(kind.Currency, kind.Millions, kind.Rest);
        foreach (var change in await ChangesAsync(scope, movements, start, bounds, ct)) (change.IsUp ? flows[change.Period].Increased : flows[change.Period].Decreased).Add(change.Currency, change.Amount);
        var open = await OpenAsync(scope, ct);
        foreach (var currency in flows.SelectMany(flow => flow.Currencies).Concat(open.Currencies).Distinct(StringComparer.Ordinal).ToList())
        {
            var closing = open.In(currency);
            for (var i = periods.Count; i >= 0; i--) closing = flows[i].Begin(currency, closing);
        }

        flows.RemoveAt(periods.Count);
        return flows;
    }

    /// <summary>
    /// What open deals rose and fell by, each deal's changes of a period added up. Few deals change several times: so all changes are added up as if
    /// each were of a deal by itself, and those of these deals are put right. Of some deals it is quicker to look them up once, and to take each by itself.
    /// </summary>
    private static async Task<IEnumerable<(int Period, bool IsUp, string Currency, decimal Amount)>> ChangesAsync(ReportScope scope, DealMovements movements, DateTimeOffset start, List<DateTimeOffset> bounds, CancellationToken ct)
    {
        var net = new NetChanges();
        if (scope.IsOfSome)
        {
            await foreach (var change in movements.Revaluations(start, bounds).AsAsyncEnumerable().WithCancellation(ct)) net.Add(change);
            return net.Sum();
        }

        var sums = await movements.Revaluations(start, bounds).GroupBy(change => new { change.Period, change.Currency, change.CurrencyBefore, IsUp = change.Value > change.ValueBefore }).Select(some => new
        {
            some.Key.Period,
            some.Key.Currency,
            some.Key.CurrencyBefore,
            Millions = some.Sum(change => change.Value / Sums.Million),
            Rest = some.Sum(change => change.Value % Sums.Million),
            MillionsBefore = some.Sum(change => change.ValueBefore / Sums.Million),
            RestBefore = some.Sum(change => change.ValueBefore % Sums.Million),
        }).ToListAsync(ct);
        foreach (var sum in sums) net.AddApart(sum.Period, sum.Currency, Sums.Whole(sum.Millions, sum.Rest), sum.CurrencyBefore, Sums.Whole(sum.MillionsBefore, sum.RestBefore));
        await foreach (var change in movements.RepeatedRevaluations(start, bounds).AsAsyncEnumerable().WithCancellation(ct)) net.Correct(change);
        return net.Sum();
    }

    private static async Task<Sums> OpenAsync(ReportScope scope, CancellationToken ct)
    {
        var rows = await new DealFigures(scope, weighs: false).Open.GroupBy(deal => deal.Currency).Select(deals => new
        {
            Currency = deals.Key,
            Millions = deals.Sum(deal => deal.Value / Sums.Million),
            Rest = deals.Sum(deal => deal.Value % Sums.Million),
        }).ToListAsync(ct);
        var open = new Sums();
        foreach (var row in rows) open.Add(row.Currency, row.Millions, row.Rest);
        return open;
    }

    private static MovementPeriod Period(Period period, Flow flow, DrillDown place, Currencies currencies) => new()
    {
        Period = period.Key,
        Opening = flow.Opening.In(currencies),
        Created = flow.Of(DealMovement.Created).In(currencies),
        Reopened = flow.Of(DealMovement.Reopened).In(currencies),
        Restored = flow.Of(DealMovement.Restored).In(currencies),
        Increased = flow.Increased.In(currencies),
        Decreased = flow.Decreased.In(currencies),
        Won = flow.Of(DealMovement.Won).In(currencies),
        Lost = flow.Of(DealMovement.Lost).In(currencies),
        Deleted = flow.Of(DealMovement.Deleted).In(currencies),
        Closing = flow.Closing.In(currencies),
        Amounts = currencies.Apart(flow.In, flow.All),
        DrillDown = new MovementDrillDown
        {
            Opening = place.To(DealFigure.Opening),
            Created = place.To(DealFigure.Created),
            Reopened = place.To(DealFigure.Reopened),
            Restored = place.To(DealFigure.Restored),
            Increased = place.To(DealFigure.Increased),
            Decreased = place.To(DealFigure.Decreased),
            Won = place.To(DealFigure.MovedToWon),
            Lost = place.To(DealFigure.MovedToLost),
            Deleted = place.To(DealFigure.Deleted),
            Closing = place.To(DealFigure.Closing),
        },
    };

    /// <summary>What was done in a period, and what was open before and behind it.</summary>
    private sealed class Flow
    {
        private readonly Dictionary<DealMovement, Sums> kinds = Enum.GetValues<DealMovement>().Where(kind => kind != DealMovement.Changed).ToDictionary(kind => kind, _ => new Sums());

        public Sums Opening { get; } = new();
        public Sums Increased { get; } = new();
        public Sums Decreased { get; } = new();
        public Sums Closing { get; } = new();

        public Sums[] All => [Opening, Closing, Increased, Decreased, .. kinds.Values];

        public IEnumerable<string> Currencies => All.SelectMany(sums => sums.Currencies);

        public Sums Of(DealMovement kind) => kinds[kind];

        /// <summary>What was open before, of a currency, for what was open behind.</summary>
        public decimal Begin(string currency, decimal closing)
        {
            var opening = closing - In(currency, DealMovement.Created) - In(currency, DealMovement.Reopened) - In(currency, DealMovement.Restored) - Increased.In(currency)
                + Decreased.In(currency) + In(currency, DealMovement.Won) + In(currency, DealMovement.Lost) + In(currency, DealMovement.Deleted);
            if (closing != 0) Closing.Add(currency, closing);
            if (opening != 0) Opening.Add(currency, opening);
            return opening;
        }

        public MovementAmount In(string currency) => new()
        {
            Currency = currency,
            Opening = Opening.In(currency),
            Created = In(currency, DealMovement.Created),
            Reopened = In(currency, DealMovement.Reopened),
            Restored = In(currency, DealMovement.Restored),
            Increased = Increased.In(currency),
            Decreased = Decreased.In(currency),
            Won = In(currency, DealMovement.Won),
            Lost = In(currency, DealMovement.Lost),
            Deleted = In(currency, DealMovement.Deleted),
            Closing = Closing.In(currency),
        };

        private decimal In(string currency, DealMovement kind) => kinds[kind].In(currency);
    }
}
