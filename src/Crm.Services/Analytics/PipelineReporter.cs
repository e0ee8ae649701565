using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Crm.Database.Pipelines;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>The deals by the stage that they stand in.</summary>
internal static class PipelineReporter
{
    /// <summary>Two values that differ by so many ten-thousandths are rounded alike when a percentage of them is taken.</summary>
    private const long AlikeRounded = 200;

    public static async Task<PipelineReport> ReportAsync(ReportScope scope, CancellationToken ct)
    {
        List<Part> rows = [.. await OpenAsync(scope, ct), .. await ClosedAsync(scope, ct)];
        var stages = scope.StagesListed.ToDictionary(stage => stage, _ => new Row());
        var total = new Row();
        foreach (var row in rows)
        {
            var stage = scope.StageMap.CountsAs(row.PipelineId, row.Stage)!; // the deals were joined with the stages
            if (!stages.TryGetValue(stage, out var sums)) stages.Add(stage, sums = new Row());
            foreach (var to in stage.Kind == StageKind.Open ? [sums, total] : new[] { sums })
            {
                to.Count += row.Count;
                to.Rotting += row.Rotting;
                to.Micros += row.Micros;
                to.Value.Add(row.Currency, row.Value / Money.UnitsOfOne);
                to.Weighted.Add(row.Currency, row.Weighted / Money.UnitsOfOne);
            }
        }

        var currencies = new Currencies(rows.Select(row => row.Currency), scope.HomeCurrency);
        return new PipelineReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            Currency = currencies.Single,
            Stages = [.. stages.Select(stage => Stage(scope, stage.Key, stage.Value, currencies))],
            Total = Total(scope, total, currencies),
        };
    }

    private static async Task<IEnumerable<Part>> OpenAsync(ReportScope scope, CancellationToken ct)
    {
        var rows = await new DealFigures(scope).Open.GroupBy(deal => new { deal.PipelineId, deal.Stage, deal.Currency }).Select(deals => new
        {
            deals.Key.PipelineId,
            deals.Key.Stage,
            deals.Key.Currency,
            Count = deals.Count(),
            Millions = deals.Sum(deal => deal.Value / Sums.Million),
            Rest = deals.Sum(deal => deal.Value % Sums.Million),
            WeightedMillions = deals.Sum(deal => deal.Weighted / Sums.Million),
            WeightedRest = deals.Sum(deal => deal.Weighted % Sums.Million),
            DaysMillions = deals.Sum(deal => deal.InStage / Sums.Million),
            DaysRest = deals.Sum(deal => deal.InStage % Sums.Million),
            Rotting = deals.Count(deal => deal.IsRotting),
        }).ToListAsync(ct);
        return rows.Select(row => new Part(
            row.PipelineId, row.Stage, row.Currency, row.Count, Sums.Whole(row.Millions, row.Rest), Sums.Whole(row.WeightedMillions, row.WeightedRest), Sums.Whole(row.DaysMillions, row.DaysRest), row.Rotting));
    }

    /// <summary>The many that are closed: weighed here, those together that have one probability and are rounded alike.</summary>
    private static async Task<IEnumerable<Part>> ClosedAsync(ReportScope scope, CancellationToken ct)
    {
        var rows = await new DealFigures(scope, weighs: false).Closed().GroupBy(deal => new { deal.PipelineId, deal.Stage, deal.Currency, deal.Probability, Residue = deal.Value % AlikeRounded }).Select(deals => new
        {
            deals.Key.PipelineId,
            deals.Key.Stage,
            deals.Key.Currency,
            deals.Key.Probability,
            deals.Key.Residue,
            Count = deals.Count(),
            Millions = deals.Sum(deal => deal.Value / Sums.Million),
            Rest = deals.Sum(deal => deal.Value % Sums.Million),
        }).ToListAsync(ct);
        return from row in rows
               let stage = scope.StageMap.Find(row.PipelineId, row.Stage)
               where stage is not null
               let value = Sums.Whole(row.Millions, row.Rest)
               let percent = row.Probability ?? stage.Probability
               let even = (value - (row.Residue * row.Count)) * percent / 100 // a whole and even number of each
               let residue = decimal.Round(row.Residue * percent / 100m, MidpointRounding.ToEven)
               select new Part(row.PipelineId, row.Stage, row.Currency, row.Count, value, even + (residue * row.Count), 0, 0);
    }

    private static PipelineReportStage Stage(ReportScope scope, StageSnapshot stage, Row row, Currencies currencies)
    {
        var place = scope.DrillDown.With("pipelineId", $"{stage.PipelineId}").With("stage", stage.Key);
        return new PipelineReportStage
        {
            PipelineId = stage.PipelineId,
            Stage = stage.Key,
            Kind = stage.Kind,
            Count = row.Count,
            Value = row.Value.In(currencies),
            WeightedValue = row.Weighted.In(currencies),
            AverageDaysInStage = stage.Kind == StageKind.Open ? Quotients.MeanDays(row.Micros, row.Count) : null,
            RottingCount = row.Rotting,
            Amounts = row.Amounts(currencies),
            DrillDown = place.To(DealFigure.All),
            RottingDrillDown = place.To(DealFigure.Rotting),
        };
    }

    private static PipelineReportTotal Total(ReportScope scope, Row row, Currencies currencies) => new()
    {
        Count = row.Count,
        Value = row.Value.In(currencies),
        WeightedValue = row.Weighted.In(currencies),
        AverageDaysInStage = Quotients.MeanDays(row.Micros, row.Count),
        RottingCount = row.Rotting,
        Amounts = row.Amounts(currencies),
        DrillDown = scope.DrillDown.To(DealFigure.Open),
        RottingDrillDown = scope.DrillDown.To(DealFigure.Rotting),
    };

    /// <summary>The deals of a stage in a currency; money in ten-thousandths, time in microseconds.</summary>
    private sealed record Part(Guid PipelineId, string Stage, string Currency, int Count, decimal Value, decimal Weighted, decimal Micros, int Rotting);

    private sealed class Row
    {
        public int Count { get; set; }
        public int Rotting { get; set; }
        public decimal Micros { get; set; }
        public Sums Value { get; } = new();
        public Sums Weighted { get; } = new();

        public IReadOnlyList<WeightedAmount>? Amounts(Currencies currencies) =>
            currencies.Apart(currency => new WeightedAmount { Currency = currency, Value = Value.In(currency), WeightedValue = Weighted.In(currency) }, Value);
    }
}
