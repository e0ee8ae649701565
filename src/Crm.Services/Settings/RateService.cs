using Crm.Contracts.Events;
using Crm.Contracts.Failures;
using Crm.Contracts.Lists;
using Crm.Contracts.Settings;
using Crm.Database;
using Crm.Database.Records;
using Crm.Database.Settings;
using Crm.Services.Analytics;
using Crm.Services.Audit;
using Crm.Services.Lists;
using Crm.Services.Records;
using Microsoft.EntityFrameworkCore;

namespace Crm.Services.Settings;

/// <summary>What currencies are worth in each other, as the tenant tells it, and told it before.</summary>
public sealed class RateService(CrmDbContext db, TimeProvider clock)
{
    internal static readonly Sorting<CurrencyRate> Sorts = new Sorting<CurrencyRate>("rates", rate => rate.Id).By("date", rate => rate.Date);

    /// <summary>The rates in force at an instant, the newest date first.</summary>
    /// <exception cref="CrmException">400 for an instant in the future.</exception>
    public async Task<Page<RateView>> ListAsync(RateQuery query, CancellationToken ct)
    {
        var (asOf, _, _) = await new ReportMoments(db, clock).OfAsync(query.AsOf, ct);
        var rates = db.CurrencyRates.AsNoTracking().Where(rate => rate.At <= asOf && rate.Until > asOf && rate.Units != null);
        if (query.From is { } from) rates = rates.Where(rate => rate.FromCurrency == from);
        if (query.To is { } to) rates = rates.Where(rate => rate.ToCurrency == to);
        return await rates.ToPageAsync(query, Sorts, RateViews.Projection, ct);
    }

    /// <summary>Tells rates, corrects and withdraws them, all in one transaction.</summary>
    /// <exception cref="CrmException">400 for a pair of one currency, and for one that is told twice for a date; 409 where others were quicker too often.</exception>
    public Task<RatesTold> TellAsync(TellRates command, CancellationToken ct)
    {
        Check(command.Rates);
        return db.UnlessOutrunAsync(
            async () =>
            {
                var (before, stamp) = (await ToldAsync(command.Rates, ct), db.Stamp());
                var changes = new Dictionary<string, FieldChange>(StringComparer.Ordinal);
                foreach (var fields in command.Rates)
                {
                    var was = before.GetValueOrDefault(KeyOf(fields.From, fields.To, fields.Date));
                    var rate = new CurrencyRate(fields, was, stamp);
                    if (rate.Units == was?.Units) continue;
                    db.Add(rate);
                    foreach (var change in Differences.Of(KeyOf(fields.From, fields.To, fields.Date), was?.Rate, fields.Rate)) changes.Add(change.Key, change.Value);
                }

                if (changes.Count > 0) db.Audit(EventTypes.RatesChanged, "settings", "rates", changes);
                await db.SaveChangesAsync(ct);
                return new RatesTold { Changed = changes.Count };
            },
            () => null,
            () => CrmException.Contended("tenant", db.Stamp().TenantId),
            ct);
    }

    /// <summary>What was told last for these pairs and dates, and what was withdrawn of them.</summary>
    private async Task<Dictionary<string, CurrencyRate>> ToldAsync(IReadOnlyList<RateFields> rates, CancellationToken ct)
    {
        var (from, to, dates, last) = (rates.Select(rate => rate.From).Distinct().ToList(), rates.Select(rate => rate.To).Distinct().ToList(), rates.Select(rate => rate.Date).Distinct().ToList(), Missing.Instant);
        var told = await db.CurrencyRates.AsNoTracking().Where(rate => from.Contains(rate.FromCurrency) && to.Contains(rate.ToCurrency) && dates.Contains(rate.Date) && rate.Until == last).ToListAsync(ct);
        return told.ToDictionary(rate => KeyOf(rate.FromCurrency, rate.ToCurrency, rate.Date), StringComparer.Ordinal);
    }

    /// <summary>What is told once: <c>USD/EUR 2026-11-29</c>.</summary>
    private static string KeyOf(string from, string to, DateOnly date) => FormattableString.Invariant($"{from}/{to} {date:yyyy-MM-dd}");

    private static void Check(IReadOnlyList<RateFields> rates)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < rates.Count; i++)
        {
            var rate = rates[i];
            var key = KeyOf(rate.From, rate.To, rate.Date);
            if (rate.From == rate.To) faults[$"/rates/{i}/to"] = ["must be another currency than from"];
            else if (!places.TryAdd(key, i)) faults[$"/rates/{i}"] = [$"tells {key} again, as /rates/{places[key]} does"];
        }

        if (faults.Count > 0) throw CrmException.Invalid(faults);
    }
}
