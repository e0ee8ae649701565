using System.Globalization;
using Crm.Contracts.Failures;

namespace Crm.Services.Analytics;

/// <summary>Days, weeks, months and quarters of a time zone, as half-open ranges of instants.</summary>
/// <param name="zone">The tenant's.</param>
internal sealed class Calendar(TimeZoneInfo zone)
{
    /// <summary>How many periods a report is split into at most: a year of days, and a month.</summary>
    public const int MostPeriods = 400;

    private static readonly TimeSpan FarthestOffset = TimeSpan.FromHours(15);

    public TimeZoneInfo Zone => zone;

    /// <summary>The date on the zone's calendars at an instant.</summary>
    public DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The first instant of a day: midnight, the earlier of two, or where clocks leap over it the instant at which they do.</summary>
    public DateTimeOffset StartOf(DateOnly date) => InstantOf(date, TimeOnly.MinValue);

    /// <summary>When clocks show a time: the first time where they do twice, and where they leap over it the instant at which they do.</summary>
    public DateTimeOffset InstantOf(DateOnly date, TimeOnly time)
    {
        var local = date.ToDateTime(time);
        if (zone.IsInvalidTime(local)) return LeapOver(local);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(DateTime.SpecifyKind(local - offset, DateTimeKind.Utc));
    }

    /// <summary>The range of instants of some days, the last included.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) RangeOf(DateOnly from, DateOnly to) => (StartOf(from), StartOf(to.AddDays(1)));

    /// <summary>The periods that some days fall into, the first and the last cut to these days.</summary>
    /// <param name="unit"><c>day</c>, <c>week</c>, <c>month</c>, <c>quarter</c> or <c>year</c>.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <exception cref="CrmException">400 where there are more than 400.</exception>
    public IReadOnlyList<Period> Split(string unit, DateOnly from, DateOnly to)
    {
        var periods = new List<Period>();
        for (var begin = from; begin <= to;)
        {
            if (periods.Count == MostPeriods) throw CrmException.Invalid("to", $"is too far from the beginning: a report has at most {MostPeriods} periods, each a {unit}");
            var next = NextOf(unit, begin);
            var last = next.AddDays(-1) < to ? next.AddDays(-1) : to;
            var (start, end) = RangeOf(begin, last);
            periods.Add(new Period(KeyOf(unit, begin), begin, last, start, end));
            begin = next;
        }

        return periods;
    }

    /// <summary>The first day of the period that a day is in.</summary>
    public static DateOnly FirstOf(string unit, DateOnly day) => unit switch
    {
        "day" => day,
        "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        "month" => new DateOnly(day.Year, day.Month, 1),
        "quarter" => new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        "year" => new DateOnly(day.Year, 1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "is no period"),
    };

    /// <summary>The first day behind the period that a day is in.</summary>
    public static DateOnly NextOf(string unit, DateOnly day) => unit switch
    {
        "day" => day.AddDays(1),
        "week" => FirstOf(unit, day).AddDays(7),
        "month" => FirstOf(unit, day).AddMonths(1),
        "quarter" => FirstOf(unit, day).AddMonths(3),
        _ => FirstOf(unit, day).AddYears(1),
    };

    /// <summary>What a period is called: <c>2026-11-29</c>, <c>2026-W48</c> (ISO 8601), <c>2026-11</c>, <c>2026-Q4</c>, <c>2026</c>.</summary>
    public static string KeyOf(string unit, DateOnly day) => unit switch
    {
        "day" => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "week" => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(day.ToDateTime(default))}-W{ISOWeek.GetWeekOfYear(day.ToDateTime(default)):00}"),
        "month" => day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        "quarter" => string.Create(CultureInfo.InvariantCulture, $"{day.Year}-Q{((day.Month - 1) / 3) + 1}"),
        _ => day.ToString("yyyy", CultureInfo.InvariantCulture),
    };

    private DateTimeOffset LeapOver(DateTime local)
    {
        var (before, after) = (new DateTimeOffset(local - FarthestOffset, TimeSpan.Zero), new DateTimeOffset(local + FarthestOffset, TimeSpan.Zero));
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before + TimeSpan.FromSeconds(Math.Floor((after - before).TotalSeconds / 2));
            if (TimeZoneInfo.ConvertTime(middle, zone).DateTime < local) before = middle;
            else after = middle;
        }

        return after;
    }
}

/// <summary>A period of a report.</summary>
/// <param name="Key">What it is called.</param>
/// <param name="From">Its first day.</param>
/// <param name="To">Its last day.</param>
/// <param name="Start">Its first instant.</param>
/// <param name="End">The first instant behind it.</param>
internal sealed record Period(string Key, DateOnly From, DateOnly To, DateTimeOffset Start, DateTimeOffset End);
