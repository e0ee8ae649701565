using Crm.Services.Scoring;
using Shouldly;
using Xunit;

namespace Crm.Tests.Scoring;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void Without_columns_the_intercept_is_the_log_odds_of_the_rate() =>
        LogisticRegression.Fit(Rows([], 40), Outcomes((30, true), (10, false)), 0, 1).Intercept.ShouldBe(Math.Log(3), 1e-9);

    [Fact]
    public void One_column_with_next_to_no_penalty_is_the_log_of_the_odds_ratio()
    {
        // 30 of 40 with it, 20 of 80 without it.
        List<int[]> rows = [.. Rows([0], 40), .. Rows([], 80)];
        var (intercept, weights) = LogisticRegression.Fit(rows, Outcomes((30, true), (10, false), (20, true), (60, false)), 1, 1e-9);

        intercept.ShouldBe(Math.Log(1 / 3.0), 1e-6);
        weights.ShouldHaveSingleItem().ShouldBe(Math.Log(9), 1e-6);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(25)]
    public void At_the_solution_the_gradient_is_zero(double penalty)
    {
        var (rows, outcomes) = Drawn(400, 12);
        var (intercept, weights) = LogisticRegression.Fit(rows, outcomes, 12, penalty);

        var errors = rows.Select((row, i) => (outcomes[i] ? 1 : 0) - LogisticRegression.Probability(intercept + row.Sum(column => weights[column]))).ToList();
        errors.Sum().ShouldBe(0, 1e-6); // so that what is foretold is right on the average
        for (var column = 0; column < 12; column++) rows.Select((row, i) => row.Contains(column) ? errors[i] : 0).Sum().ShouldBe(penalty * weights[column], 1e-6);
        LogisticRegression.Fit(rows, outcomes, 12, penalty).Weights.ShouldBe(weights);
    }

    [Fact]
    public void What_is_rarely_seen_stays_nearer_to_nothing_and_what_separates_all_stays_finite()
    {
        List<int[]> rows = [.. Rows([0], 200), .. Rows([1], 4), .. Rows([], 200)];
        var (_, weights) = LogisticRegression.Fit(rows, Outcomes((200, true), (4, true), (200, false)), 2, 1);

        weights[1].ShouldBeInRange(0.1, weights[0]);
        weights[0].ShouldBeInRange(2, 20);
    }


    private static List<int[]> Rows(int[] row, int count) => [.. Enumerable.Repeat(row, count)];

    private static List<bool> Outcomes(params (int Count, bool Outcome)[] parts) => [.. parts.SelectMany(part => Enumerable.Repeat(part.Outcome, part.Count))];

    private static (List<int[]> Rows, List<bool> Outcomes) Drawn(int count, int columns)
    {
        var dice = new Random(7);
        var rows = Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, columns).Where(_ => dice.NextDouble() < 0.3).ToArray()).ToList();
        return (rows, rows.ConvertAll(row => dice.NextDouble() < LogisticRegression.Probability(row.Sum(column => (column % 3) - 1) - 0.4)));
    }
}
