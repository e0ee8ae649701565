using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Scoring;

namespace Crm.Services.Scoring;

/// <summary>The weights that a model is made of. They have six decimals, and are added as decimals, so that reasons add up to the log-odds exactly.</summary>
/// <param name="Base">What all leads have in common.</param>
/// <param name="Weights">What each value of each feature adds.</param>
internal sealed record LearntModel(decimal Base, IReadOnlyList<FeatureWeight> Weights)
{
    private readonly Dictionary<(string, string), decimal> byValue = Weights.ToDictionary(weight => (weight.Feature, weight.Value), weight => weight.Weight);

    /// <summary>How strongly weights are drawn to 0: as if each came, before anything is known, from a normal distribution with variance 1 ÷ this.</summary>
    internal const double Penalty = 1;

    /// <summary>What fewer leads had isn't learnt from.</summary>
    private const int FewestOfValue = 5;

    /// <summary>Of each feature, the values that most leads had.</summary>
    private const int MostValues = 30;

    public static LearntModel Read(string json) => JsonSerializer.Deserialize<LearntModel>(json, CrmJson.Options)!;

    public string Write() => JsonSerializer.Serialize(this, CrmJson.Options);

    /// <summary>Learns from leads whose outcome is known.</summary>
    public static LearntModel Fit(IReadOnlyList<Example> examples)
    {
        var columns = examples.SelectMany(example => example.Values).GroupBy(value => value.Feature, StringComparer.Ordinal).OrderBy(feature => feature.Key, StringComparer.Ordinal)
            .SelectMany(feature => feature.GroupBy(value => value).Where(value => value.Count() >= FewestOfValue).OrderByDescending(value => value.Count()).ThenBy(value => value.Key.Value, StringComparer.Ordinal).Take(MostValues).Select(value => value.Key))
            .ToList();
        var places = columns.Select((column, i) => (column, i)).ToDictionary(pair => pair.column, pair => pair.i);
        var rows = examples.Select(example => example.Values.Where(places.ContainsKey).Select(value => places[value]).ToArray()).ToList();
        var (intercept, weights) = LogisticRegression.Fit(rows, [.. examples.Select(example => example.IsPositive)], columns.Count, Penalty);
        return new LearntModel(Goodness.Rounded(intercept), [.. columns.Select((column, i) => new FeatureWeight { Feature = column.Feature, Value = column.Value, Weight = Goodness.Rounded(weights[i]) })]);
    }

    public double Probability(IReadOnlyList<FeatureValue> values) => LogisticRegression.Probability((double)(Base + values.Sum(WeightOf)));

    public PredictionView Predict(IReadOnlyList<FeatureValue> values, int version)
    {
        var probability = Goodness.Rounded(Probability(values));
        return new PredictionView
        {
            Probability = probability,
            Score = (int)decimal.Round(probability * 100, MidpointRounding.ToEven),
            LogOdds = Base + values.Sum(WeightOf),
            ModelVersion = version,
            Reasons =
            [
                new PredictionReason { Feature = "base", Value = null, Contribution = Base },
                .. values.Select(value => new PredictionReason { Feature = value.Feature, Value = value.Value, Contribution = WeightOf(value) }),
            ],
        };
    }

    private decimal WeightOf(FeatureValue value) => byValue.GetValueOrDefault((value.Feature, value.Value));
}

/// <summary>A lead whose outcome is known.</summary>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Values">What was known of it when it was to be decided.</param>
/// <param name="IsPositive">Whether it became a customer, and not one that was lost.</param>
/// <param name="Rules">What the present rules would have given it then; null where there are none.</param>
internal sealed record Example(DateTimeOffset CreatedAt, IReadOnlyList<FeatureValue> Values, bool IsPositive, int? Rules);
