using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Events;

namespace Crm.Contracts.Validation;

/// <summary>Types of records' events, each once.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EventTypesAttribute : ValidationAttribute
{
    /// <summary>All that there are; those for the audit alone aren't among them.</summary>
    public static readonly IReadOnlyList<string> All = [.. EventTypes.OfRecords.Order(StringComparer.Ordinal)];

    /// <summary>Whether null stands for all of them, and for none otherwise.</summary>
    public bool NullIsAll { get; set; } = true;

    public override bool IsValid(object? value) =>
        value is null || (value is IReadOnlyCollection<string?> types && types.Count > 0 && types.All(type => All.Contains(type, StringComparer.Ordinal)) && types.Distinct(StringComparer.Ordinal).Count() == types.Count);

    public override string FormatErrorMessage(string name) => $"must hold one or several of {string.Join(", ", All)}, each once{(NullIsAll ? "; null stands for all" : "")}";
}
