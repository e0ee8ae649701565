using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Validation;

/// <summary>Collections of the API, each by the first word of its paths below <c>/api</c>, and once.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ResourcesAttribute : ValidationAttribute
{
    /// <summary>All that there are but <c>me</c>, which everybody may reach.</summary>
    public static readonly IReadOnlyList<string> All = ["activities", "analytics", "api-keys", "audit", "automation", "conversions", "customers", "dashboards", "deals", "events", "goals", "invitations", "leads", "members", "notifications", "pipelines", "search", "settings", "tasks", "teams", "webhooks"];

    public override bool IsValid(object? value) =>
        value is null || (value is IReadOnlyCollection<string?> names && names.Count is > 0 && names.All(name => All.Contains(name, StringComparer.Ordinal)) && names.Distinct(StringComparer.Ordinal).Count() == names.Count);

    public override string FormatErrorMessage(string name) => $"must hold one or several of {string.Join(", ", All)}, each once; null stands for all";
}
