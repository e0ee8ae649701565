namespace Crm.Database.Settings;

/// <summary>What a currency is converted by on a day: × <see cref="Times"/> ÷ <see cref="Divisor"/>.</summary>
public sealed class DayRate
{
    public string Currency { get; init; } = "";

    /// <summary>The number of the day, as <see cref="DateOnly.DayNumber"/>.</summary>
    public long Day { get; init; }

    public long Times { get; init; }
    public long Divisor { get; init; }

    /// <summary>The largest amount in ten-thousandths that is converted; what is larger would come to more than any amount may be.</summary>
    public long Most { get; init; }
}
