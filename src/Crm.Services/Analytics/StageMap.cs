using System.Linq.Expressions;
using Crm.Contracts.Pipelines;
using Crm.Database.Pipelines;
using Crm.Services.Lists;

namespace Crm.Services.Analytics;

/// <summary>The stages that there were at an instant, and which of them the retired ones count as.</summary>
internal sealed class StageMap
{
    private readonly Dictionary<(Guid PipelineId, string Key), StageSnapshot> byKey;

    /// <param name="stages">All of them, also retired ones.</param>
    public StageMap(IReadOnlyCollection<StageSnapshot> stages)
    {
        byKey = stages.ToDictionary(stage => (stage.PipelineId, stage.Key));
        Present = [.. stages.Where(stage => !stage.IsRetired).OrderByDescending(stage => stage.IsDefault).ThenBy(stage => stage.PipelineId).ThenBy(stage => stage.Position)];
    }

    /// <summary>Those that deals could stand in, by pipeline, the default first, and in their order.</summary>
    public IReadOnlyList<StageSnapshot> Present { get; }

    /// <summary>The stage of a key, be it retired; null where there was none yet.</summary>
    public StageSnapshot? Find(Guid pipelineId, string key) => byKey.GetValueOrDefault((pipelineId, key));

    /// <summary>The stage that a key counts as: where it was retired, the one that took its deals, and so on. Null where there was none yet, as where the clocks of two machines differ.</summary>
    public StageSnapshot? CountsAs(Guid pipelineId, string key)
    {
        if (!byKey.TryGetValue((pipelineId, key), out var stage)) return null;
        while (stage.IsRetired && stage.Successor is { } successor) stage = byKey[(pipelineId, successor)];
        return stage;
    }

    /// <summary>Whether a deal that has stood in these stages, with commas between, has ever come to a present one of the same pipeline or beyond it. One that was ever won has come to all that are open.</summary>
    public bool HasReached(string visited, StageSnapshot stage) => Stages(stage.PipelineId, visited).Any(stood => stood.Kind switch
    {
        StageKind.Open => stage.Kind == StageKind.Open && stood.Position >= stage.Position,
        StageKind.Won => stage.Kind == StageKind.Open || stood.Key == stage.Key,
        _ => false,
    });

    /// <summary>
    /// Whether a deal that has come to a stage, and has stood in these by then, is qualified by it: no other of those that it is qualified in
    /// is among them.
    /// </summary>
    public bool IsFirstQualified(Guid pipelineId, string key, string visited)
    {
        var open = Present.Where(stage => stage.PipelineId == pipelineId && stage.Kind == StageKind.Open).ToList();
        if (open.Count == 0) return false;
        var qualified = open.Find(stage => stage.Key == "QUALIFIED") ?? open[Math.Min(1, open.Count - 1)];
        return visited.Split(',').Where(IsQualified).SequenceEqual([key], StringComparer.Ordinal);

        bool IsQualified(string stood) => CountsAs(pipelineId, stood) is { IsRetired: false } stage && HasReached(stage.Key, qualified);
    }

    /// <summary>True of deals that stand in one of these stages, or in one that counts as it.</summary>
    public Expression<Func<DealFact, bool>> StandsIn(IReadOnlyList<string> keys) => byKey.Keys
        .Where(stage => keys.Contains(CountsAs(stage.PipelineId, stage.Key)!.Key, StringComparer.Ordinal))
        .GroupBy(stage => stage.PipelineId, stage => stage.Key)
        .Aggregate((Expression<Func<DealFact, bool>>)(_ => false), (any, pipeline) =>
        {
            var (pipelineId, stages) = (pipeline.Key, pipeline.ToList());
            return any.Or(deal => deal.PipelineId == pipelineId && stages.Contains(deal.Stage));
        });

    /// <summary>True of times in the present stages that are such.</summary>
    public Expression<Func<StageTime, bool>> IsOf(Func<StageSnapshot, bool> isSuch) => Present.Where(isSuch)
        .GroupBy(stage => stage.PipelineId, stage => stage.Key)
        .Aggregate((Expression<Func<StageTime, bool>>)(_ => false), (any, pipeline) =>
        {
            var (pipelineId, stages) = (pipeline.Key, pipeline.ToList());
            return any.Or(time => time.PipelineId == pipelineId && stages.Contains(time.Stage));
        });

    /// <summary>Whether any stage counts as another.</summary>
    public bool HasReplaced => Replaced.Any();

    /// <summary>In a query: the key of the stage that one counts as.</summary>
    /// <param name="pipelineId">Whose pipeline it is.</param>
    /// <param name="key">Its own key.</param>
    public Expression CountsAs(Expression pipelineId, Expression key) => Replaced.Aggregate(key, (otherwise, stage) => Expression.Condition(
        Expression.AndAlso(Expression.Equal(pipelineId, Parameters.Of(stage.PipelineId)), Expression.Equal(key, Parameters.Of(stage.Key))),
        Parameters.Of(CountsAs(stage.PipelineId, stage.Key)!.Key),
        otherwise));

    /// <summary>Those of pipelines that are present: in others there are no deals.</summary>
    private IEnumerable<StageSnapshot> Replaced => byKey.Values.Where(stage => stage is { IsRetired: true, Successor: not null } && !CountsAs(stage.PipelineId, stage.Key)!.IsRetired);

    private IEnumerable<StageSnapshot> Stages(Guid pipelineId, string visited) => visited.Split(',').Select(key => CountsAs(pipelineId, key)).OfType<StageSnapshot>().Where(stage => !stage.IsRetired);
}
