using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>The deals by the stage that they stand in, counted one by one.</summary>
internal static class PipelineFigures
{
    public static Figures Expected(Book book)
    {
        var figures = new Figures();
        foreach (var pipeline in book.Pipelines)
        {
            foreach (var stage in pipeline.Stages)
            {
                var stories = book.Living.FindAll(story => story[^1].Deal.PipelineId == pipeline.Id && story[^1].Deal.Stage == stage.Key);
                Add(figures, Name(pipeline.Id, stage.Key, stage.Kind), book, stories);
            }
        }

        Add(figures, "all open", book, book.Living.FindAll(story => story[^1].IsOpen));
        return figures;
    }

    public static List<string> Actual(PipelineReport report, Book book)
    {
        // Whether the empty stages of pipelines that nobody asked for are there isn't said.
        var stages = report.Stages.Where(stage => book.AsksOf(stage.PipelineId) || stage.Count > 0);
        return [.. stages.Select(stage => Line(Name(stage.PipelineId, stage.Stage, stage.Kind), report, stage)), Line("all open", report, report.Total)];
    }

    public static List<DrillDown> DrillDowns(PipelineReport report) => [.. report.Stages.Append(report.Total).SelectMany(row => DrillDowns(report, row))];

    private static DrillDown[] DrillDowns(PipelineReport report, PipelineReportTotal row) =>
        [new(row.DrillDown, row.Count, Value(report, row), Weighted(report, row)), new(row.RottingDrillDown, row.RottingCount, null)];

    private static void Add(Figures figures, string name, Book book, List<List<Entry>> stories)
    {
        var deals = stories.ConvertAll(story => story[^1]);
        var (value, weighted) = (book.Sum(deals), book.Weigh(deals));
        var days = Days(book, stories.FindAll(story => story[^1].IsOpen));
        figures.Add(Line(name, deals.Count, value, weighted, days, deals.Count(book.IsRotting)), value);
    }

    private static decimal? Days(Book book, List<List<Entry>> stories)
    {
        decimal micros = 0;
        foreach (var story in stories) micros += Quotient.Micros(book.TimeInStage(story));
        return Quotient.Of(micros, stories.Count * Quotient.MicrosPerDay);
    }

    private static string Name(Guid pipeline, string stage, StageKind kind) => $"{stage} of {pipeline}, {kind}";

    private static string Line(string name, PipelineReport report, PipelineReportTotal row) =>
        Line(name, row.Count, Value(report, row), Weighted(report, row), row.AverageDaysInStage, row.RottingCount);

    private static string Line(string name, int count, Sums value, Sums weighted, decimal? days, int rotting) =>
        $"{name}: {count} worth {value}, weighted {weighted}, {Sums.Text(days)} days, {rotting} rotting";

    private static Sums Value(PipelineReport report, PipelineReportTotal row) =>
        Sums.Of(report.Currency, row.Value, row.Amounts?.Select(amount => (amount.Currency, amount.Value)));

    private static Sums Weighted(PipelineReport report, PipelineReportTotal row) =>
        Sums.Of(report.Currency, row.WeightedValue, row.Amounts?.Select(amount => (amount.Currency, amount.WeightedValue)));
}
