using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>How far deals come in a pipeline.</summary>
internal static class Progress
{
    public static List<StageView> OpenStages(this PipelineView pipeline) => [.. pipeline.Stages.Where(stage => stage.Kind == StageKind.Open)];

    /// <summary>The keys of the stages of which each shows that a deal came to a stage: itself, and for an open one those behind it that are open and those that win.</summary>
    public static List<string> KeysFrom(this PipelineView pipeline, StageView stage)
    {
        if (stage.Kind != StageKind.Open) return [stage.Key];
        var open = pipeline.OpenStages().SkipWhile(one => one.Key != stage.Key);
        var won = pipeline.Stages.Where(one => one.Kind == StageKind.Won);
        return [.. open.Concat(won).Select(one => one.Key)];
    }

    /// <summary>The first of a deal's stays, as they were told, in any of some stages; null where there is none.</summary>
    public static Stay? FirstIn(this List<Entry> story, List<string> stages) => Stay.Of(story).Find(stay => stages.Contains(stay.Stage));
}
