namespace Crm.Database.Records;

/// <summary>What a missing value counts as where records are put in order, so that both databases agree and one search of an index finds the place.</summary>
public static class Missing
{
    /// <summary>No instant is never: later than all others.</summary>
    public static readonly DateTimeOffset Instant = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>No date is never: later than all others.</summary>
    public static readonly DateOnly Date = new(9999, 12, 31);

    /// <summary>No amount is less than nothing.</summary>
    public const decimal Amount = -1;
}
