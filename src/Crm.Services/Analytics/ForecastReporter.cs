using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>What was won, by when it was closed, and what is open, by when it is expected to be; never what was lost.</summary>
internal static class ForecastReporter
{
    public static async Task<ForecastReport> ReportAsync(ReportScope scope, ForecastQuery query, CancellationToken ct)
    {
        var (from, to) = scope.DaysAhead(query);
        var ofOwners = query.GroupBy == "owner";
        var periods = ofOwners ? [] : scope.Calendar.Split(query.GroupBy, from, to);
        var won = new DealFigures(scope, weighs: false).Closed(StageKind.Won, from, to).Select(Buckets.Into<DealFact, DateTimeOffset, Part>(
            deal => deal.ClosedAt!.Value, [.. periods.Skip(1).Select(period => period.Start)], (deal, period) => new Part { Period = period, OwnerId = ofOwners ? deal.OwnerId : null, IsWon = true, Currency = deal.Currency, Value = deal.Value, Weighted = 0 }));
        var sums = new List<Sum>([.. await SumAsync(won, ct), .. (await SumAsync(Open(scope, ofOwners, from, to, periods), ct)).Where(sum => sum.Period != Beyond)]);

        var currencies = new Currencies(sums.Select(sum => sum.Currency), scope.HomeCurrency);
        var rows = ofOwners ? OfOwners(sums) : periods.Select((period, i) => (Period: (Period?)period, OwnerId: (string?)null, Row: Row.Of(sums.Where(sum => sum.Period == i)))).ToList();
        return new ForecastReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Currency = currencies.Single,
            Periods =
            [
                .. rows.Select(row => row.Period is { } period
                    ? Period(scope.DrillDown.Between(period.From, period.To), row.Row, currencies) with { Period = period.Key }
                    : Period(scope.DrillDown.Between(from, to).OfOwner(row.OwnerId), row.Row, currencies) with { OwnerId = row.OwnerId }),
            ],
            Total = Period(scope.DrillDown.Between(from, to), Row.Of(sums.Where(sum => sum.Period >= 0)), currencies),
            Overdue = Apart(scope.DrillDown.To(DealFigure.Overdue), Row.Of(sums.Where(sum => sum.Period == Overdue)), currencies),
            Undated = Apart(scope.DrillDown.To(DealFigure.Undated), Row.Of(sums.Where(sum => sum.Period == Undated)), currencies),
            Goals = await new GoalAttainment(scope).AmongAsync(from, to, ct),
        };
    }

    // Beside the periods, which are numbered from 0.
    private const int Overdue = -1;
    private const int Undated = -2;
    private const int Beyond = -3;

    /// <summary>The open ones, each in its period: read once, as there are many.</summary>
    private static IQueryable<Part> Open(ReportScope scope, bool ofOwners, DateOnly from, DateOnly to, IReadOnlyList<Period> periods)
    {
        var (today, begin) = (scope.Today, scope.ExpectedFrom(from));
        return new DealFigures(scope).Open.Select(Buckets.Into<DealFact, DateOnly, Part>(deal => deal.ExpectedCloseDate!.Value, [.. periods.Skip(1).Select(period => period.From)], (deal, period) => new Part
        {
            Period = deal.ExpectedCloseDate == null ? Undated : deal.ExpectedCloseDate < today ? Overdue : deal.ExpectedCloseDate < begin || deal.ExpectedCloseDate > to ? Beyond : period,
            OwnerId = ofOwners ? deal.OwnerId : null,
            IsWon = false,
            Currency = deal.Currency,
            Value = deal.Value,
            Weighted = deal.Weighted,
        }));
    }

    private static List<(Period? Period, string? OwnerId, Row Row)> OfOwners(List<Sum> sums) =>
    [
        .. sums.Where(sum => sum.Period >= 0).GroupBy(sum => sum.OwnerId).Select(owner => ((Period?)null, owner.Key, Row.Of(owner)))
            .OrderBy(owner => owner.Key is null).ThenBy(owner => owner.Key, StringComparer.Ordinal),
    ];

    private static Task<List<Sum>> SumAsync(IQueryable<Part> parts, CancellationToken ct) =>
        parts.GroupBy(part => new { part.Period, part.OwnerId, part.IsWon, part.Currency }).Select(deals => new Sum
        {
            Period = deals.Key.Period,
            OwnerId = deals.Key.OwnerId,
            IsWon = deals.Key.IsWon,
            Currency = deals.Key.Currency,
            Count = deals.Count(),
            Millions = deals.Sum(deal => deal.Value / Sums.Million),
            Rest = deals.Sum(deal => deal.Value % Sums.Million),
            WeightedMillions = deals.Sum(deal => deal.Weighted / Sums.Million),
            WeightedRest = deals.Sum(deal => deal.Weighted % Sums.Million),
        }).ToListAsync(ct);

    private static ForecastPeriod Period(DrillDown place, Row row, Currencies currencies) => new()
    {
        Period = null,
        OwnerId = null,
        WonCount = row.WonCount,
        WonValue = row.Won.In(currencies),
        OpenCount = row.OpenCount,
        OpenValue = row.Open.In(currencies),
        WeightedValue = row.Weighted.In(currencies),
        Count = row.WonCount + row.OpenCount,
        Amounts = currencies.Apart(currency => new ForecastAmount { Currency = currency, WonValue = row.Won.In(currency), OpenValue = row.Open.In(currency), WeightedValue = row.Weighted.In(currency) }, row.Won, row.Open),
        WonDrillDown = place.To(DealFigure.Won),
        OpenDrillDown = place.To(DealFigure.Expected),
    };

    private static ForecastApart Apart(string drillDown, Row row, Currencies currencies) => new()
    {
        Count = row.OpenCount,
        Value = row.Open.In(currencies),
        WeightedValue = row.Weighted.In(currencies),
        Amounts = currencies.Apart(currency => new WeightedAmount { Currency = currency, Value = row.Open.In(currency), WeightedValue = row.Weighted.In(currency) }, row.Open),
        DrillDown = drillDown,
    };

    private sealed class Part
    {
        public int Period { get; init; }
        public string? OwnerId { get; init; }
        public bool IsWon { get; init; }
        public string Currency { get; init; } = "";
        public long Value { get; init; }
        public long Weighted { get; init; }
    }

    private sealed class Sum
    {
        public int Period { get; init; }
        public string? OwnerId { get; init; }
        public bool IsWon { get; init; }
        public string Currency { get; init; } = "";
        public int Count { get; init; }
        public long Millions { get; init; }
        public long Rest { get; init; }
        public long WeightedMillions { get; init; }
        public long WeightedRest { get; init; }
    }

    private sealed class Row
    {
        public int WonCount { get; private set; }
        public int OpenCount { get; private set; }
        public Sums Won { get; } = new();
        public Sums Open { get; } = new();
        public Sums Weighted { get; } = new();

        public static Row Of(IEnumerable<Sum> sums)
        {
            var row = new Row();
            foreach (var sum in sums)
            {
                if (sum.IsWon)
                {
                    row.WonCount += sum.Count;
                    row.Won.Add(sum.Currency, sum.Millions, sum.Rest);
                }
                else
                {
                    row.OpenCount += sum.Count;
                    row.Open.Add(sum.Currency, sum.Millions, sum.Rest);
                    row.Weighted.Add(sum.Currency, sum.WeightedMillions, sum.WeightedRest);
                }
            }

            return row;
        }
    }
}
