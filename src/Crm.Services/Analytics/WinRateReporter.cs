using Crm.Contracts.Analytics;
using Crm.Contracts.Json;
using Crm.Contracts.Leads;
using Crm.Contracts.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>How many of the deals that were closed in a period were won.</summary>
internal static class WinRateReporter
{
    public static async Task<WinRateReport> ReportAsync(ReportScope scope, WinRateQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var months = query.GroupBy == "month" ? scope.Calendar.Split("month", from, to) : [];
        var sums = await Parts(scope, query.GroupBy, from, to, months).GroupBy(part => new { part.Text, part.Source, part.Month, part.Kind, part.Currency }).Select(deals => new Sum
        {
            Text = deals.Key.Text,
            Source = deals.Key.Source,
            Month = deals.Key.Month,
            Kind = deals.Key.Kind,
            Currency = deals.Key.Currency,
            Count = deals.Count(),
            Millions = deals.Sum(deal => deal.Value / Sums.Million),
            Rest = deals.Sum(deal => deal.Value % Sums.Million),
        }).ToListAsync(ct);

        var currencies = new Currencies(sums.Select(sum => sum.Currency), scope.HomeCurrency);
        var place = scope.DrillDown.Between(from, to);
        return new WinRateReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Currency = currencies.Single,
            Groups = [.. Groups(query.GroupBy, sums, place, months, currencies)],
            Total = Row(sums, place, currencies),
        };
    }

    private static IQueryable<Part> Parts(ReportScope scope, string? groupBy, DateOnly from, DateOnly to, IReadOnlyList<Period> months)
    {
        var figures = new DealFigures(scope, weighs: false);
        var closed = figures.Closed(from, to);
        return groupBy switch
        {
            "owner" => closed.Select(deal => new Part { Text = deal.OwnerId, Source = null, Month = 0, Kind = deal.Kind, Currency = deal.Currency, Value = deal.Value }),
            "lostReason" => figures.Closed(StageKind.Won, from, to).Select(deal => new Part { Text = null, Source = null, Month = 0, Kind = StageKind.Won, Currency = deal.Currency, Value = deal.Value }) // of which there is no reason to look for
                .Concat(figures.Closed(StageKind.Lost, from, to).Select(deal => new Part { Text = deal.LostReason, Source = null, Month = 0, Kind = StageKind.Lost, Currency = deal.Currency, Value = deal.Value })),
            "source" => from deal in closed
                        join lead in scope.Leads on deal.LeadId equals lead.LeadId into leads
                        from lead in leads.DefaultIfEmpty()
                        select new Part { Text = null, Source = lead.Source, Month = 0, Kind = deal.Kind, Currency = deal.Currency, Value = deal.Value },
            _ => closed.Select(Buckets.Into<DealFact, DateTimeOffset, Part>(
                deal => deal.ClosedAt!.Value, [.. months.Skip(1).Select(month => month.Start)], (deal, month) => new Part { Text = null, Source = null, Month = month, Kind = deal.Kind, Currency = deal.Currency, Value = deal.Value })),
        };
    }

    private static IEnumerable<WinRateGroup> Groups(string? groupBy, List<Sum> sums, DrillDown place, IReadOnlyList<Period> months, Currencies currencies) => groupBy switch
    {
        "owner" => ByKey(sums, sum => sum.Text, place.OfOwner, currencies),
        "source" => ByKey(sums, sum => sum.Source is { } source ? EnumNames<LeadSource>.Of(source) : null, source => source is null ? place.With("hasLead", "false") : place.With("source", source), currencies),
        "lostReason" => ByKey(sums.FindAll(sum => sum.Kind == StageKind.Lost), sum => sum.Text, reason => place.With("lostReason", reason!), currencies),
        "month" => months.Select((month, i) => Group(month.Key, sums.FindAll(sum => sum.Month == i), place.Between(month.From, month.To), currencies)),
        _ => [],
    };

    private static IEnumerable<WinRateGroup> ByKey(List<Sum> sums, Func<Sum, string?> key, Func<string?, DrillDown> place, Currencies currencies) => sums
        .GroupBy(key).OrderBy(group => group.Key is null).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => Group(group.Key, group, place(group.Key), currencies));

    private static WinRateGroup Group(string? key, IEnumerable<Sum> sums, DrillDown place, Currencies currencies)
    {
        var row = Row(sums, place, currencies);
        return new WinRateGroup { Key = key, Won = row.Won, Lost = row.Lost, WinRate = row.WinRate, WinRateByValue = row.WinRateByValue, Amounts = row.Amounts };
    }

    private static WinRateRow Row(IEnumerable<Sum> sums, DrillDown place, Currencies currencies)
    {
        var (won, lost) = (new Sums(), new Sums());
        var (wonCount, lostCount) = (0, 0);
        foreach (var sum in sums)
        {
            if (sum.Kind == StageKind.Won) wonCount += sum.Count;
            else lostCount += sum.Count;
            (sum.Kind == StageKind.Won ? won : lost).Add(sum.Currency, sum.Millions, sum.Rest);
        }

        return new WinRateRow
        {
            Won = new ClosedDeals { Count = wonCount, Value = won.In(currencies), DrillDown = place.To(DealFigure.Won) },
            Lost = new ClosedDeals { Count = lostCount, Value = lost.In(currencies), DrillDown = place.To(DealFigure.Lost) },
            WinRate = Quotients.Ratio(wonCount, wonCount + lostCount),
            WinRateByValue = currencies.Single is { } single ? ByValue(single) : null,
            Amounts = currencies.Apart(currency => new WinRateAmount { Currency = currency, WonValue = won.In(currency), LostValue = lost.In(currency), WinRateByValue = ByValue(currency) }, won, lost),
        };

        decimal? ByValue(string currency) => Quotients.Ratio(won.In(currency), won.In(currency) + lost.In(currency));
    }

    private sealed class Part
    {
        public string? Text { get; init; }
        public LeadSource? Source { get; init; }
        public int Month { get; init; }
        public StageKind Kind { get; init; }
        public string Currency { get; init; } = "";
        public long Value { get; init; }
    }

    private sealed class Sum
    {
        public string? Text { get; init; }
        public LeadSource? Source { get; init; }
        public int Month { get; init; }
        public StageKind Kind { get; init; }
        public string Currency { get; init; } = "";
        public int Count { get; init; }
        public long Millions { get; init; }
        public long Rest { get; init; }
    }
}
