namespace Crm.Services.Scoring;

/// <summary>
/// Logistic regression with an L2 penalty, over rows of columns that are there or not: the weights that maximise Σ log-likelihood − λ/2 · Σ w², the intercept not penalised,
/// so that with equal λ what is rarely seen stays nearer to 0 than what is often seen (Le Cessie and van Houwelingen, Ridge Estimators in Logistic Regression, Applied Statistics 41, 1992).
/// Solved by Newton's method, which is iteratively reweighted least squares (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 4.4.1), a step halved while it
/// makes things worse. The problem is strictly convex and nothing is left to chance, so that the same rows always give the same weights.
/// </summary>
internal static class LogisticRegression
{
    private const int MostSteps = 100;
    private const double Tolerance = 1e-9;

    /// <param name="rows">The columns that each row has, each once.</param>
    /// <param name="outcomes">Of each row; both outcomes occur.</param>
    /// <param name="columns">How many columns there are.</param>
    /// <param name="penalty">λ, above 0.</param>
    public static (double Intercept, double[] Weights) Fit(IReadOnlyList<int[]> rows, IReadOnlyList<bool> outcomes, int columns, double penalty)
    {
        var weights = new double[columns + 1]; // the intercept is the last
        var rate = (double)outcomes.Count(outcome => outcome) / outcomes.Count;
        weights[columns] = Math.Log(rate / (1 - rate));
        var objective = Objective(rows, outcomes, weights, penalty);
        for (var step = 0; step < MostSteps; step++)
        {
            var (gradient, curvature) = Derivatives(rows, outcomes, weights, penalty);
            if (gradient.Max(Math.Abs) < Tolerance * rows.Count) break;
            var direction = Solve(curvature, gradient);
            var (next, size) = (Moved(weights, direction, 1), 1.0);
            var reached = Objective(rows, outcomes, next, penalty);
            while (reached < objective && size > 1e-6)
            {
                size /= 2;
                next = Moved(weights, direction, size);
                reached = Objective(rows, outcomes, next, penalty);
            }

            if (reached <= objective) break; // as near as numbers of this kind get
            (weights, objective) = (next, reached);
        }

        return (weights[columns], weights[..columns]);
    }

    public static double Probability(double logOdds) => 1 / (1 + Math.Exp(-logOdds));

    private static double LogOdds(int[] row, double[] weights) => weights[^1] + row.Sum(column => weights[column]);

    private static double Objective(IReadOnlyList<int[]> rows, IReadOnlyList<bool> outcomes, double[] weights, double penalty)
    {
        var sum = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            var logOdds = LogOdds(rows[i], weights);
            sum -= Softplus(outcomes[i] ? -logOdds : logOdds);
        }

        return sum - (penalty / 2 * weights[..^1].Sum(weight => weight * weight));
    }

    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    private static (double[] Gradient, double[][] Curvature) Derivatives(IReadOnlyList<int[]> rows, IReadOnlyList<bool> outcomes, double[] weights, double penalty)
    {
        var intercept = weights.Length - 1;
        var gradient = new double[weights.Length];
        var curvature = Enumerable.Range(0, weights.Length).Select(_ => new double[weights.Length]).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            var probability = Probability(LogOdds(rows[i], weights));
            var (error, spread) = ((outcomes[i] ? 1 : 0) - probability, probability * (1 - probability));
            int[] present = [.. rows[i], intercept];
            foreach (var one in present)
            {
                gradient[one] += error;
                foreach (var other in present) curvature[one][other] += spread;
            }
        }

        for (var column = 0; column < intercept; column++)
        {
            gradient[column] -= penalty * weights[column];
            curvature[column][column] += penalty;
        }

        return (gradient, curvature);
    }

    private static double[] Moved(double[] weights, double[] direction, double size) => [.. weights.Select((weight, i) => weight + (size * direction[i]))];

    /// <summary>Solves a · x = b by Cholesky's decomposition of a, which is symmetric and positive definite.</summary>
    private static double[] Solve(double[][] a, double[] b)
    {
        var (size, x) = (b.Length, (double[])b.Clone());
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i][j];
                for (var k = 0; k < j; k++) sum -= a[i][k] * a[j][k];
                a[i][j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / a[j][j];
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++) x[i] -= a[i][k] * x[k];
            x[i] /= a[i][i];
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++) x[i] -= a[k][i] * x[k];
            x[i] /= a[i][i];
        }

        return x;
    }
}
