namespace Crm.Contracts.Dashboards;

/// <summary>Days that are reckoned from today: what a saved report is over when it is asked for.</summary>
public static class RelativePeriods
{
    /// <summary>
    /// All that there are. Those of a calendar are whole, also where they aren't over (weeks are from Monday); <c>last-30-days</c> and the like end with today, and
    /// <c>next-30-days</c> and the like begin with it.
    /// </summary>
    public static readonly IReadOnlyList<string> All =
    [
        "today", "yesterday",
        "this-week", "last-week", "next-week",
        "this-month", "last-month", "next-month",
        "this-quarter", "last-quarter", "next-quarter",
        "this-year", "last-year", "next-year",
        "last-7-days", "last-30-days", "last-90-days", "last-365-days",
        "next-7-days", "next-30-days", "next-90-days", "next-365-days",
    ];
}
