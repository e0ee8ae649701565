namespace Crm.Database.Records;

/// <summary>Money as a whole number of ten-thousandths of its currency, which both databases add and compare exactly.</summary>
public static class Money
{
    public const long UnitsOfOne = 10_000;

    public static long Units(decimal amount) => (long)(amount * UnitsOfOne);

    public static long? Units(decimal? amount) => amount is { } given ? Units(given) : null;

    public static decimal Amount(long units) => (decimal)units / UnitsOfOne;

    public static decimal? Amount(long? units) => units is { } given ? Amount(given) : null;
}
