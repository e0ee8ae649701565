using System.Linq.Expressions;
using Crm.Database.Queries;
using Crm.Services.Lists;

namespace Crm.Services.Analytics;

/// <summary>How long deals stood in the stages of their pipelines that they have left, all stays in a stage added up.</summary>
internal sealed class DealStageTimes(ReportScope scope)
{
    private static readonly DateTimeOffset Ever = DateTimeOffset.UnixEpoch;

    /// <summary>Up to the report's instant.</summary>
    public IQueryable<StageTime> Of(IQueryable<DealFact> deals) => Of(deals, Ever, scope.AsOf.AddMicroseconds(1));

    /// <summary>Up to the last stay that ended in a range of instants; of the stages of which one did.</summary>
    public IQueryable<StageTime> Of(IQueryable<DealFact> deals, DateTimeOffset start, DateTimeOffset end)
    {
        // Of what counts as another stage all is needed, as its stays may have ended before the range; else a version tells of those before it.
        var steps = Steps(deals, scope.StageMap.HasReplaced ? Ever : start, end);
        var times = steps.GroupBy(step => new { step.DealId, step.PipelineId, step.Left }).Select(stays => new StageTime
        {
            DealId = stays.Key.DealId,
            PipelineId = stays.Key.PipelineId,
            Stage = stays.Key.Left,
            Micros = stays.Max(stay => stay.Total),
        });
        return scope.StageMap.HasReplaced ? Merged(steps, start) : times;
    }

    private IQueryable<Step> Steps(IQueryable<DealFact> deals, DateTimeOffset start, DateTimeOffset end) =>
        from version in scope.History
        where version.LeftStage != null && version.StageEnteredAt >= start && version.StageEnteredAt < end // a stay ends where the next begins
        join deal in deals on new { version.DealId, PipelineId = version.LeftPipelineId } equals new { deal.DealId, PipelineId = (Guid?)deal.PipelineId }
        select new Step
        {
            DealId = version.DealId,
            PipelineId = deal.PipelineId,
            Left = version.LeftStage!,
            CameTo = version.PipelineId == deal.PipelineId ? version.Stage : "",
            Total = version.LeftTotal!.Value,
            At = Instants.Micros(version.StageEnteredAt),
        };

    /// <summary>With those in retired stages added to those in the stages that they count as. Coming from the one to the other is no leaving.</summary>
    private IQueryable<StageTime> Merged(IQueryable<Step> steps, DateTimeOffset start)
    {
        var from = Instants.Micros(start);
        return steps.Select(Counted()).GroupBy(step => new { step.DealId, step.PipelineId, step.Left, step.CountsAs }).Select(stays => new
        {
            stays.Key.DealId,
            stays.Key.PipelineId,
            stays.Key.CountsAs,
            Total = stays.Max(stay => stay.Total),
            At = stays.Max(stay => stay.At),
        }).GroupBy(stage => new { stage.DealId, stage.PipelineId, stage.CountsAs }).Where(stages => stages.Max(stage => stage.At) >= from).Select(stages => new StageTime
        {
            DealId = stages.Key.DealId,
            PipelineId = stages.Key.PipelineId,
            Stage = stages.Key.CountsAs,
            Micros = stages.Sum(stage => stage.Total),
        });
    }

    private Expression<Func<Step, Step>> Counted()
    {
        Expression<Func<Step, string, string, Step>> counted = (step, left, cameTo) => new Step
        {
            DealId = step.DealId,
            PipelineId = step.PipelineId,
            Left = step.Left,
            CountsAs = left,
            CameTo = step.CameTo,
            Total = step.Total,
            At = left == cameTo ? -1 : step.At,
        };
        var step = counted.Parameters[0];
        var pipelineId = Expression.Property(step, nameof(Step.PipelineId));
        var body = new Predicates.Renamed(counted.Parameters[1], scope.StageMap.CountsAs(pipelineId, Expression.Property(step, nameof(Step.Left)))).Visit(counted.Body);
        body = new Predicates.Renamed(counted.Parameters[2], scope.StageMap.CountsAs(pipelineId, Expression.Property(step, nameof(Step.CameTo)))).Visit(body);
        return Expression.Lambda<Func<Step, Step>>(body, step);
    }

    /// <summary>A version of a deal with which a stay ended.</summary>
    private sealed class Step
    {
        public Guid DealId { get; init; }
        public Guid PipelineId { get; init; }

        /// <summary>The stage that was left.</summary>
        public string Left { get; init; } = "";

        /// <summary>The stage that it counts as.</summary>
        public string CountsAs { get; init; } = "";

        /// <summary>The stage that the deal came to; empty for one of another pipeline.</summary>
        public string CameTo { get; init; } = "";

        /// <summary>Microseconds of all stays in it until then.</summary>
        public long Total { get; init; }

        /// <summary>When, in microseconds; before all time where it came to a stage that counts as the same.</summary>
        public long At { get; init; }
    }
}

/// <summary>How long a deal stood in a stage.</summary>
internal sealed class StageTime
{
    public Guid DealId { get; init; }
    public Guid PipelineId { get; init; }
    public string Stage { get; init; } = "";
    public long Micros { get; init; }
}
