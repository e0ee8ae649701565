using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Settings;

/// <summary>Which of the tenant's records a <c>REP</c> sees and edits; the other roles see all. What nobody owns everybody sees.</summary>
public enum Visibility
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>The rep's own, and those of everybody who is in a team with the rep.</summary>
    Team,

    /// <summary>The rep's own.</summary>
    Own,
}

/// <summary>What an admin sets for the tenant.</summary>
public sealed record SettingsFields
{
    /// <summary>What the tenant is called.</summary>
    [StringLength(200)] public string? Name { get; init; }

    /// <summary>Whose days, weeks and months the reports follow: an IANA name.</summary>
    [Required, KeptWhenAbsent, TimeZone, StringLength(64)] public required string TimeZone { get; init; }

    /// <summary>Of amounts that name none.</summary>
    [Required, KeptWhenAbsent, Currency] public required string Currency { get; init; }

    /// <summary>Which records a <c>REP</c> sees and edits: <c>ALL</c>, at first; with <c>TEAM</c> those of the rep's teams; with <c>OWN</c> the rep's own; always those that nobody owns. It counts from the next request on.</summary>
    [Required, KeptWhenAbsent] public Visibility? Visibility { get; init; }
}

/// <summary>The tenant's settings.</summary>
public sealed record SettingsView : IVersioned
{
    public required string? Name { get; init; }
    public required string TimeZone { get; init; }
    public required string Currency { get; init; }

    /// <summary>Which records a <c>REP</c> sees and edits.</summary>
    public required Visibility Visibility { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}
