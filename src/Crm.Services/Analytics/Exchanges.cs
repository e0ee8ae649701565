using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Settings;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Analytics;

/// <summary>Looks up the rates that were in force at an instant.</summary>
internal sealed class Exchanges(CrmDbContext db, DateTimeOffset asOf, Calendar calendar)
{
    /// <param name="into">The currency to convert into.</param>
    /// <param name="deals">Those that may be converted.</param>
    /// <param name="ct">Stops the questions.</param>
    public async Task<Exchange> OpenAsync(string into, IQueryable<DealSnapshot> deals, CancellationToken ct)
    {
        var (instant, today) = (asOf, calendar.DateOf(asOf));
        var rates = db.CurrencyRates.AsNoTracking().Where(rate => rate.At <= instant && rate.Until > instant && rate.Units != null && rate.Date <= today && (rate.ToCurrency == into || rate.FromCurrency == into));
        var newest = await (
            from rate in rates
            join last in rates.GroupBy(rate => new { rate.FromCurrency, rate.ToCurrency }).Select(pair => new { pair.Key.FromCurrency, pair.Key.ToCurrency, Date = pair.Max(rate => rate.Date) })
                on new { rate.FromCurrency, rate.ToCurrency, rate.Date } equals new { last.FromCurrency, last.ToCurrency, last.Date }
            select rate).ToListAsync(ct);
        var known = newest.ConvertAll(rate => OtherOf(rate, into));
        var closed = known.Count == 0 ? [] : await ClosingsAsync(deals.Where(deal => known.Contains(deal.Currency)), ct);
        var currencies = closed.Keys.ToList();
        var told = currencies.Count == 0 ? newest : [.. newest, .. await rates.Where(rate => currencies.Contains(rate.FromCurrency) || currencies.Contains(rate.ToCurrency)).ToListAsync(ct)];
        var histories = told.GroupBy(rate => OtherOf(rate, into)).OrderBy(currency => currency.Key, StringComparer.Ordinal)
            .Select(currency => new RateHistory(currency.Key, currency.Select(rate => new ToldRate(rate.FromCurrency, rate.ToCurrency, rate.Date, rate.Units!.Value)).Distinct()));
        return new Exchange(db, into, calendar, today, [.. histories], closed);
    }

    /// <summary>When deals were closed first and last, by currency.</summary>
    private async Task<Dictionary<string, (DateOnly First, DateOnly Last)>> ClosingsAsync(IQueryable<DealSnapshot> deals, CancellationToken ct)
    {
        var closings = await deals.Where(deal => deal.Kind != StageKind.Open && deal.ClosedAt != null).GroupBy(deal => deal.Currency)
            .Select(currency => new { Currency = currency.Key, First = currency.Min(deal => deal.ClosedAt), Last = currency.Max(deal => deal.ClosedAt) }).ToListAsync(ct);
        return closings.ToDictionary(closing => closing.Currency, closing => (calendar.DateOf(closing.First!.Value), calendar.DateOf(closing.Last!.Value)), StringComparer.Ordinal);
    }

    private static string OtherOf(CurrencyRate rate, string into) => rate.FromCurrency == into ? rate.ToCurrency : rate.FromCurrency;
}
