using Crm.Contracts;
using Crm.Contracts.Settings;
using Crm.Database.Queries;
using Crm.Services.Analytics;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>How much of a time is working time.</summary>
public sealed class WorkingTimeTests
{
    [Theory]
    [InlineData("2026-11-27T16:00+01:00", "2026-11-30T10:00+01:00", 120)] // over the weekend
    [InlineData("2026-11-27T08:00+01:00", "2026-11-27T09:30+01:00", 30)] // from before the morning
    [InlineData("2026-11-27T16:59:30+01:00", "2026-11-27T23:00+01:00", 0.5)]
    [InlineData("2026-11-28T08:00+01:00", "2026-11-29T20:00+01:00", 0)] // within the weekend
    [InlineData("2026-11-27T10:00+01:00", "2026-11-27T10:00+01:00", 0)]
    [InlineData("2026-12-24T16:00+01:00", "2026-12-28T10:00+01:00", 120)] // Christmas Day is a Friday
    [InlineData("2028-03-24T16:00+01:00", "2028-03-27T10:00+02:00", 120)] // clocks are put forward on the Sunday
    public void Evenings_weekends_and_holidays_are_left_out(string from, string to, double minutes)
    {
        List<WorkingHours> week = [.. Enumerable.Range(0, 5).Select(day => Part((Weekday)day, "09:00", "17:00"))];

        Between(week, from, to).ShouldBe((long)(minutes * 60_000_000));
    }

    [Theory]
    [InlineData("2028-03-26", "00:00", "24:00", 23 * 60)]
    [InlineData("2028-10-29", "00:00", "24:00", 25 * 60)]
    [InlineData("2028-03-26", "01:30", "03:30", 60)] // from 2 to 3 there is nothing
    [InlineData("2028-03-26", "02:00", "02:30", 0)]
    [InlineData("2028-10-29", "01:30", "03:30", 180)] // from 2 to 3 comes twice
    [InlineData("2028-10-29", "02:30", "03:00", 90)] // from the first time that the clock shows it
    [InlineData("2028-10-29", "02:00", "02:30", 30)]
    public void What_clocks_leap_over_isnt_there_and_what_comes_twice_is_there_twice(string day, string from, string to, int minutes) =>
        Between([Part(Weekday.Sunday, from, to)], $"{DateOnly.Parse(day, null).AddDays(-1):O}T12:00Z", $"{DateOnly.Parse(day, null).AddDays(1):O}T12:00Z").ShouldBe(minutes * 60_000_000L);

    [Fact]
    public void Parts_of_a_day_add_up_and_every_instant_of_them_counts()
    {
        List<WorkingHours> hours = [Part(Weekday.Friday, "13:00", "17:00"), Part(Weekday.Friday, "08:00", "12:00")];

        Between(hours, "2026-11-27T11:00+01:00", "2026-11-27T14:00+01:00").ShouldBe(120 * 60_000_000L);
        Between(hours, "2026-11-27T11:59:59.999999+01:00", "2026-11-27T13:00:00.000001+01:00").ShouldBe(2);
    }

    [Theory]
    [InlineData("2026-11-27T16:40+01:00", 60, "2026-11-30T09:40+01:00")] // over the weekend
    [InlineData("2026-11-27T16:40+01:00", 20, "2026-11-27T17:00+01:00")] // to the last instant of the day
    [InlineData("2026-11-28T12:00+01:00", 1, "2026-11-30T09:01+01:00")]
    [InlineData("2026-11-27T09:00+01:00", 480 * 30, "2027-01-08T17:00+01:00")] // six weeks and Christmas Day
    public void So_much_working_time_has_passed_by_then(string from, int minutes, string expected)
    {
        var time = new WorkingTime(new Calendar(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")), [.. Enumerable.Range(0, 5).Select(day => Part((Weekday)day, "09:00", "17:00"))], [new DateOnly(2026, 12, 25)]);

        time.After(At(from), minutes * 60_000_000L).ShouldBe(At(expected));
    }

    [Fact]
    public void The_end_of_some_working_time_has_as_much_before_it_and_the_next_of_it_is_none_away()
    {
        var (calendar, random) = (new Calendar(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")), new Random(2));
        List<WorkingHours> hours = [Part(Weekday.Monday, "09:00", "12:00"), Part(Weekday.Monday, "13:00", "17:00"), Part(Weekday.Sunday, "00:00", "24:00"), Part(Weekday.Thursday, "22:00", "24:00")];
        var (time, start) = (new WorkingTime(calendar, hours, [new DateOnly(2026, 12, 28)]), At("2026-01-01T00:00Z"));
        for (var asked = 0; asked < 500; asked++)
        {
            var (from, length) = (start + random.NextInt64(0, 40_000_000_000_000), random.NextInt64(1, 500_000_000_000));
            var end = time.After(from, length)!.Value;
            time.Between(from, end).ShouldBe(length);
            time.Between(from, end - 1).ShouldBe(length - 1);

            var next = time.NextFrom(from)!.Value;
            time.Between(from, next).ShouldBe(0);
            time.Between(next, next + 1).ShouldBe(1);
        }
    }

    [Fact]
    public void Who_never_works_has_no_next_hour()
    {
        var never = new WorkingTime(new Calendar(TimeZoneInfo.Utc), [], []);

        (never.After(0, 1), never.NextFrom(0)).ShouldBe((null, null));
    }

    [Fact]
    public void Whatever_was_asked_before_the_answer_is_the_same()
    {
        var (calendar, random) = (new Calendar(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")), new Random(1));
        List<WorkingHours> hours = [Part(Weekday.Monday, "09:00", "17:00"), Part(Weekday.Sunday, "00:00", "24:00")];
        var (grown, start) = (new WorkingTime(calendar, hours, [new DateOnly(2026, 12, 25)]), Instants.Micros(DateTimeOffset.Parse("2026-01-01T00:00Z", null)));
        for (var asked = 0; asked < 200; asked++)
        {
            var from = start + random.NextInt64(-40_000_000_000_000, 40_000_000_000_000);
            var to = from + random.NextInt64(0, 10_000_000_000_000);
            grown.Between(from, to).ShouldBe(new WorkingTime(calendar, hours, [new DateOnly(2026, 12, 25)]).Between(from, to));
        }

        new WorkingTime(calendar, [], []).Between(start, start + 1).ShouldBeNull();
    }

    private static long At(string instant) => Instants.Micros(DateTimeOffset.Parse(instant, null));

    private static WorkingHours Part(Weekday weekday, string from, string to) => new() { Weekday = weekday, From = from, To = to };

    private static long Between(List<WorkingHours> hours, string from, string to)
    {
        var (calendar, begin, end) = (new Calendar(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")), DateTimeOffset.Parse(from, null), DateTimeOffset.Parse(to, null));
        return new WorkingTime(calendar, hours, [new DateOnly(2026, 12, 25)]).Between(Instants.Micros(begin), Instants.Micros(end)).ShouldNotBeNull();
    }
}
