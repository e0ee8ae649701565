using Crm.Contracts.Scoring;

namespace Crm.Services.Scoring;

/// <summary>What is learnt from a tenant's outcomes, tried on later ones.</summary>
/// <param name="Model">Learnt from all.</param>
/// <param name="Report">How what is learnt from the earlier alone does on the later.</param>
internal sealed record Training(LearntModel Model, ScoringReport Report)
{
    /// <summary>How many of either outcome it takes to learn.</summary>
    public const int Fewest = 50;

    /// <summary>The part of the outcomes, the latest, that it is tried on.</summary>
    private const double HeldOut = 0.25;

    /// <summary>Whether it foretells later leads better than their rate of success does.</summary>
    public bool IsBetter => Report.Model.LogLoss < Report.BaseRate.LogLoss;

    /// <param name="examples">All outcomes that are known.</param>
    /// <returns>Null where there are fewer than <see cref="Fewest"/> of either outcome among the earlier three quarters.</returns>
    public static Training? Of(IReadOnlyList<Example> examples)
    {
        var ordered = examples.OrderBy(example => example.CreatedAt).ToList();
        var earlier = ordered[..(int)Math.Round(ordered.Count * (1 - HeldOut))];
        var later = ordered[earlier.Count..];
        var positives = earlier.Count(example => example.IsPositive);
        return positives < Fewest || earlier.Count - positives < Fewest ? null : new Training(LearntModel.Fit(ordered), ReportOf(earlier, later, (double)positives / earlier.Count));
    }

    private static ScoringReport ReportOf(List<Example> earlier, List<Example> later, double rate)
    {
        var model = LearntModel.Fit(earlier);
        var outcomes = later.ConvertAll(example => example.IsPositive);
        var foretold = later.ConvertAll(example => model.Probability(example.Values));
        var bins = Goodness.Calibration(foretold, outcomes);
        return new ScoringReport
        {
            TrainedOn = PeriodOf(earlier),
            TestedOn = PeriodOf(later),
            Model = Goodness.Of(foretold, outcomes),
            BaseRate = Goodness.Of(later.ConvertAll(_ => rate), outcomes),
            Rules = later.TrueForAll(example => example.Rules is not null) ? Goodness.Of(later.ConvertAll(example => example.Rules!.Value / 100.0), outcomes, areProbabilities: false) : null,
            Calibration = bins,
            ExpectedCalibrationError = Goodness.CalibrationError(bins),
        };
    }

    private static OutcomePeriod PeriodOf(List<Example> examples) => new()
    {
        From = examples[0].CreatedAt,
        To = examples[^1].CreatedAt,
        Positives = examples.Count(example => example.IsPositive),
        Negatives = examples.Count(example => !example.IsPositive),
    };
}
