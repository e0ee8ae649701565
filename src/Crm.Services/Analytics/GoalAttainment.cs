using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Crm.Database.Goals;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>How far goals were attained, as of a report's instant: those that the caller may see, and that are for deals that the report is about.</summary>
internal sealed class GoalAttainment(ReportScope scope)
{
    /// <summary>The goals whose month or quarter shares a day with some days, the earliest first; each of the whole of its period.</summary>
    public async Task<IReadOnlyList<AttainedGoal>> AmongAsync(DateOnly from, DateOnly to, CancellationToken ct)
    {
        var goals = await scope.Goals.Where(goal => goal.FirstDay <= to && goal.LastDay >= from).OrderBy(goal => goal.FirstDay).ThenBy(goal => goal.LastDay).ThenBy(goal => goal.GoalId).ToListAsync(ct);
        if (goals.Count == 0) return [];
        var members = await scope.MembersAsync([.. goals.Select(goal => goal.TeamId).OfType<Guid>().Distinct()], ct);
        var attained = new Dictionary<Guid, AttainedGoal>();
        foreach (var currency in goals.GroupBy(goal => goal.Currency))
        {
            var sums = await SumAsync(currency.Key is { } into ? await scope.InAsync(into, ct) : scope, [.. currency], ct);
            foreach (var goal in currency) attained[goal.GoalId] = Attained(goal, goal.TeamId is { } team ? members[team].SelectMany(member => sums[member]) : sums[goal.OwnerId!]);
        }

        return [.. goals.Select(goal => attained[goal.GoalId])];
    }

    /// <summary>What was won in the goals' periods, by owner.</summary>
    private static async Task<ILookup<string, Sum>> SumAsync(ReportScope scope, List<GoalSnapshot> goals, CancellationToken ct)
    {
        List<DateOnly> days = [.. goals.SelectMany(goal => new[] { goal.FirstDay, goal.LastDay.AddDays(1) }).Distinct().Order()];
        var won = new DealFigures(scope, weighs: false).Closed(StageKind.Won, days[0], days[^1].AddDays(-1)).Where(deal => deal.OwnerId != null);
        var sums = await won.Select(Buckets.Into<DealFact, DateTimeOffset, Part>(deal => deal.ClosedAt!.Value, [.. days.Skip(1).Select(scope.Calendar.StartOf)], (deal, bucket) => new Part
        {
            Bucket = bucket,
            OwnerId = deal.OwnerId!,
            PipelineId = deal.PipelineId,
            Currency = deal.Currency,
            Value = deal.Value,
        })).GroupBy(part => new { part.Bucket, part.OwnerId, part.PipelineId, part.Currency }).Select(deals => new
        {
            deals.Key.Bucket,
            deals.Key.OwnerId,
            deals.Key.PipelineId,
            deals.Key.Currency,
            Count = deals.Count(),
            Millions = deals.Sum(deal => deal.Value / Sums.Million),
            Rest = deals.Sum(deal => deal.Value % Sums.Million),
        }).ToListAsync(ct);
        return sums.ToLookup(sum => sum.OwnerId, sum => new Sum(days[sum.Bucket], sum.PipelineId, sum.Currency, sum.Count, sum.Millions, sum.Rest), StringComparer.Ordinal);
    }

    private AttainedGoal Attained(GoalSnapshot goal, IEnumerable<Sum> sums)
    {
        var (count, value) = (0, new Sums());
        foreach (var sum in sums.Where(sum => sum.From >= goal.FirstDay && sum.From <= goal.LastDay && (goal.PipelineId is null || goal.PipelineId == sum.PipelineId)))
        {
            count += sum.Count;
            value.Add(sum.Currency, sum.Millions, sum.Rest);
        }

        var attained = goal.Currency is { } currency ? value.In(currency) : count;
        var unconverted = goal.Currency is null ? [] : value.Currencies.Where(other => other != goal.Currency && value.In(other) != 0).Select(other => new UnconvertedAmount { Currency = other, Value = value.In(other) }).ToList();
        return new AttainedGoal
        {
            GoalId = goal.GoalId,
            OwnerId = goal.OwnerId,
            TeamId = goal.TeamId,
            Period = goal.Period,
            Metric = goal.Metric,
            PipelineId = goal.PipelineId,
            Target = goal.Target,
            Currency = goal.Currency,
            Attained = attained,
            Ratio = Quotients.Ratio(attained, goal.Target)!.Value,
            Unconverted = unconverted.Count == 0 ? null : unconverted,
            DrillDown = PlaceOf(goal).To(DealFigure.Won),
        };
    }

    /// <summary>Where the deals are that count: whatever the report asks for, those that the goal is for.</summary>
    private DrillDown PlaceOf(GoalSnapshot goal)
    {
        var place = new DrillDown(new CountedDealQuery { PipelineId = goal.PipelineId is { } pipeline ? [pipeline] : null, Currency = goal.Currency }, scope.AsOf).Between(goal.FirstDay, goal.LastDay);
        return goal.TeamId is { } team ? place.With("teamId", $"{team}") : place.With("ownerId", goal.OwnerId!);
    }

    private sealed class Part
    {
        public int Bucket { get; init; }
        public string OwnerId { get; init; } = "";
        public Guid PipelineId { get; init; }
        public string Currency { get; init; } = "";
        public long Value { get; init; }
    }

    /// <summary>What somebody won from a day on, until the next with which a goal's period begins or ends.</summary>
    private sealed record Sum(DateOnly From, Guid PipelineId, string Currency, int Count, long Millions, long Rest);
}
