namespace Crm.Tests.Analytics;

/// <summary>Quotients as reports tell them.</summary>
internal static class Quotient
{
    public const decimal MicrosPerDay = 86_400_000_000m;

    /// <summary>Rounded half to even at four decimals; null where there is nothing to divide by.</summary>
    public static decimal? Of(decimal dividend, decimal divisor) => divisor == 0 ? null : Math.Round(dividend / divisor, 4, MidpointRounding.ToEven);

    public static decimal Micros(TimeSpan time) => time.Ticks / (decimal)TimeSpan.TicksPerMicrosecond;
}
