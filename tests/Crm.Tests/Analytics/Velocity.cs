using Crm.Contracts.Pipelines;

namespace Crm.Tests.Analytics;

/// <summary>The five figures of a velocity.</summary>
internal sealed record Velocity(int Opportunities, decimal? WinRate, decimal? AverageWonValue, decimal? AverageCycleDays, decimal? PerDay)
{
    public static Velocity Of(Book book, List<Entry> opportunities, List<Entry> closed)
    {
        decimal value = 0;
        decimal cycle = 0;
        var won = 0;
        foreach (var deal in closed)
        {
            if (book.KindOf(deal) != StageKind.Won) continue;
            won++;
            value += deal.Amount;
            cycle += Math.Max(0, Quotient.Micros(deal.Deal.ClosedAt!.Value - deal.Deal.CreatedAt));
        }

        // opportunities × (won ÷ closed) × (value ÷ won) ÷ (cycle ÷ won)
        return new Velocity(
            opportunities.Count,
            Quotient.Of(won, closed.Count),
            Quotient.Of(value, won),
            Quotient.Of(cycle, won * Quotient.MicrosPerDay),
            won == 0 || cycle == 0 ? null : Quotient.Of(opportunities.Count * (value / closed.Count) * (won * Quotient.MicrosPerDay / cycle), 1));
    }

    public override string ToString() =>
        $"{Opportunities} opportunities × rate {Sums.Text(WinRate)} × {Sums.Text(AverageWonValue)} ÷ {Sums.Text(AverageCycleDays)} days = {Sums.Text(PerDay)} a day";
}
