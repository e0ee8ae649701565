using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Validation;

/// <summary>Up to 200 ids of members.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MemberIdsAttribute : ValidationAttribute
{
    public const int MaxCount = 200;
    public const int MaxLength = 128;

    public override bool IsValid(object? value) =>
        value is null || (value is IReadOnlyCollection<string?> ids && ids.Count <= MaxCount && ids.All(id => id is { Length: > 0 and <= MaxLength }));

    public override string FormatErrorMessage(string name) => $"must hold at most {MaxCount} ids of members, of 1 to {MaxLength} characters";
}
