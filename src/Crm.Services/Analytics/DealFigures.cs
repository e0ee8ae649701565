using System.Linq.Expressions;
using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Queries;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>The figures of the reports on deals as they stood, each as the deals that it counts: a report adds them up, a drill-down lists them.</summary>
/// <param name="scope">Which deals, and of when.</param>
/// <param name="weighs">Whether the stages are looked up, for the weighted value and for what rots; else the one is 0, and nothing rots.</param>
internal sealed class DealFigures(ReportScope scope, bool weighs = true)
{
    private const long MicrosecondsOfADay = 86_400_000_000;

    private static readonly StageKind[] ClosedKinds = [StageKind.Won, StageKind.Lost];

    public IQueryable<DealFact> All => weighs ? Weighed() : scope.Priced.Select(priced => new DealFact
    {
        DealId = priced.Deal.DealId,
        PipelineId = priced.Deal.PipelineId,
        Stage = priced.Deal.Stage,
        Kind = priced.Deal.Kind,
        OwnerId = priced.Deal.OwnerId,
        LeadId = priced.Deal.LeadId,
        CreatedAt = priced.Deal.CreatedAt,
        ClosedAt = priced.Deal.ClosedAt,
        ExpectedCloseDate = priced.Deal.ExpectedCloseDate,
        LostReason = priced.Deal.LostReason,
        Currency = priced.Currency,
        Value = priced.Value,
        Probability = priced.Deal.Probability,
        Visited = priced.Deal.Visited,
    });

    public IQueryable<DealFact> Open => All.Where(deal => deal.Kind == StageKind.Open);

    public IQueryable<DealFact> Closed() => All.Where(deal => EF.Constant(ClosedKinds).Contains(deal.Kind)); // as a list, which an index by kind is looked through for

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
        var begin = scope.ExpectedFrom(from);
        return Open.Where(deal => deal.ExpectedCloseDate >= begin && deal.ExpectedCloseDate <= to);
    }

    /// <summary>Those that were made in these days.</summary>
    public IQueryable<DealFact> Made(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return All.Where(deal => deal.CreatedAt >= start && deal.CreatedAt < end);
    }

    /// <summary>Those of them that ever stood in one of these stages of their pipeline, or in a later one.</summary>
    public async Task<IQueryable<DealFact>> ReachedAsync(DateOnly from, DateOnly to, IReadOnlyList<string> stages, CancellationToken ct)
    {
        var made = Made(from, to);
        var ways = await made.Select(deal => new { deal.PipelineId, deal.Visited }).Distinct().ToListAsync(ct);
        var reached = ways.Where(way => scope.StageMap.Present.Any(stage => stage.PipelineId == way.PipelineId && stages.Contains(stage.Key, StringComparer.Ordinal) && scope.StageMap.HasReached(way.Visited, stage)));
        return made.Where(reached.GroupBy(way => way.PipelineId, way => way.Visited).Aggregate((Expression<Func<DealFact, bool>>)(_ => false), (any, pipeline) =>
        {
            var (pipelineId, visited) = (pipeline.Key, pipeline.ToList());
            return any.Or(deal => deal.PipelineId == pipelineId && visited.Contains(deal.Visited));
        }));
    }

    /// <summary>Those that were qualified in these days: came for the first time to the stage of their pipeline that stands for it, or to a later one.</summary>
    public async Task<IQueryable<DealFact>> QualifiedAsync(DateOnly from, DateOnly to, CancellationToken ct)
    {
        var ways = (await scope.WaysAsync(ct)).Where(way => scope.Pipelines?.Contains(way.PipelineId) is not false && scope.StageMap.IsFirstQualified(way.PipelineId, way.Stage, way.Visited));
        var entries = Entries(from, to);
        var qualified = ways.GroupBy(way => way.PipelineId).Select(pipeline => By(entries, pipeline.Key, [.. pipeline])).DefaultIfEmpty(entries.Where(_ => false)).Aggregate((all, part) => all.Concat(part));
        if (!await scope.PipelineChanges.AnyAsync(ct)) return All.Where(deal => qualified.Select(version => version.DealId).Contains(deal.DealId)); // which is the quicker question, and the same where each deal is in the pipeline that it was in
        return from entry in qualified.Select(version => new { version.DealId, version.PipelineId }).Distinct() // two where the clock stood still
               join deal in All on entry equals new { deal.DealId, deal.PipelineId }
               select deal;
    }

    /// <summary>The versions with which deals came for the first time to a stage of their pipeline, in these days.</summary>
    private IQueryable<DealSnapshot> Entries(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return scope.Versions.Where(version => (version.LeftStage != null || version.At == version.CreatedAt) && version.StayedBefore == null && version.StageEnteredAt >= start && version.StageEnteredAt < end);
    }

    /// <summary>
    /// Those to a pipeline by one of these ways: each of their stages with all that was visited in any of them, as an index finds them so. Of what was
    /// visited only the way's own stage qualifies, and a deal has visited the stage that it comes to; so no other entry is among them.
    /// </summary>
    private static IQueryable<DealSnapshot> By(IQueryable<DealSnapshot> entries, Guid pipelineId, IReadOnlyCollection<Way> ways)
    {
        var (stages, visited) = (ways.Select(way => way.Stage).Distinct(StringComparer.Ordinal).ToList(), ways.Select(way => way.Visited).Distinct(StringComparer.Ordinal).ToList());
        return entries.Where(version => version.PipelineId == pipelineId && stages.Contains(version.Stage) && visited.Contains(version.Visited));
    }

    /// <summary>Those that left one of these stages of their pipeline in these days; any open one where none is given.</summary>
    public async Task<IQueryable<DealFact>> LeftAsync(DateOnly from, DateOnly to, IReadOnlyList<string>? stages, CancellationToken ct)
    {
        var left = (await DealStageTimes.OfAsync(scope, ct)).DealsThatLeft(from, to, stage => stages?.Contains(stage.Key, StringComparer.Ordinal) ?? stage.Kind == StageKind.Open);
        return All.Where(deal => left.Contains(deal.DealId)); // once for all: by deal, it would add up all times for each
    }

    /// <summary>Those that were won, or lost, and closed in these days.</summary>
    public IQueryable<DealFact> Closed(StageKind kind, DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return All.Where(deal => deal.Kind == EF.Constant(kind) && deal.ClosedAt >= start && deal.ClosedAt < end); // a constant, as there is an index of what was lost
    }

    /// <summary>Those that were closed in these days.</summary>
    public IQueryable<DealFact> Closed(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return Closed().Where(deal => deal.ClosedAt >= start && deal.ClosedAt < end);
    }

    private IQueryable<DealFact> Weighed()
    {
        var now = Instants.Micros(scope.AsOf);
        return from priced in scope.Priced
               let deal = priced.Deal
               join stage in scope.Stages on new { deal.PipelineId, Key = deal.Stage } equals new { stage.PipelineId, stage.Key }
               let hundredths = priced.Value * (deal.Probability ?? stage.Probability)
               select new DealFact
               {
                   DealId = deal.DealId,
                   PipelineId = deal.PipelineId,
                   Stage = deal.Stage,
                   Kind = deal.Kind,
                   OwnerId = deal.OwnerId,
                   LeadId = deal.LeadId,
                   CreatedAt = deal.CreatedAt,
                   ClosedAt = deal.ClosedAt,
                   ExpectedCloseDate = deal.ExpectedCloseDate,
                   LostReason = deal.LostReason,
                   Currency = priced.Currency,
                   Value = priced.Value,
                   Probability = deal.Probability,
                   Weighted = ((hundredths + 50) / 100) - (hundredths % 200 == 50 ? 1 : 0), // half is rounded up, and down again to be even: the value may be much to compute, and is mentioned twice so
                   InStage = now - Instants.Micros(deal.StageEnteredAt) + (deal.StayedBefore ?? 0),
                   IsRotting = deal.Kind == StageKind.Open && stage.RottingDays != null && Instants.Micros(deal.StageEnteredAt) + (stage.RottingDays * MicrosecondsOfADay) < now,
                   Visited = deal.Visited,
               };
    }
}
