using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Settings;

/// <summary>What an admin sets for the tenant.</summary>
public sealed record SettingsFields
{
    /// <summary>What the tenant is called.</summary>
    [StringLength(200)] public string? Name { get; init; }

    /// <summary>Whose days, weeks and months the reports follow: an IANA name.</summary>
    [Required, KeptWhenAbsent, TimeZone, StringLength(64)] public required string TimeZone { get; init; }

    /// <summary>Of amounts that name none.</summary>
    [Required, KeptWhenAbsent, Currency] public required string Currency { get; init; }
}

/// <summary>The tenant's settings.</summary>
public sealed record SettingsView : IVersioned
{
    public required string? Name { get; init; }
    public required string TimeZone { get; init; }
    public required string Currency { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}
