using System.Globalization;
using Crm.Contracts.Dashboards;
using Calendar = Crm.Services.Analytics.Calendar;

namespace Crm.Services.Dashboards;

/// <summary>When a schedule is due.</summary>
internal static class ScheduleTimes
{
    /// <summary>The first time behind an instant.</summary>
    public static DateTimeOffset Next(ScheduleFields schedule, Calendar calendar, DateTimeOffset after)
    {
        for (var day = calendar.DateOf(after).AddDays(-1); ; day = day.AddDays(1)) // a leap of the clocks may take a time into the next day
        {
            if (IsOn(schedule, day) && On(schedule, calendar, day) is var at && at > after) return at;
        }
    }

    /// <summary>The last time up to an instant.</summary>
    public static DateTimeOffset Last(ScheduleFields schedule, Calendar calendar, DateTimeOffset until)
    {
        for (var day = calendar.DateOf(until); ; day = day.AddDays(-1))
        {
            if (IsOn(schedule, day) && On(schedule, calendar, day) is var at && at <= until) return at;
        }
    }

    private static DateTimeOffset On(ScheduleFields schedule, Calendar calendar, DateOnly day) => calendar.InstantOf(day, TimeOnly.ParseExact(schedule.Time, "HH:mm", CultureInfo.InvariantCulture));

    private static bool IsOn(ScheduleFields schedule, DateOnly day) => schedule.Every switch
    {
        "week" => ((int)day.DayOfWeek + 6) % 7 == (int)schedule.Weekday!.Value, // the one begins with Sunday, the other with Monday
        "month" => day.Day == Math.Min(schedule.Day!.Value, DateTime.DaysInMonth(day.Year, day.Month)),
        _ => true,
    };
}
