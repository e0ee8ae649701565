using Crm.Contracts.Dashboards;
using Crm.Services.Dashboards;
using Shouldly;
using Xunit;

namespace Crm.Tests.Dashboards;

public sealed class RelativeDaysTests
{
    [Theory]
    [InlineData("today", "2028-02-29", "2028-02-29", "2028-02-29")]
    [InlineData("yesterday", "2028-03-01", "2028-02-29", "2028-02-29")]
    [InlineData("yesterday", "2027-01-01", "2026-12-31", "2026-12-31")]
    [InlineData("this-week", "2026-11-29", "2026-11-23", "2026-11-29")] // a Sunday
    [InlineData("last-week", "2027-01-04", "2026-12-28", "2027-01-03")] // over New Year
    [InlineData("next-week", "2026-11-30", "2026-12-07", "2026-12-13")]
    [InlineData("this-month", "2028-02-01", "2028-02-01", "2028-02-29")]
    [InlineData("this-month", "2027-02-28", "2027-02-01", "2027-02-28")]
    [InlineData("last-month", "2028-03-31", "2028-02-01", "2028-02-29")]
    [InlineData("last-month", "2027-01-31", "2026-12-01", "2026-12-31")]
    [InlineData("next-month", "2027-01-31", "2027-02-01", "2027-02-28")]
    [InlineData("this-quarter", "2026-12-31", "2026-10-01", "2026-12-31")]
    [InlineData("last-quarter", "2027-01-01", "2026-10-01", "2026-12-31")]
    [InlineData("next-quarter", "2026-11-29", "2027-01-01", "2027-03-31")]
    [InlineData("this-year", "2028-12-31", "2028-01-01", "2028-12-31")]
    [InlineData("last-year", "2028-02-29", "2027-01-01", "2027-12-31")]
    [InlineData("next-year", "2027-06-15", "2028-01-01", "2028-12-31")]
    [InlineData("last-7-days", "2028-03-01", "2028-02-24", "2028-03-01")]
    [InlineData("last-30-days", "2028-03-30", "2028-03-01", "2028-03-30")]
    [InlineData("last-365-days", "2028-12-31", "2028-01-02", "2028-12-31")] // of 366
    [InlineData("next-90-days", "2026-11-29", "2026-11-29", "2027-02-26")]
    public void A_period_is_reckoned_from_today(string period, string today, string from, string to) =>
        RelativeDays.Of(period, DateOnly.Parse(today, null)).ShouldBe((DateOnly.Parse(from, null), DateOnly.Parse(to, null)));

    [Fact]
    public void Each_period_that_there_is_can_be_reckoned_from_each_day_and_lies_where_its_name_says()
    {
        for (var today = new DateOnly(2027, 12, 1); today < new DateOnly(2029, 2, 1); today = today.AddDays(1))
        {
            foreach (var period in RelativePeriods.All)
            {
                var (from, to) = RelativeDays.Of(period, today);
                (from <= to).ShouldBeTrue($"{period} on {today}");
                if (period.StartsWith("this", StringComparison.Ordinal)) (from <= today && today <= to).ShouldBeTrue($"{period} on {today}");
                if (period.EndsWith("days", StringComparison.Ordinal)) (to.DayNumber - from.DayNumber + 1).ShouldBe(int.Parse(period.Split('-')[1], null));
                else if (period.StartsWith("last", StringComparison.Ordinal)) to.ShouldBe(RelativeDays.Of(period.Replace("last", "this", StringComparison.Ordinal), today).From.AddDays(-1));
                else if (period.StartsWith("next", StringComparison.Ordinal)) from.ShouldBe(RelativeDays.Of(period.Replace("next", "this", StringComparison.Ordinal), today).To.AddDays(1));
            }
        }
    }
}
