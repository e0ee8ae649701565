using Crm.Database.Deals;

namespace Crm.Services.Analytics;

internal sealed partial class ReportScope
{
    /// <summary>Converts into the currency that was asked for; null where amounts stay as they are.</summary>
    public Exchange? Exchange { get; private init; }

    /// <summary>The deals with what they count with.</summary>
    public IQueryable<PricedDeal> Priced => Exchange?.Price(Deals) ?? Deals.Select(deal => new PricedDeal { Deal = deal, Currency = deal.Currency, Value = deal.Value ?? 0 });

    /// <summary>Versions of deals with what they count with in the movement.</summary>
    public IQueryable<PricedVersion> Price(IQueryable<DealSnapshot> versions) => Exchange?.PriceVersions(versions) ?? versions.Select(version => new PricedVersion
    {
        DealId = version.DealId,
        At = version.At,
        Movement = version.Movement,
        Currency = version.Currency,
        Value = version.Value ?? 0,
        CurrencyBefore = version.CurrencyBefore,
        ValueBefore = version.ValueBefore,
    });

    /// <summary>The same with amounts converted into a currency.</summary>
    public async Task<ReportScope> InAsync(string currency, CancellationToken ct) => Exchange is not null && query.Currency == currency ? this : new ReportScope(db, caller, query with { Currency = currency }, asOf, settings, stages, isPresent)
    {
        Owners = Owners,
        Exchange = await new Exchanges(db, asOf, Calendar).OpenAsync(currency, Deals, ct),
    };
}
