using System.Globalization;
using Crm.Contracts;
using Crm.Contracts.Settings;
using Crm.Database.Queries;

namespace Crm.Services.Analytics;

/// <summary>The time in which a tenant works, within some days: from its hours on the clocks of its time zone, without its holidays.</summary>
internal sealed class WorkingTime
{
    // Of each stretch of working time, in microseconds: since 1970 when it begins, how long it is, and how much there was before it.
    private readonly List<long> begins = [];
    private readonly List<long> lengths = [];
    private readonly List<long> before = [];

    /// <param name="calendar">Of the tenant's time zone.</param>
    /// <param name="hours">When it works.</param>
    /// <param name="holidays">When it doesn't.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    public WorkingTime(Calendar calendar, IReadOnlyList<WorkingHours> hours, IReadOnlyList<DateOnly> holidays, DateOnly from, DateOnly to)
    {
        var (week, free, sum) = (hours.OrderBy(part => part.From, StringComparer.Ordinal).ToLookup(part => part.Weekday), holidays.ToHashSet(), 0L);
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (free.Contains(day)) continue;
            foreach (var part in week[(Weekday)(((int)day.DayOfWeek + 6) % 7)])
            {
                var begin = Instants.Micros(calendar.InstantOf(day, TimeOf(part.From)));
                var end = Instants.Micros(part.To == EndOfDay ? calendar.StartOf(day.AddDays(1)) : calendar.InstantOf(day, TimeOf(part.To)));
                if (end <= begin) continue; // clocks leap over all of it
                begins.Add(begin);
                lengths.Add(end - begin);
                before.Add(sum);
                sum += end - begin;
            }
        }
    }

    private const string EndOfDay = "24:00";

    /// <summary>How much of the time between two instants of these days is working time; all of them in microseconds, the instants since 1970.</summary>
    public long Between(long from, long to) => Until(to) - Until(from);

    private long Until(long at)
    {
        var place = begins.BinarySearch(at);
        if (place < 0) place = ~place - 1; // the last that begins before
        return place < 0 ? 0 : before[place] + Math.Min(at - begins[place], lengths[place]);
    }

    private static TimeOnly TimeOf(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);
}
