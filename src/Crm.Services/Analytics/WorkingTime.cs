using System.Globalization;
using Crm.Contracts;
using Crm.Contracts.Settings;
using Crm.Database.Queries;

namespace Crm.Services.Analytics;

/// <summary>The time in which a tenant works: from its hours on the clocks of its time zone, without its holidays.</summary>
internal sealed class WorkingTime
{
    private const string EndOfDay = "24:00";

    /// <summary>How many days more are reckoned than are asked about, as neighbours often follow.</summary>
    private const int More = 60;

    /// <summary>How many days ahead are looked at until what is looked for is found.</summary>
    private static readonly int[] Horizons = [14, 100, 1500];

    private readonly Calendar calendar;
    private readonly ILookup<DayOfWeek, (TimeOnly From, TimeOnly? To)> week;
    private readonly HashSet<DateOnly> holidays;

    // Of each stretch of working time between two days, in microseconds: since 1970 when it begins, how long it is, and how much there was before it.
    private readonly List<long> begins = [];
    private readonly List<long> lengths = [];
    private readonly List<long> before = [];
    private DateOnly first = DateOnly.MaxValue;
    private DateOnly last = DateOnly.MinValue;

    /// <param name="calendar">Of the tenant's time zone.</param>
    /// <param name="hours">When it works.</param>
    /// <param name="holidays">When it doesn't.</param>
    public WorkingTime(Calendar calendar, IReadOnlyList<WorkingHours> hours, IReadOnlyList<DateOnly> holidays)
    {
        (this.calendar, this.holidays) = (calendar, [.. holidays]);
        week = hours.OrderBy(part => part.From, StringComparer.Ordinal).ToLookup(part => DayOf(part.Weekday!.Value), part => (TimeOf(part.From), part.To == EndOfDay ? (TimeOnly?)null : TimeOf(part.To)));
    }

    /// <summary>How much of the time between two instants is working time, all of them in microseconds, the instants since 1970; null where the tenant never works.</summary>
    public long? Between(long from, long to)
    {
        if (week.Count == 0) return null;
        Reckon(DateOf(from), DateOf(to));
        return Until(to) - Until(from);
    }

    /// <summary>When so much working time, more than none, has passed since an instant, all of them in microseconds, the instants since 1970; null where that takes more than four years.</summary>
    public long? After(long from, long length)
    {
        foreach (var days in Horizons)
        {
            Reckon(DateOf(from), DateOf(from).AddDays(days));
            var target = Until(from) + length;
            var place = before.FindIndex(sum => sum >= target);
            if (place < 0 && begins.Count > 0 && before[^1] + lengths[^1] >= target) place = begins.Count;
            if (place > 0) return begins[place - 1] + target - before[place - 1];
        }

        return null;
    }

    /// <summary>The first instant from this one on that is working time, both in microseconds since 1970; null where there is none within four years.</summary>
    public long? NextFrom(long at)
    {
        foreach (var days in Horizons)
        {
            Reckon(DateOf(at), DateOf(at).AddDays(days));
            var place = begins.BinarySearch(at);
            if (place < 0) place = ~place - 1; // the last that begins before
            if (place >= 0 && at < begins[place] + lengths[place]) return at;
            if (place + 1 < begins.Count) return begins[place + 1];
        }

        return null;
    }

    private DateOnly DateOf(long at) => calendar.DateOf(DateTimeOffset.UnixEpoch.AddMicroseconds(at));

    private void Reckon(DateOnly from, DateOnly to)
    {
        if (from >= first && to <= last) return;
        if (first > last) (first, last) = (from, to);
        else (first, last) = (from < first ? from.AddDays(-More) : first, to > last ? to.AddDays(More) : last);
        begins.Clear();
        lengths.Clear();
        before.Clear();
        var sum = 0L;
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (holidays.Contains(day)) continue;
            foreach (var part in week[day.DayOfWeek])
            {
                var begin = Instants.Micros(calendar.InstantOf(day, part.From));
                var end = Instants.Micros(part.To is { } time ? calendar.InstantOf(day, time) : calendar.StartOf(day.AddDays(1)));
                if (end <= begin) continue; // clocks leap over all of it
                begins.Add(begin);
                lengths.Add(end - begin);
                before.Add(sum);
                sum += end - begin;
            }
        }
    }

    private long Until(long at)
    {
        var place = begins.BinarySearch(at);
        if (place < 0) place = ~place - 1; // the last that begins before
        return place < 0 ? 0 : before[place] + Math.Min(at - begins[place], lengths[place]);
    }

    private static DayOfWeek DayOf(Weekday weekday) => (DayOfWeek)(((int)weekday + 1) % 7);

    private static TimeOnly TimeOf(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);
}
