using Crm.Contracts.Analytics;

namespace Crm.Tests.Analytics;

/// <summary>How long deals stood in the stages that they left in a period, added stay by stay.</summary>
internal static class StageTimesFigures
{
    public static Figures Expected(Book book)
    {
        var figures = new Figures();
        foreach (var pipeline in book.Pipelines)
        {
            var stories = book.LivingIn(pipeline);
            foreach (var stage in pipeline.OpenStages())
            {
                var durations = new Durations();
                foreach (var story in stories) durations.Add(story, stage.Key, end => book.IsWithin(book.Circumstances.DayOf(end)));
                figures.Add(Line(Name(pipeline.Id, stage.Key), durations.Count, durations.Median, durations.NineInTen, durations.Mean));
            }
        }

        return figures;
    }

    public static List<string> Actual(StageTimesReport report) =>
        [.. report.Stages.Select(row => Line(Name(row.PipelineId, row.Stage), row.Count, row.MedianDays, row.P90Days, row.MeanDays))];

    public static List<DrillDown> DrillDowns(StageTimesReport report) => [.. report.Stages.Select(row => new DrillDown(row.DrillDown, row.Count, null))];

    private static string Name(Guid pipeline, string stage) => $"{stage} of {pipeline}";

    private static string Line(string name, int count, decimal? median, decimal? nineInTen, decimal? mean) =>
        $"{name}: {count} left, median {Sums.Text(median)}, nine in ten {Sums.Text(nineInTen)}, mean {Sums.Text(mean)} days";
}
