using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Queries;
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
            join last in rates.GroupBy(rate => new { rate.FromCurrency, rate.ToCurrency }).Select(pair => new { pair.Key.FromCurrency, pair.Key.ToCurrency, Date = pair.Max(rate => rate.Date), First = pair.Min(rate => rate.Date) })
                on new { rate.FromCurrency, rate.ToCurrency, rate.Date } equals new { last.FromCurrency, last.ToCurrency, last.Date }
            select new { Rate = rate, last.First }).ToListAsync(ct);
        var told = newest.ConvertAll(pair => pair.Rate);
        var days = new DayNumbers(calendar, newest.Count == 0 ? today : newest.Min(pair => pair.First), today);
        var closed = newest.Count == 0 ? NoClosings : await ClosingsAsync(deals, [.. told.Select(rate => OtherOf(rate, into)).Distinct()], days, ct);
        var currencies = closed.Select(currency => currency.Key).ToList();
        if (currencies.Count > 0) told.AddRange(await rates.Where(rate => currencies.Contains(rate.FromCurrency) || currencies.Contains(rate.ToCurrency)).ToListAsync(ct));
        var histories = told.GroupBy(rate => OtherOf(rate, into)).OrderBy(currency => currency.Key, StringComparer.Ordinal)
            .Select(currency => new RateHistory(currency.Key, currency.Select(rate => new ToldRate(rate.FromCurrency, rate.ToCurrency, rate.Date, rate.Units!.Value)).Distinct()));
        return new Exchange(db, into, days, today, [.. histories], closed);
    }

    private static ILookup<string, long> NoClosings => Array.Empty<Closing>().ToLookup(closing => closing.Currency, closing => closing.Day);

    /// <summary>The days on which deals were closed, by currency: as many as there are such deals at most, however long ago the first of them was.</summary>
    private static async Task<ILookup<string, long>> ClosingsAsync(IQueryable<DealSnapshot> deals, List<string> currencies, DayNumbers days, CancellationToken ct)
    {
        var closings = await deals.Where(deal => deal.Kind != StageKind.Open && deal.ClosedAt != null && currencies.Contains(deal.Currency))
            .Select(days.With<DealSnapshot, Closing>(deal => Instants.Micros(deal.ClosedAt!.Value), (deal, day) => new Closing { Currency = deal.Currency, Day = day })).Distinct().ToListAsync(ct);
        return closings.Where(closing => closing.Day > 0).ToLookup(closing => closing.Currency, closing => closing.Day, StringComparer.Ordinal);
    }

    private static string OtherOf(CurrencyRate rate, string into) => rate.FromCurrency == into ? rate.ToCurrency : rate.FromCurrency;

    /// <summary>That deals in a currency were closed on a day.</summary>
    private sealed class Closing
    {
        public string Currency { get; init; } = "";
        public long Day { get; init; }
    }
}
