using System.Globalization;
using Crm.Contracts;
using Crm.Contracts.Settings;

namespace Crm.Tests.Analytics;

/// <summary>Working time, counted minute by minute by what the clock shows.</summary>
internal static class WorkingMinutes
{
    /// <summary>The microseconds between two instants at which the clock shows working hours, on days that are no holidays.</summary>
    public static decimal Micros(SettingsView settings, DateTimeOffset from, DateTimeOffset to)
    {
        var (zone, sum) = (TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone), 0m);
        for (var at = from; at < to;)
        {
            var minute = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute) + TimeSpan.TicksPerMinute, TimeSpan.Zero);
            var next = minute < to ? minute : to;
            if (IsWorking(settings, TimeZoneInfo.ConvertTime(at, zone).DateTime)) sum += Quotient.Micros(next - at);
            at = next;
        }

        return sum;
    }

    private static bool IsWorking(SettingsView settings, DateTime shown)
    {
        var (weekday, time) = (Enum.Parse<Weekday>($"{shown.DayOfWeek}"), shown.ToString("HH:mm", CultureInfo.InvariantCulture));
        return !settings.Holidays.Contains(DateOnly.FromDateTime(shown)) && settings.WorkingHours.Any(part => part.Weekday == weekday && string.CompareOrdinal(part.From, time) <= 0 && string.CompareOrdinal(time, part.To) < 0);
    }
}
