namespace Crm.Services.Records;

/// <summary>Stays of a record in a status or stage.</summary>
internal static class Stays
{
    /// <summary>How long a stay took, or has taken until now, in whole seconds; never less than none, though another machine's clock may be ahead of ours.</summary>
    public static long Seconds(DateTimeOffset enteredAt, DateTimeOffset? leftAt, DateTimeOffset now) =>
        Math.Max(0, (long)((leftAt ?? now) - enteredAt).TotalSeconds);
}
