using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>How far the deals came that were made in a period, followed stay by stay.</summary>
internal static class FunnelFigures
{
    public static Figures Expected(Book book)
    {
        var figures = new Figures();
        foreach (var pipeline in book.Pipelines)
        {
            var made = book.LivingIn(pipeline).FindAll(story => book.IsWithin(book.Circumstances.DayOf(story[^1].Deal.CreatedAt)));
            Add(figures, pipeline, made);
        }

        return figures;
    }

    public static List<string> Actual(FunnelReport report) =>
        [.. report.Stages.Select(row => Line(Name(row.PipelineId, row.Stage, row.Kind), row.Reached, row.ConversionFromPrevious, row.ConversionFromFirst, row.MedianDays))];

    public static List<DrillDown> DrillDowns(FunnelReport report) => [.. report.Stages.Select(row => new DrillDown(row.DrillDown, row.Reached, null))];

    private static void Add(Figures figures, PipelineView pipeline, List<List<Entry>> made)
    {
        int? first = null;
        int? previous = null;
        foreach (var stage in pipeline.Stages.Where(stage => stage.Kind != StageKind.Lost))
        {
            var shows = pipeline.KeysFrom(stage);
            var reached = made.Count(story => story.FirstIn(shows) is not null);
            first ??= reached;
            figures.Add(Line(Name(pipeline.Id, stage.Key, stage.Kind), reached, Conversion(reached, previous), Conversion(reached, first), MedianDays(made, stage)));
            if (stage.Kind == StageKind.Open) previous = reached;
        }
    }

    private static decimal? Conversion(int reached, int? before) => before is { } number ? Quotient.Of(reached, number) : null;

    private static decimal? MedianDays(List<List<Entry>> made, StageView stage)
    {
        if (stage.Kind != StageKind.Open) return null;
        var durations = new Durations();
        foreach (var story in made) durations.Add(story, stage.Key, _ => true);
        return durations.Median;
    }

    private static string Name(Guid pipeline, string stage, StageKind kind) => $"{stage} of {pipeline}, {kind}";

    private static string Line(string name, int reached, decimal? fromPrevious, decimal? fromFirst, decimal? days) =>
        $"{name}: {reached} reached, {Sums.Text(fromPrevious)} of the one before, {Sums.Text(fromFirst)} of the first, {Sums.Text(days)} days";
}
