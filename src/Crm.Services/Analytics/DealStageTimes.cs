using System.Linq.Expressions;
using Crm.Database.Deals;
using Crm.Database.Pipelines;
using Crm.Database.Queries;
using Crm.Services.Lists;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>How long deals stood in the stages of their pipelines that they have left, all stays in a stage added up.</summary>
internal sealed class DealStageTimes
{
    private static readonly DateTimeOffset Ever = DateTimeOffset.UnixEpoch;

    private readonly ReportScope scope;
    private readonly bool anyGone;

    private DealStageTimes(ReportScope scope, bool anyGone) => (this.scope, this.anyGone) = (scope, anyGone);

    /// <summary>Looks whether any deal ever went to another pipeline: in most tenants none did, and then nothing needs to be compared with that.</summary>
    public static async Task<DealStageTimes> OfAsync(ReportScope scope, CancellationToken ct) => new(scope, await scope.PipelineChanges.AnyAsync(ct));

    /// <summary>Up to the report's instant, of the deals that were made in these days; in parts.</summary>
    public IReadOnlyList<IQueryable<StageTime>> OfMade(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return Times(start, scope.AsOf.AddMicroseconds(1), left => left.Where(version => version.CreatedAt >= start && version.CreatedAt < end)); // none left a stage before it was made
    }

    /// <summary>Up to the last stay that ended in these days; of the stages of which one did; in parts.</summary>
    public IReadOnlyList<IQueryable<StageTime>> Left(DateOnly from, DateOnly to)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        return Times(start, end, left => left);
    }

    /// <summary>The deals of these times, of the stages that are such.</summary>
    public IQueryable<Guid> DealsThatLeft(DateOnly from, DateOnly to, Func<StageSnapshot, bool> isSuch)
    {
        var (start, end) = scope.Calendar.RangeOf(from, to);
        var times = scope.StageMap.HasReplaced ? Merged(Counting(Ever, end), start) : Last(Counting(start, end));
        return times.Where(scope.StageMap.IsOf(isSuch)).Select(time => time.DealId);
    }

    private IReadOnlyList<IQueryable<StageTime>> Times(DateTimeOffset start, DateTimeOffset end, Func<IQueryable<DealSnapshot>, IQueryable<DealSnapshot>> which)
    {
        // Of what counts as another stage all is needed, as its stays may have ended before the range; else a version tells of those before it.
        if (scope.StageMap.HasReplaced) return [Merged(which(Counting(Ever, end)), start)];
        var left = which(Counting(start, end));
        var before = left.Where(version => version.LeftBeforeAt >= start)
            .Select(version => new StageTime { DealId = version.DealId, PipelineId = version.LeftPipelineId!.Value, Stage = version.LeftStage!, Micros = version.LeftBefore!.Value, Sign = -1 });
        return [Last(left), before];
    }

    private static IQueryable<StageTime> Last(IQueryable<DealSnapshot> left) =>
        left.Select(version => new StageTime { DealId = version.DealId, PipelineId = version.LeftPipelineId!.Value, Stage = version.LeftStage!, Micros = version.LeftTotal!.Value, Sign = 1 });

    /// <summary>The versions with which a stay ended that count: of deals that are there, and in that pipeline.</summary>
    private IQueryable<DealSnapshot> Counting(DateTimeOffset start, DateTimeOffset end)
    {
        var left = scope.Versions.Where(version => version.LeftStage != null && version.StageEnteredAt >= start && version.StageEnteredAt < end); // a stay ends where the next begins
        if (scope.IsOfSome) return left.Where(version => scope.Deals.Any(deal => deal.DealId == version.DealId && deal.PipelineId == version.LeftPipelineId));
        if (scope.Pipelines is { } pipelines) left = left.Where(version => pipelines.Contains(version.LeftPipelineId!.Value));
        // Of all, leaving out the few that don't count is quicker than looking for each whether it does.
        left = left.Where(version => !scope.Deleted.Any(deal => deal.DealId == version.DealId));
        return anyGone ? left.Where(version => !scope.Gone.Any(gone => gone.DealId == version.DealId && gone.LeftPipelineId == version.LeftPipelineId)) : left;
    }

    /// <summary>With those in retired stages added to those in the stages that they count as. Coming from the one to the other is no leaving.</summary>
    private IQueryable<StageTime> Merged(IQueryable<DealSnapshot> left, DateTimeOffset start)
    {
        var from = Instants.Micros(start);
        return left.Select(version => new Step
        {
            DealId = version.DealId,
            PipelineId = version.LeftPipelineId!.Value,
            Left = version.LeftStage!,
            CameTo = version.PipelineId == version.LeftPipelineId ? version.Stage : "",
            Total = version.LeftTotal!.Value,
            At = Instants.Micros(version.StageEnteredAt),
        }).Select(Counted()).GroupBy(step => new { step.DealId, step.PipelineId, step.Left, step.CountsAs }).Select(stays => new
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
            Sign = 1,
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

    /// <summary>1; −1 where it takes back a time that another of the deal's takes the place of, which has it in it.</summary>
    public int Sign { get; init; }
}
