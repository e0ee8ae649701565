using Crm.Services.Scoring;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scoring;

public sealed class GoodnessTests
{
    [Fact]
    public void Brier_score_and_log_loss_are_what_their_formulas_say()
    {
        double[] probabilities = [0.9, 0.2, 0.5];
        bool[] outcomes = [true, false, true];

        Goodness.Brier(probabilities, outcomes).ShouldBe((0.01 + 0.04 + 0.25) / 3, 1e-12);
        Goodness.LogLoss(probabilities, outcomes).ShouldBe(-(Math.Log(0.9) + Math.Log(0.8) + Math.Log(0.5)) / 3, 1e-12);
        Goodness.LogLoss([0, 1], [true, true]).ShouldBeInRange(17, 18); // and not infinite
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_area_under_the_curve_is_that_of_comparing_each_pair(int seed)
    {
        var dice = new Random(seed);
        var probabilities = Enumerable.Range(0, 120).Select(_ => dice.Next(12) / 12.0).ToList(); // with many ties
        var outcomes = probabilities.ConvertAll(probability => dice.NextDouble() < probability);

        var pairs = from i in Enumerable.Range(0, 120)
                    where outcomes[i]
                    from j in Enumerable.Range(0, 120)
                    where !outcomes[j]
                    select probabilities[i] > probabilities[j] ? 1 : probabilities[i] == probabilities[j] ? 0.5 : 0;
        Goodness.Auc(probabilities, outcomes)!.Value.ShouldBe(pairs.Average(), 1e-12);
        Goodness.Auc(probabilities, probabilities.ConvertAll(_ => true)).ShouldBeNull();
    }

    [Fact]
    public void Bins_hold_what_lies_in_their_tenth_and_the_error_weighs_them_by_their_sizes()
    {
        double[] probabilities = [0, 0.05, 0.1, 0.95, 1, 1];
        bool[] outcomes = [false, true, true, true, true, false];

        var bins = Goodness.Calibration(probabilities, outcomes);

        bins.Select(bin => (bin.From, bin.To)).ShouldBe(Enumerable.Range(0, 10).Select(i => (i / 10m, (i + 1) / 10m)));
        bins.Select(bin => bin.Count).ShouldBe([2, 1, 0, 0, 0, 0, 0, 0, 0, 3]);
        (bins[0].MeanPredicted, bins[0].ObservedRate, bins[2].MeanPredicted, bins[2].ObservedRate).ShouldBe((0.025m, 0.5m, null, null));
        Goodness.CalibrationError(bins).ShouldBe(Math.Round((2 * 0.475m + 0.9m + (3 * (0.983333m - 0.666667m))) / 6, 6));
    }
}
