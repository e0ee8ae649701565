using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;

namespace Crm.Services.Analytics;

/// <summary>How long deals stood in the stages that they left in a period.</summary>
internal static class StageTimesReporter
{
    private const decimal Median = 0.5m;
    private const decimal NineInTen = 0.9m;

    public static async Task<StageTimesReport> ReportAsync(ReportScope scope, StageTimesQuery query, CancellationToken ct)
    {
        var (from, to) = scope.Days(query);
        var times = await Quantiles.ByStageAsync((await DealStageTimes.OfAsync(scope, ct)).Left(from, to), [Median, NineInTen], withMean: true, ct);
        var place = scope.DrillDown.Between(from, to);
        return new StageTimesReport
        {
            AsOf = scope.AsOf,
            TimeZone = scope.Calendar.Zone.Id,
            From = from,
            To = to,
            Stages =
            [
                .. from stage in scope.StagesListed
                   where stage.Kind == StageKind.Open
                   let own = times.GetValueOrDefault((stage.PipelineId, stage.Key), Quantiles.None)
                   select new StageTimes
                   {
                       PipelineId = stage.PipelineId,
                       Stage = stage.Key,
                       Count = own.Count,
                       MedianDays = own.Days(Median),
                       P90Days = own.Days(NineInTen),
                       MeanDays = own.MeanDays,
                       DrillDown = place.With("pipelineId", $"{stage.PipelineId}").With("stage", stage.Key).To(DealFigure.Left),
                   },
            ],
        };
    }
}
