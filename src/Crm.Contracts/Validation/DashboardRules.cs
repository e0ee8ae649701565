using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Crm.Contracts.Validation;

/// <summary>What a report of a dashboard is called in its path.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReportKeyAttribute() : RegularExpressionAttribute("^[a-z0-9][a-z0-9-]{0,49}$")
{
    public override string FormatErrorMessage(string name) => "must be a key such as open-deals: lower case letters, digits and hyphens, at most 50";
}

/// <summary>The query parameters of a report, by their names.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReportParametersAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null or JsonElement { ValueKind: JsonValueKind.Object };

    public override string FormatErrorMessage(string name) => "must be an object with the report's query parameters, but for asOf and format";
}

/// <summary>A time of day such as <c>07:00</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeOfDayAttribute() : RegularExpressionAttribute("^([01][0-9]|2[0-3]):[0-5][0-9]$")
{
    public override string FormatErrorMessage(string name) => "must be a time of day from 00:00 to 23:59";
}
