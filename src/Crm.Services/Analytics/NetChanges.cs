using Crm.Database.Records;

namespace Crm.Services.Analytics;

/// <summary>What open deals rose and fell by, by period and currency, each deal's changes of a period added up.</summary>
internal sealed class NetChanges
{
    /// <summary>In ten-thousandths.</summary>
    private readonly Dictionary<(int Period, bool IsUp, string Currency), decimal> sums = [];

    /// <summary>What single deals rose or fell by.</summary>
    private readonly Dictionary<(Guid DealId, int Period, string Currency), decimal> own = [];

    /// <summary>All of them, of each more than 0.</summary>
    public IEnumerable<(int Period, bool IsUp, string Currency, decimal Amount)> Sum()
    {
        foreach (var ((_, period, currency), change) in own) Add(1, period, currency, change);
        own.Clear();
        return sums.Where(sum => sum.Value != 0).Select(sum => (sum.Key.Period, sum.Key.IsUp, sum.Key.Currency, sum.Value / Money.UnitsOfOne));
    }

    /// <summary>Adds the change of a deal to its others.</summary>
    public void Add(Revaluation revaluation)
    {
        foreach (var (currency, change) in Sides(revaluation.Currency, revaluation.Value, revaluation.CurrencyBefore, revaluation.ValueBefore))
        {
            var key = (revaluation.DealId, revaluation.Period, currency);
            own[key] = own.GetValueOrDefault(key) + change;
        }
    }

    /// <summary>Adds changes of values, none below 0, each as if it were of a deal by itself: those in one currency are all rises or all falls; the others fell in the one by all, and rose in the other by all.</summary>
    public void AddApart(int period, string currency, decimal value, string currencyBefore, decimal before)
    {
        foreach (var (side, change) in Sides(currency, value, currencyBefore, before)) Add(1, period, side, change);
    }

    /// <summary>Adds the change of a deal, that was added apart, to its others instead.</summary>
    public void Correct(Revaluation revaluation)
    {
        foreach (var (currency, change) in Sides(revaluation.Currency, revaluation.Value, revaluation.CurrencyBefore, revaluation.ValueBefore)) Add(-1, revaluation.Period, currency, change);
        Add(revaluation);
    }

    private static (string Currency, decimal Change)[] Sides(string currency, decimal value, string currencyBefore, decimal before) =>
        currency == currencyBefore ? [(currency, value - before)] : [(currency, value), (currencyBefore, -before)];

    private void Add(int sign, int period, string currency, decimal change)
    {
        var key = (period, change > 0, currency);
        sums[key] = sums.GetValueOrDefault(key) + (sign * Math.Abs(change));
    }
}
