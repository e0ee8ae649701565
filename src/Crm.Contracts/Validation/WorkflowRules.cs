using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Crm.Contracts.Validation;

/// <summary>Members of a record with their new values, at least one. Which there are depends on the record.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldValuesAttribute : ValidationAttribute
{
    public override bool IsValid(object? value)
    {
        try
        {
            return value is null || (value is JsonElement { ValueKind: JsonValueKind.Object } fields && fields.EnumerateObject().Any(member => member.Name.Length >= 0));
        }
        catch (InvalidOperationException)
        {
            return false; // a name that is half of a surrogate pair
        }
    }

    public override string FormatErrorMessage(string name) => "must be an object with members of the record and their new values";
}
