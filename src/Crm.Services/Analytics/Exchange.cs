using System.Linq.Expressions;
using Crm.Contracts.Analytics;
using Crm.Contracts.Pipelines;
using Crm.Database;
using Crm.Database.Deals;
using Crm.Database.Queries;
using Crm.Database.Settings;

namespace Crm.Services.Analytics;

/// <summary>
/// Converts amounts into one currency by the rates that were in force at a report's instant: those of closed deals by the rate of the day of
/// closing, all others by that of the instant's own day. What has no rate stays as it is, and so does what would come to more than any amount may be.
/// </summary>
internal sealed class Exchange
{
    private readonly CrmDbContext db;
    private readonly string into;
    private readonly long today;
    private readonly List<DayRate> ofToday;
    private readonly List<DayRate> ofAllDays;
    private readonly DayNumbers closings;

    /// <param name="db">Where the amounts are.</param>
    /// <param name="into">The currency to convert into.</param>
    /// <param name="days">The days from the first that there is a rate for to that of the instant.</param>
    /// <param name="today">The day of the instant.</param>
    /// <param name="rates">What is known of each other currency.</param>
    /// <param name="closed">The numbers of the days on which deals were closed, by currency.</param>
    public Exchange(CrmDbContext db, string into, DayNumbers days, DateOnly today, IReadOnlyList<RateHistory> rates, ILookup<string, long> closed)
    {
        (this.db, this.into, this.today, closings) = (db, into, today.DayNumber, days);
        ofToday = [.. rates.Select(rate => rate.FactorOn(this.today)).OfType<DayRate>()];
        ofAllDays = [.. ofToday, .. rates.SelectMany(rate => closed[rate.Currency].Where(day => day != this.today).Select(rate.FactorOn)).OfType<DayRate>()];
        Rates = [.. rates.Select(rate => rate.On(today)).OfType<ToldRate>().Select(rate => new ReportRate { From = rate.From, To = rate.To, Rate = CurrencyRate.RateOf(rate.Units), Date = rate.Date })];
    }

    /// <summary>The rates of the instant's own day, in the order of their currencies.</summary>
    public IReadOnlyList<ReportRate> Rates { get; }

    /// <summary>Deals with what they count with.</summary>
    public IQueryable<PricedDeal> Price(IQueryable<DealSnapshot> deals)
    {
        var (target, rates) = (into, db.TableOf(ofAllDays));
        return from dated in deals.Select(Dated())
               join rate in rates on new { dated.Deal.Currency, dated.Day } equals new { rate.Currency, rate.Day } into found
               from rate in found.DefaultIfEmpty()
               select new PricedDeal
               {
                   Deal = dated.Deal,
                   Currency = (dated.Deal.Value ?? 0) <= rate.Most ? target : dated.Deal.Currency,
                   Value = (dated.Deal.Value ?? 0) <= rate.Most ? Conversions.Of(dated.Deal.Value ?? 0, rate.Times, rate.Divisor) : dated.Deal.Value ?? 0,
               };
    }

    /// <summary>Versions of deals with what they count with in the movement.</summary>
    public IQueryable<PricedVersion> PriceVersions(IQueryable<DealSnapshot> versions)
    {
        var (target, rates, others) = (into, db.TableOf(ofToday), db.TableOf(ofToday));
        return from version in versions
               join rate in rates on version.Currency equals rate.Currency into found
               from rate in found.DefaultIfEmpty()
               join before in others on version.CurrencyBefore equals before.Currency into foundBefore
               from before in foundBefore.DefaultIfEmpty()
               select new PricedVersion
               {
                   DealId = version.DealId,
                   At = version.At,
                   Movement = version.Movement,
                   Currency = (version.Value ?? 0) <= rate.Most ? target : version.Currency,
                   Value = (version.Value ?? 0) <= rate.Most ? Conversions.Of(version.Value ?? 0, rate.Times, rate.Divisor) : version.Value ?? 0,
                   CurrencyBefore = version.ValueBefore <= before.Most ? target : version.CurrencyBefore,
                   ValueBefore = version.ValueBefore <= before.Most ? Conversions.Of(version.ValueBefore!.Value, before.Times, before.Divisor) : version.ValueBefore,
               };
    }

    private Expression<Func<DealSnapshot, Dated>> Dated()
    {
        var now = today;
        return closings.With<DealSnapshot, Dated>(deal => Instants.Micros(deal.ClosedAt!.Value), (deal, closing) => new Dated { Deal = deal, Day = deal.Kind == StageKind.Open ? now : closing });
    }
}

/// <summary>A deal and the number of the day by whose rate it counts.</summary>
internal sealed class Dated
{
    public DealSnapshot Deal { get; init; } = null!;
    public long Day { get; init; }
}

/// <summary>A deal and what it counts with, converted or as it is, in ten-thousandths.</summary>
internal sealed class PricedDeal
{
    public DealSnapshot Deal { get; init; } = null!;
    public string Currency { get; init; } = "";
    public long Value { get; init; }
}

/// <summary>A version of a deal and what it counts with in the movement, converted or as it is, in ten-thousandths.</summary>
internal sealed class PricedVersion
{
    public Guid DealId { get; init; }
    public DateTimeOffset At { get; init; }
    public DealMovement? Movement { get; init; }
    public string Currency { get; init; } = "";
    public long Value { get; init; }

    /// <inheritdoc cref="DealSnapshot.CurrencyBefore"/>
    public string? CurrencyBefore { get; init; }

    /// <inheritdoc cref="DealSnapshot.ValueBefore"/>
    public long? ValueBefore { get; init; }
}
