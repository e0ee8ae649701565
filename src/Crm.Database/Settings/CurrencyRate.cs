using System.Linq.Expressions;
using Crm.Contracts.Settings;
using Crm.Database.Records;
using Crm.Database.Tenancy;

namespace Crm.Database.Settings;

/// <summary>What a currency was told to be in another from a date on; append-only but for its end, which the next that is told for the same date brings.</summary>
public sealed class CurrencyRate : ISnapshot
{
    /// <summary>A rate is kept as a whole number of its last decimal.</summary>
    public const long UnitsOfOne = 10_000_000_000;

    private CurrencyRate()
    {
    }

    /// <param name="fields">What is told.</param>
    /// <param name="before">What was told for the same currencies and date; null for nothing.</param>
    /// <param name="stamp">For whom and when.</param>
    public CurrencyRate(RateFields fields, CurrencyRate? before, Stamp stamp)
    {
        (TenantId, Id) = (stamp.TenantId, Guid.CreateVersion7(stamp.At));
        (FromCurrency, ToCurrency, Date, Units) = (fields.From, fields.To, fields.Date, UnitsOf(fields.Rate));
        Version = (before?.Version ?? 0) + 1;
        At = before?.At > stamp.At ? before.At : stamp.At; // another machine's clock may be behind
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string FromCurrency { get; private set; } = "";
    public string ToCurrency { get; private set; } = "";
    public DateOnly Date { get; private set; }
    public int Version { get; private set; }

    /// <summary>The rate in units of its last decimal; null where it was withdrawn.</summary>
    public long? Units { get; private set; }

    public DateTimeOffset At { get; private set; }
    public DateTimeOffset Until { get; private set; } = Missing.Instant;

    /// <summary>The rate; null where it was withdrawn.</summary>
    public decimal? Rate => Units is { } units ? RateOf(units) : null;

    public static long? UnitsOf(decimal? rate) => rate is { } given ? (long)(given * UnitsOfOne) : null;

    public static decimal RateOf(long units) => (decimal)units / UnitsOfOne;
}

public static class RateViews
{
    public static readonly Expression<Func<CurrencyRate, RateView>> Projection = rate => new RateView
    {
        From = rate.FromCurrency,
        To = rate.ToCurrency,
        Date = rate.Date,
        Rate = CurrencyRate.RateOf(rate.Units!.Value),
        ToldAt = rate.At,
    };
}
