namespace Crm.Database.Records;

internal static class Amounts
{
    // Dividing by a one of the greatest scale leaves the fewest decimals that the amount needs.
    private const decimal One = 1.0000000000000000000000000000m;

    /// <summary>An amount without the zeros behind its decimals, as it comes back from the database: 12.50 is 12.5.</summary>
    public static decimal? Plain(decimal? amount) => amount / One;
}
