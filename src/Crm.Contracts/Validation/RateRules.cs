using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Crm.Contracts.Validation;

/// <summary>A rate of a currency: above 0, at most eight digits before the point and ten behind it, so that it is kept exactly in 64 bits.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RateAttribute : ValidationAttribute
{
    public const decimal Min = 0.0000000001m;
    public const decimal Max = 99_999_999.9999999999m;
    public const int Decimals = 10;

    public override bool IsValid(object? value) => value is null || (value is decimal rate and >= Min and <= Max && decimal.Round(rate, Decimals) == rate);

    public override string FormatErrorMessage(string name) => "must be above 0 and at most 99999999.9999999999, with at most ten decimals";
}

/// <summary>A day that a rate can be for: from 1970 to 2199.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RateDateAttribute : ValidationAttribute
{
    public static readonly DateOnly First = new(1970, 1, 1);
    public static readonly DateOnly Last = new(2199, 12, 31);

    public override bool IsValid(object? value) => value is null || (value is DateOnly date && date >= First && date <= Last);

    public override string FormatErrorMessage(string name) => string.Create(CultureInfo.InvariantCulture, $"must be a date from {First:yyyy-MM-dd} to {Last:yyyy-MM-dd}");
}
