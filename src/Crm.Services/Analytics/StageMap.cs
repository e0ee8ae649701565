using System.Linq.Expressions;
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

    /// <summary>The stage that a key counts as: where it was retired, the one that took its deals, and so on.</summary>
    public StageSnapshot CountsAs(Guid pipelineId, string key)
    {
        var stage = byKey[(pipelineId, key)];
        while (stage.IsRetired && stage.Successor is { } successor) stage = byKey[(pipelineId, successor)];
        return stage;
    }

    /// <summary>True of deals that stand in one of these stages, or in one that counts as it.</summary>
    public Expression<Func<DealFact, bool>> StandsIn(IReadOnlyList<string> keys) => byKey.Keys
        .Where(stage => keys.Contains(CountsAs(stage.PipelineId, stage.Key).Key, StringComparer.Ordinal))
        .GroupBy(stage => stage.PipelineId, stage => stage.Key)
        .Aggregate((Expression<Func<DealFact, bool>>)(_ => false), (any, pipeline) =>
        {
            var (pipelineId, stages) = (pipeline.Key, pipeline.ToList());
            return any.Or(deal => deal.PipelineId == pipelineId && stages.Contains(deal.Stage));
        });
}
