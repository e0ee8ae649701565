using System.Globalization;

namespace Crm.Tests.Analytics;

/// <summary>Days that a report takes together.</summary>
internal sealed record Period(string Key, DateOnly First, DateOnly Last)
{
    /// <summary>The periods of some days, the first and the last of them cut where the days begin and end.</summary>
    public static List<Period> Between(DateOnly from, DateOnly to, string groupBy)
    {
        var periods = new List<Period>();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            var key = KeyOf(day, groupBy);
            if (periods.Count > 0 && periods[^1].Key == key) periods[^1] = periods[^1] with { Last = day };
            else periods.Add(new Period(key, day, day));
        }

        return periods;
    }

    public static string KeyOf(DateOnly day, string groupBy) => groupBy switch
    {
        "day" => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "week" => WeekOf(day.ToDateTime(TimeOnly.MinValue)),
        "month" => day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        "quarter" => $"{day.Year}-Q{(day.Month + 2) / 3}",
        "year" => day.ToString("yyyy", CultureInfo.InvariantCulture),
        _ => throw new ArgumentOutOfRangeException(nameof(groupBy), groupBy, "is no period"),
    };

    private static string WeekOf(DateTime day) => $"{ISOWeek.GetYear(day)}-W{ISOWeek.GetWeekOfYear(day):00}";
}
