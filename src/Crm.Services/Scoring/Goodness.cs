using Crm.Contracts.Scoring;

namespace Crm.Services.Scoring;

/// <summary>How well probabilities foretold what came about.</summary>
internal static class Goodness
{
    private const int Bins = 10;

    /// <summary>Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78, 1950.</summary>
    public static double Brier(IReadOnlyList<double> probabilities, IReadOnlyList<bool> outcomes) =>
        probabilities.Select((probability, i) => Math.Pow(probability - (outcomes[i] ? 1 : 0), 2)).Average();

    /// <summary>The mean of −ln of the probability of what came about; probabilities nearer to 0 or 1 than 10^-15 count as that.</summary>
    public static double LogLoss(IReadOnlyList<double> probabilities, IReadOnlyList<bool> outcomes) =>
        probabilities.Select((probability, i) => -Math.Log(Math.Clamp(outcomes[i] ? probability : 1 - probability, 1e-15, 1))).Average();

    /// <summary>The area under the ROC curve as the statistic of Mann and Whitney: by ranks, those of ties shared (Fawcett, An Introduction to ROC Analysis, 2006). Null where an outcome doesn't occur.</summary>
    public static double? Auc(IReadOnlyList<double> probabilities, IReadOnlyList<bool> outcomes)
    {
        var positives = outcomes.Count(outcome => outcome);
        var negatives = outcomes.Count - positives;
        if (positives == 0 || negatives == 0) return null;
        var order = Enumerable.Range(0, probabilities.Count).OrderBy(i => probabilities[i]).ToList();
        var ranks = 0.0;
        for (var first = 0; first < order.Count;)
        {
            var last = first;
            while (last + 1 < order.Count && probabilities[order[last + 1]] == probabilities[order[first]]) last++;
            ranks += order[first..(last + 1)].Count(i => outcomes[i]) * ((first + last) / 2.0 + 1);
            first = last + 1;
        }

        return (ranks - (positives * (positives + 1.0) / 2)) / ((double)positives * negatives);
    }

    /// <summary>Tenths of the probability, each with what was foretold and what came about.</summary>
    public static IReadOnlyList<CalibrationBin> Calibration(IReadOnlyList<double> probabilities, IReadOnlyList<bool> outcomes)
    {
        var byBin = Enumerable.Range(0, probabilities.Count).ToLookup(i => Math.Min((int)(probabilities[i] * Bins), Bins - 1));
        return
        [
            .. Enumerable.Range(0, Bins).Select(bin => new CalibrationBin
            {
                From = (decimal)bin / Bins,
                To = (decimal)(bin + 1) / Bins,
                Count = byBin[bin].Count(),
                MeanPredicted = byBin[bin].Any() ? Rounded(byBin[bin].Average(i => probabilities[i])) : null,
                ObservedRate = byBin[bin].Any() ? Rounded(byBin[bin].Average(i => outcomes[i] ? 1.0 : 0)) : null,
            }),
        ];
    }

    /// <summary>How far foretold and observed rates lie apart, over the bins by their sizes (Naeini, Cooper and Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian Binning, 2015).</summary>
    public static decimal CalibrationError(IReadOnlyList<CalibrationBin> bins) =>
        decimal.Round(bins.Where(bin => bin.Count > 0).Sum(bin => bin.Count * Math.Abs(bin.MeanPredicted!.Value - bin.ObservedRate!.Value)) / bins.Sum(bin => bin.Count), 6);

    public static FitView Of(IReadOnlyList<double> probabilities, IReadOnlyList<bool> outcomes, bool areProbabilities = true) => new()
    {
        Brier = Rounded(Brier(probabilities, outcomes)),
        LogLoss = areProbabilities ? Rounded(LogLoss(probabilities, outcomes)) : null,
        Auc = Auc(probabilities, outcomes) is { } auc ? Rounded(auc) : null,
    };

    public static decimal Rounded(double value) => decimal.Round((decimal)value, 6, MidpointRounding.ToEven);
}
