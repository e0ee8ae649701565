using System.Globalization;
using Crm.Contracts;
using Crm.Contracts.Dashboards;
using Crm.Services.Dashboards;
using Shouldly;
using Xunit;
using Calendar = Crm.Services.Analytics.Calendar;

namespace Crm.Tests.Dashboards;

public sealed class ScheduleTimesTests
{
    [Theory]
    [InlineData("07:00", "2027-03-27T05:59:59Z", "2027-03-27T06:00:00Z")] // winter time
    [InlineData("07:00", "2027-03-27T06:00:00Z", "2027-03-28T05:00:00Z")] // clocks went forward at 02:00
    [InlineData("02:30", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z")] // leapt over: with the leap, at 03:00
    [InlineData("02:30", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z")] // and once
    [InlineData("07:00", "2027-10-30T05:00:00Z", "2027-10-31T06:00:00Z")] // clocks went back at 03:00
    [InlineData("02:30", "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z")] // twice: the first time
    [InlineData("02:30", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z")] // and once
    [InlineData("00:00", "2027-06-30T21:59:59Z", "2027-06-30T22:00:00Z")]
    [InlineData("23:59", "2027-12-31T22:59:00Z", "2028-01-01T22:59:00Z")]
    public void Each_day_it_is_due_when_the_clocks_of_Berlin_show_the_time(string time, string after, string next) =>
        ScheduleTimes.Next(new ScheduleFields { Every = "day", Time = time, By = DeliveryChannel.Webhook }, In("Europe/Berlin"), At(after)).ShouldBe(At(next));

    [Theory]
    [InlineData("2027-01-30T12:00:00Z", "2027-01-31T07:00:00Z")]
    [InlineData("2027-01-31T07:00:00Z", "2027-02-28T07:00:00Z")]
    [InlineData("2028-01-31T07:00:00Z", "2028-02-29T07:00:00Z")] // a leap year
    [InlineData("2027-03-31T07:00:00Z", "2027-04-30T07:00:00Z")]
    public void On_the_31st_it_is_due_on_the_last_day_of_shorter_months(string after, string next) =>
        ScheduleTimes.Next(new ScheduleFields { Every = "month", Day = 31, Time = "07:00", By = DeliveryChannel.Webhook }, In("UTC"), At(after)).ShouldBe(At(next));

    [Theory]
    [InlineData(Weekday.Monday, "2026-11-29T16:00:00Z", "2026-11-29T20:00:00Z")] // already Monday in Auckland
    [InlineData(Weekday.Sunday, "2026-11-29T16:00:00Z", "2026-12-05T20:00:00Z")]
    public void Each_week_it_is_due_on_its_day_where_the_tenant_is(Weekday weekday, string after, string next) =>
        ScheduleTimes.Next(new ScheduleFields { Every = "week", Weekday = weekday, Time = "09:00", By = DeliveryChannel.Webhook }, In("Pacific/Auckland"), At(after)).ShouldBe(At(next));

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/St_Johns")]
    [InlineData("Africa/Cairo")] // leaps over midnight
    [InlineData("Pacific/Chatham")]
    [InlineData("Australia/Lord_Howe")] // by half an hour
    public void The_last_time_is_the_one_before_the_next_and_none_is_left_out(string zone)
    {
        var calendar = In(zone);
        foreach (var time in new[] { "00:00", "00:30", "02:00", "02:30", "07:00", "23:59" })
        {
            var schedule = new ScheduleFields { Every = "day", Time = time, By = DeliveryChannel.Webhook };
            var (at, days) = (ScheduleTimes.Next(schedule, calendar, At("2027-01-01T00:00:00Z").AddTicks(-1)), 0);
            for (; at < At("2028-01-01T00:00:00Z"); days++)
            {
                var next = ScheduleTimes.Next(schedule, calendar, at);
                ScheduleTimes.Last(schedule, calendar, next).ShouldBe(next);
                ScheduleTimes.Last(schedule, calendar, next.AddTicks(-1)).ShouldBe(at);
                (next - at).TotalHours.ShouldBeInRange(22.5, 25.5);
                at = next;
            }

            days.ShouldBe(365);
        }
    }

    private static Calendar In(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
