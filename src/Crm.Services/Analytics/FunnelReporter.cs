using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>How far the deals came that were made in a period.</summary>
internal static class FunnelReporter
{
    private static readonly decimal[] Median = [0.5m];

    public static async Task<FunnelReport> ReportAsync(ReportScope scope, FunnelQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var made = new DealFigures(scope, weighs: false).Made(from, to);
        var ways = await made.GroupBy(deal => new { deal.PipelineId, deal.Visited }).Select(deals => new { deals.Key.PipelineId, deals.Key.Visited, Count = deals.Count() }).ToListAsync(ct);
        var times = await Quantiles.ByStageAsync((await DealStageTimes.OfAsync(scope, ct)).OfMade(from, to), Median, withMean: false, ct);

        var place = scope.DrillDown.Between(from, to);
        var rows = new List<FunnelStage>();
        foreach (var pipeline in scope.StagesListed.Where(stage => stage.Kind != StageKind.Lost).GroupBy(stage => stage.PipelineId))
        {
            var reached = pipeline.ToDictionary(stage => stage.Key, stage => ways.Where(way => way.PipelineId == pipeline.Key && scope.StageMap.HasReached(way.Visited, stage)).Sum(way => way.Count), StringComparer.Ordinal);
            var (first, before) = (reached[pipeline.First().Key], (int?)null);
            foreach (var stage in pipeline)
            {
                rows.Add(new FunnelStage
                {
                    PipelineId = stage.PipelineId,
                    Stage = stage.Key,
                    Kind = stage.Kind,
                    Reached = reached[stage.Key],
                    ConversionFromPrevious = before is { } previous ? Quotients.Ratio(reached[stage.Key], previous) : null,
                    ConversionFromFirst = Quotients.Ratio(reached[stage.Key], first),
                    MedianDays = stage.Kind == StageKind.Open ? times.GetValueOrDefault((stage.PipelineId, stage.Key), Quantiles.None).Days(0.5m) : null,
                    DrillDown = place.With("pipelineId", $"{stage.PipelineId}").With("stage", stage.Key).To(DealFigure.Reached),
                });
                if (stage.Kind == StageKind.Open) before = reached[stage.Key];
            }
        }

        return new FunnelReport { AsOf = scope.AsOf, TimeZone = scope.Calendar.Zone.Id, From = from, To = to, Stages = rows };
    }
}
