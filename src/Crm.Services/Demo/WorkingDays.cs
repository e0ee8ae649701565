namespace Crm.Services.Demo;

/// <summary>When people work: Monday to Friday, from eight to six in their own time zone, now and then on a weekend.</summary>
internal sealed class WorkingDays(TimeZoneInfo zone)
{
    private const int Opens = 8 * 60;
    private const int Closes = 18 * 60;

    /// <summary>Some moment of a day's working hours, or of the next day on which work is done.</summary>
    public DateTimeOffset On(DateOnly day, Dice dice) => At(Working(day, dice), dice.Between(Opens, Closes - 1), dice.Below(60));

    /// <summary>Some moment at which people are awake, whatever the day.</summary>
    public DateTimeOffset Anytime(DateOnly day, Dice dice) => At(day, dice.Between(6 * 60, (23 * 60) - 1), dice.Below(60));

    /// <summary>A working moment some days after another; with none, some minutes or hours later. Never less than five minutes later.</summary>
    public DateTimeOffset After(DateTimeOffset moment, int days, Dice dice)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone);
        var day = DateOnly.FromDateTime(local.DateTime);
        if (days > 0) return On(day.AddDays(days), dice);
        var minute = (local.Hour * 60) + local.Minute + dice.Skewed(6, 240);
        return minute < Closes && minute >= Opens && !IsWeekend(day) ? At(day, minute, dice.Below(60)) : On(day.AddDays(1), dice);
    }

    /// <summary>A full or half hour some working days on, as people set a date.</summary>
    public DateTimeOffset Due(DateTimeOffset moment, int days, Dice dice)
    {
        var day = Day(moment).AddDays(days);
        while (IsWeekend(day)) day = day.AddDays(1);
        return At(day, dice.Between(Opens / 30, (Closes / 30) - 1) * 30, 0);
    }

    public DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);

    private static bool IsWeekend(DateOnly day) => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static DateOnly Working(DateOnly day, Dice dice)
    {
        var overtime = dice.Chance(3);
        while (IsWeekend(day) && !overtime) day = day.AddDays(1);
        return day;
    }

    private DateTimeOffset At(DateOnly day, int minute, int second)
    {
        var local = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute).AddSeconds(second);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
