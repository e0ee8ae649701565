using Crm.Contracts.Lists;

namespace Crm.Contracts.Scoring;

/// <summary>Why there is no prediction for a lead.</summary>
public enum PredictionGap
{
    /// <summary>Too few of the tenant's leads have been decided: it takes 50 that became customers and 50 that didn't to learn from, and later ones to try it on.</summary>
    TooFewOutcomes,

    /// <summary>There is enough to learn from, and nobody has begun: <c>POST /api/automation/scoring/train</c>.</summary>
    NotTrained,

    /// <summary>What was learnt told no more of later leads than their rate of success does, so that it isn't used.</summary>
    NotBetter,

    /// <summary>The lead was made as a decided one, so that nothing was to be predicted of it.</summary>
    DecidedAtOnce,
}

/// <summary>How likely a lead is to become a customer.</summary>
public sealed record PredictionView
{
    /// <summary>1 ÷ (1 + e^-logOdds), 0 to 1, with six decimals at most.</summary>
    public required decimal Probability { get; init; }

    /// <summary>The probability in percent, rounded half to even.</summary>
    public required int Score { get; init; }

    /// <summary>The sum of the reasons' contributions, exactly.</summary>
    public required decimal LogOdds { get; init; }

    /// <summary>Of the model that says so.</summary>
    public required int ModelVersion { get; init; }

    /// <summary>The terms of the log-odds: first <c>base</c>, which all leads have in common, then one for each feature.</summary>
    public required IReadOnlyList<PredictionReason> Reasons { get; init; }
}

/// <summary>What a feature of a lead contributes.</summary>
public sealed record PredictionReason
{
    /// <summary>Such as <c>source</c>; <c>base</c> for what all leads have in common.</summary>
    public required string Feature { get; init; }

    /// <summary>Which value of it the lead had; null for <c>base</c>.</summary>
    public required string? Value { get; init; }

    /// <summary>In log-odds: above 0 makes it likelier, ln 2 = 0.693 doubles the odds; 0 for a value that too few leads had to learn from.</summary>
    public required decimal Contribution { get; init; }
}

/// <summary>A model in short.</summary>
public sealed record ScoringModelSummary
{
    public required int Version { get; init; }
    public required DateTimeOffset TrainedAt { get; init; }
}

/// <summary>What was learnt from what became of the tenant's leads, and how well it foretold later ones.</summary>
public sealed record ScoringModelView : IIdentified
{
    public required Guid Id { get; init; }

    /// <summary>From 1 on.</summary>
    public required int Version { get; init; }

    public required DateTimeOffset TrainedAt { get; init; }

    /// <summary>The id of the user who asked for it; <c>scoring</c> for what was learnt by itself.</summary>
    public required string TrainedBy { get; init; }

    /// <summary>Whether leads are scored by it: the newest that foretold later leads better than their rate of success does.</summary>
    public required bool IsActive { get; init; }

    /// <summary>How many leads became customers, of those that it was learnt from.</summary>
    public required int Positives { get; init; }

    /// <summary>How many didn't.</summary>
    public required int Negatives { get; init; }

    /// <summary>The log-odds that all leads have in common.</summary>
    public required decimal Base { get; init; }

    /// <summary>What each value of each feature adds to them; what isn't here adds 0.</summary>
    public required IReadOnlyList<FeatureWeight> Weights { get; init; }

    public required ScoringReport Report { get; init; }
}

/// <summary>What a value of a feature adds to the log-odds.</summary>
public sealed record FeatureWeight
{
    public required string Feature { get; init; }
    public required string Value { get; init; }
    public required decimal Weight { get; init; }
}

/// <summary>
/// How well leads of a later period are foretold by what was learnt from those before alone. The weights in use are then learnt in the same way from all.
/// Figures have six decimals at most.
/// </summary>
public sealed record ScoringReport
{
    /// <summary>The earlier three quarters of the outcomes, by when the leads were made.</summary>
    public required OutcomePeriod TrainedOn { get; init; }

    /// <summary>The later quarter, of which nothing was known when it was learnt.</summary>
    public required OutcomePeriod TestedOn { get; init; }

    /// <summary>The model's probabilities.</summary>
    public required FitView Model { get; init; }

    /// <summary>The rate of success of the earlier leads, foretold for every later one.</summary>
    public required FitView BaseRate { get; init; }

    /// <summary>What the present rules would have given at the same instants, ÷ 100, without log loss, as they don't mean probabilities; null where there are none.</summary>
    public required FitView? Rules { get; init; }

    /// <summary>The later leads by their probability, in tenths.</summary>
    public required IReadOnlyList<CalibrationBin> Calibration { get; init; }

    /// <summary>Σ count × |mean predicted − observed rate| ÷ all, over the bins.</summary>
    public required decimal ExpectedCalibrationError { get; init; }
}

/// <summary>Leads whose outcome is known.</summary>
public sealed record OutcomePeriod
{
    /// <summary>When the first was made.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When the last was made.</summary>
    public required DateTimeOffset To { get; init; }

    public required int Positives { get; init; }
    public required int Negatives { get; init; }
}

/// <summary>How well something foretold.</summary>
public sealed record FitView
{
    /// <summary>The mean of (probability − outcome)²; 0 is best.</summary>
    public required decimal Brier { get; init; }

    /// <summary>The mean of −ln of the probability of what came about; 0 is best.</summary>
    public required decimal? LogLoss { get; init; }

    /// <summary>How often a lead that became a customer was foretold a higher probability than one that didn't, ties half; 0.5 is chance. Null where there are no two such.</summary>
    public required decimal? Auc { get; init; }
}

/// <summary>Leads whose probability lay in a tenth.</summary>
public sealed record CalibrationBin
{
    /// <summary>The probability from which on.</summary>
    public required decimal From { get; init; }

    /// <summary>Up to which, itself belonging to the next but for 1.</summary>
    public required decimal To { get; init; }

    public required int Count { get; init; }

    /// <summary>Null where there is none.</summary>
    public required decimal? MeanPredicted { get; init; }

    /// <summary>How many of them became customers, of 1; null where there is none.</summary>
    public required decimal? ObservedRate { get; init; }
}

/// <summary>Which models, in which order.</summary>
[Sortable("-version", "version")]
public sealed record ScoringModelQuery : PageQuery;
