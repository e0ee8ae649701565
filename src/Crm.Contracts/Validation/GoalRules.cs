using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Validation;

/// <summary>A month or quarter of the years 1970 to 2199.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class GoalPeriodAttribute() : RegularExpressionAttribute("^(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2]|Q[1-4])$")
{
    public override string FormatErrorMessage(string name) => "must be a month such as 2026-11 or a quarter such as 2026-Q4, of the years 1970 to 2199";
}

/// <summary>Several of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class GoalPeriodsAttribute : ValidationAttribute
{
    private static readonly GoalPeriodAttribute One = new();

    public override bool IsValid(object? value) => value is null || (value is IEnumerable<string> periods && periods.All(period => period.Contains(',', StringComparison.Ordinal) || One.IsValid(period))); // several in one text come as its parts, too

    public override string FormatErrorMessage(string name) => One.FormatErrorMessage(name);
}
