using Crm.Contracts.Failures;
using Crm.Services.Analytics;
using Shouldly;
using Xunit;

namespace Crm.Tests.Analytics;

/// <summary>Days, weeks, months and quarters of a time zone, also where its clocks are changed.</summary>
public sealed class CalendarTests
{
    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23)] // an hour is leapt over
    [InlineData("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25)] // an hour comes twice
    [InlineData("Europe/Berlin", "2024-02-29", "2024-02-28T23:00:00Z", 24)]
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 23)] // there is no midnight
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25)] // midnight comes twice
    [InlineData("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5)] // half an hour
    [InlineData("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z", 24)]
    [InlineData("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24)] // the last before a day that was left out
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24)]
    [InlineData("UTC", "2026-12-31", "2026-12-31T00:00:00Z", 24)]
    public void A_day_begins_with_its_first_instant_and_lasts_until_the_next(string zone, string day, string start, double hours)
    {
        var calendar = Of(zone);
        var date = Day(day);

        var (begin, end) = calendar.RangeOf(date, date);

        begin.ShouldBe(DateTimeOffset.Parse(start, null));
        (end - begin).TotalHours.ShouldBe(hours);
        calendar.DateOf(begin).ShouldBe(date);
        calendar.DateOf(begin.AddMicroseconds(-1)).ShouldBeLessThan(date);
        calendar.DateOf(end.AddMicroseconds(-1)).ShouldBe(date);
    }

    [Fact]
    public void Every_instant_is_in_the_range_of_its_date_in_every_zone()
    {
        var random = new Random(20261129);
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            var calendar = new Calendar(zone);
            for (var i = 0; i < 200; i++)
            {
                var instant = DateTimeOffset.UnixEpoch.AddSeconds(random.NextInt64(0, 2_000_000_000));
                var date = calendar.DateOf(instant);
                var (start, end) = calendar.RangeOf(date, date);
                instant.ShouldBeInRange(start, end.AddTicks(-1), $"{zone.Id} at {instant:O}");
            }
        }
    }

    [Theory]
    [InlineData("day", "2026-02-27", "2026-03-01", "2026-02-27 2026-02-28 2026-03-01")]
    [InlineData("day", "2024-02-28", "2024-03-01", "2024-02-28 2024-02-29 2024-03-01")]
    [InlineData("week", "2026-12-27", "2027-01-04", "2026-W52 2026-W53 2027-W01")]
    [InlineData("month", "2026-01-31", "2026-03-01", "2026-01 2026-02 2026-03")]
    [InlineData("quarter", "2026-03-31", "2026-10-01", "2026-Q1 2026-Q2 2026-Q3 2026-Q4")]
    [InlineData("year", "2025-12-31", "2026-01-01", "2025 2026")]
    public void Days_are_split_into_periods_without_a_gap_and_cut_at_both_ends(string unit, string from, string to, string keys)
    {
        var periods = Of("America/New_York").Split(unit, Day(from), Day(to));

        string.Join(' ', periods.Select(period => period.Key)).ShouldBe(keys);
        (periods[0].From, periods[^1].To).ShouldBe((Day(from), Day(to)));
        periods.Zip(periods.Skip(1)).ShouldAllBe(pair => pair.First.End == pair.Second.Start && pair.First.To.AddDays(1) == pair.Second.From);
    }

    [Fact]
    public void More_than_400_periods_are_refused()
    {
        var calendar = Of("UTC");

        calendar.Split("day", Day("2026-01-01"), Day("2027-02-04")).Count.ShouldBe(400);
        Should.Throw<CrmException>(() => calendar.Split("day", Day("2026-01-01"), Day("2027-02-05"))).Errors!.Keys.ShouldBe(["to"]);
    }

    private static Calendar Of(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateOnly Day(string text) => DateOnly.Parse(text, null);
}
