using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Crm.Database.Queries;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>How much is won a day: opportunities × win rate × average won value ÷ average cycle.</summary>
internal static class VelocityReporter
{
    public static async Task<VelocityReport> ReportAsync(ReportScope scope, VelocityQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var figures = new DealFigures(scope, weighs: false);
        var byCurrency = new SortedDictionary<string, Pace>(StringComparer.Ordinal);
        foreach (var row in await (await figures.QualifiedAsync(from, to, ct)).GroupBy(deal => deal.Currency).Select(deals => new { Currency = deals.Key, Count = deals.Count() }).ToListAsync(ct))
        {
            Of(row.Currency).Opportunities += row.Count;
        }

        var closed = await figures.Closed(from, to).Select(deal => new
        {
            deal.Kind,
            deal.Currency,
            deal.Value,
            Cycle = deal.ClosedAt > deal.CreatedAt ? Instants.Micros(deal.ClosedAt!.Value) - Instants.Micros(deal.CreatedAt) : 0, // an import may bring deals that were closed before
        }).GroupBy(deal => new { deal.Kind, deal.Currency }).Select(deals => new
        {
            deals.Key.Kind,
            deals.Key.Currency,
            Count = deals.Count(),
            Millions = deals.Sum(deal => deal.Value / Sums.Million),
            Rest = deals.Sum(deal => deal.Value % Sums.Million),
            CycleMillions = deals.Sum(deal => deal.Cycle / Sums.Million),
            CycleRest = deals.Sum(deal => deal.Cycle % Sums.Million),
        }).ToListAsync(ct);
        foreach (var row in closed)
        {
            var pace = Of(row.Currency);
            if (row.Kind == StageKind.Lost) pace.Lost += row.Count;
            else pace.Add(row.Count, Sums.Whole(row.Millions, row.Rest) / Database.Records.Money.UnitsOfOne, Sums.Whole(row.CycleMillions, row.CycleRest));
        }

        var (all, currencies) = (Pace.OfAll(byCurrency.Values), new Currencies(byCurrency.Keys, scope.HomeCurrency));
        var place = scope.DrillDown.Between(from, to);
        return new VelocityReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            Currency = currencies.Single,
            From = from,
            To = to,
            Opportunities = all.Opportunities,
            WinRate = all.WinRate,
            AverageWonValue = currencies.Single is null ? null : all.AverageWonValue,
            AverageCycleDays = all.AverageCycleDays,
            VelocityPerDay = currencies.Single is null ? null : all.VelocityPerDay,
            Amounts = currencies.Single is null ? [.. byCurrency.Select(pace => Amount(pace.Key, pace.Value))] : null,
            OpportunitiesDrillDown = place.To(DealFigure.Qualified),
            WonDrillDown = place.To(DealFigure.Won),
            LostDrillDown = place.To(DealFigure.Lost),
        };

        Pace Of(string currency) => byCurrency.TryGetValue(currency, out var pace) ? pace : byCurrency[currency] = new Pace();
    }

    private static VelocityAmount Amount(string currency, Pace pace) => new()
    {
        Currency = currency,
        Opportunities = pace.Opportunities,
        WinRate = pace.WinRate,
        AverageWonValue = pace.AverageWonValue,
        AverageCycleDays = pace.AverageCycleDays,
        VelocityPerDay = pace.VelocityPerDay,
    };

    private sealed class Pace
    {
        public int Opportunities { get; set; }
        public int Lost { get; set; }
        private int Won { get; set; }
        private decimal WonValue { get; set; }
        private decimal CycleMicros { get; set; }

        public decimal? WinRate => Quotients.Ratio(Won, Won + Lost);

        public decimal? AverageWonValue => Quotients.Ratio(WonValue, Won);

        public decimal? AverageCycleDays => Quotients.MeanDays(CycleMicros, Won);

        /// <summary>Of the figures before they are rounded. Won ÷ (won + lost) × (value ÷ won) is value ÷ (won + lost).</summary>
        public decimal? VelocityPerDay => Won == 0 || CycleMicros == 0 ? null
            : decimal.Round(Opportunities * (WonValue / (Won + Lost)) * ((decimal)Won * TimeSpan.MicrosecondsPerDay / CycleMicros), 4, MidpointRounding.ToEven);

        public static Pace OfAll(IEnumerable<Pace> paces)
        {
            var all = new Pace();
            foreach (var pace in paces)
            {
                all.Opportunities += pace.Opportunities;
                all.Lost += pace.Lost;
                all.Add(pace.Won, pace.WonValue, pace.CycleMicros);
            }

            return all;
        }

        public void Add(int won, decimal value, decimal cycleMicros) => (Won, WonValue, CycleMicros) = (Won + won, WonValue + value, CycleMicros + cycleMicros);
    }
}
