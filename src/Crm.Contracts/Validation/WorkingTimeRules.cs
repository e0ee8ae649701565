using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Settings;

namespace Crm.Contracts.Validation;

/// <summary>A time of day such as <c>17:00</c>, or <c>24:00</c> for its end.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EndOfDayAttribute() : RegularExpressionAttribute("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")
{
    public override string FormatErrorMessage(string name) => "must be a time of day from 00:01 to 24:00";
}

/// <summary>Up to 50 parts of days, each of which ends after it begins, and no two of which overlap.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WorkingHoursAttribute : ValidationAttribute
{
    public const int MaxCount = 50;

    public override bool IsValid(object? value) =>
        value is null || (value is IReadOnlyList<WorkingHours?> hours && hours.Count <= MaxCount && hours.All(IsForward) && hours.GroupBy(part => part!.Weekday).All(AreApart));

    public override string FormatErrorMessage(string name) => $"must hold at most {MaxCount} parts of days, each with a to that is later than its from, and none of which overlap";

    // Times of day are in order as texts. What is no part or no time its own rules say.
    private static bool IsForward(WorkingHours? part) => part is null || string.CompareOrdinal(part.From, part.To) < 0;

    private static bool AreApart(IEnumerable<WorkingHours?> day)
    {
        var parts = day.Where(part => part is not null).OrderBy(part => part!.From, StringComparer.Ordinal).ToList();
        return parts.Zip(parts.Skip(1)).All(pair => string.CompareOrdinal(pair.First!.To, pair.Second!.From) <= 0);
    }
}
