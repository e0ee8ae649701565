using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Crm.Database.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>The deals by the stage that they stand in.</summary>
internal static class PipelineReporter
{
    public static async Task<PipelineReport> ReportAsync(ReportScope scope, CancellationToken ct)
    {
        var rows = await new DealFigures(scope).All.GroupBy(deal => new { deal.PipelineId, deal.Stage, deal.Currency }).Select(deals => new
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
                to.Micros += Sums.Whole(row.DaysMillions, row.DaysRest);
                to.Value.Add(row.Currency, row.Millions, row.Rest);
                to.Weighted.Add(row.Currency, row.WeightedMillions, row.WeightedRest);
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
