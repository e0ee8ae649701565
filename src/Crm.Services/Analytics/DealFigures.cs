using Crm.Contracts.Pipelines;
using Crm.Database.Queries;

namespace Crm.Services.Analytics;

/// <summary>The figures of the reports on deals as they stood, each as the deals that it counts: a report adds them up, a drill-down lists them.</summary>
internal sealed class DealFigures(ReportScope scope)
{
    private const long MicrosecondsOfADay = 86_400_000_000;

    public IQueryable<DealFact> All
    {
        get
        {
            var now = Instants.Micros(scope.AsOf);
            return from deal in scope.Deals
                   join stage in scope.Stages on new { deal.PipelineId, Key = deal.Stage } equals new { stage.PipelineId, stage.Key }
                   let hundredths = (deal.Value ?? 0) * (deal.Probability ?? stage.Probability)
                   select new DealFact
                   {
                       DealId = deal.DealId,
                       PipelineId = deal.PipelineId,
                       Stage = deal.Stage,
                       Kind = deal.Kind,
                       OwnerId = deal.OwnerId,
                       LeadId = deal.LeadId,
                       ClosedAt = deal.ClosedAt,
                       ExpectedCloseDate = deal.ExpectedCloseDate,
                       LostReason = deal.LostReason,
                       Currency = deal.Currency,
                       Value = deal.Value ?? 0,
                       Weighted = (hundredths / 100) + (hundredths % 100 > 50 || (hundredths % 100 == 50 && hundredths / 100 % 2 == 1) ? 1 : 0),
                       InStage = now - Instants.Micros(deal.StageEnteredAt) + (deal.StayedBefore ?? 0),
                       IsRotting = deal.Kind == StageKind.Open && stage.RottingDays != null && Instants.Micros(deal.StageEnteredAt) + (stage.RottingDays * MicrosecondsOfADay) < now,
                   };
        }
    }

    public IQueryable<DealFact> Open => All.Where(deal => deal.Kind == StageKind.Open);

    public IQueryable<DealFact> Rotting => All.Where(deal => deal.IsRotting);

    public IQueryable<DealFact> Undated => Open.Where(deal => deal.ExpectedCloseDate == null);

    public IQueryable<DealFact> Overdue
    {
        get
        {
            var today = scope.Today;
            return Open.Where(deal => deal.ExpectedCloseDate < today);
        }
    }

    /// <summary>Open ones that are expected to close in these days, from today on.</summary>
    public IQueryable<DealFact> Expected(DateOnly from, DateOnly to)
    {
        var begin = from < scope.Today ? scope.Today : from;
        return Open.Where(deal => deal.ExpectedCloseDate >= begin && deal.ExpectedCloseDate <= to);
    }

    /// <summary>Those that were won, or lost, and closed in these days.</summary>
    public IQueryable<DealFact> Closed(StageKind kind, DateOnly from, DateOnly to)
    {
        return Closed(from, to).Where(deal => deal.Kind == kind);
    }

    /// <summary>Those that were closed in these days.</summary>
    public IQueryable<DealFact> Closed(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return All.Where(deal => deal.Kind != StageKind.Open && deal.ClosedAt >= start && deal.ClosedAt < end);
    }
}
