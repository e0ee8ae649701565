using System.Globalization;
using Crm.Contracts.Dashboards;
using Calendar = Crm.Services.Analytics.Calendar;

namespace Crm.Services.Dashboards;

/// <summary>What days a relative period is.</summary>
internal static class RelativeDays
{
    /// <param name="period">One of <see cref="RelativePeriods.All"/>.</param>
    /// <param name="today">The day that it is reckoned from.</param>
    /// <returns>The first and the last day.</returns>
    public static (DateOnly From, DateOnly To) Of(string period, DateOnly today)
    {
        if (period == "today") return (today, today);
        if (period == "yesterday") return (today.AddDays(-1), today.AddDays(-1));
        var words = period.Split('-');
        if (words is [var side, var number, "days"])
        {
            var others = int.Parse(number, CultureInfo.InvariantCulture) - 1;
            return side == "last" ? (today.AddDays(-others), today) : (today, today.AddDays(others));
        }

        var first = Calendar.FirstOf(words[1], today);
        if (words[0] == "last") first = Calendar.FirstOf(words[1], first.AddDays(-1));
        if (words[0] == "next") first = Calendar.NextOf(words[1], first);
        return (first, Calendar.NextOf(words[1], first).AddDays(-1));
    }
}
