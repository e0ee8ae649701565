using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Settings;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Routing;

/// <summary>When and how many leads a member takes that are given by routing.</summary>
public sealed record AvailabilityFields
{
    /// <summary>False to be given none; true at first.</summary>
    [Required, KeptWhenAbsent] public bool? AcceptsLeads { get; init; }

    /// <summary>How many a day of the tenant's time zone at most; null for as many as come.</summary>
    [Range(0, 10_000)] public int? LeadsPerDay { get; init; }

    /// <summary>When the member takes leads, on the clocks of the tenant's time zone and not on its holidays; null for always.</summary>
    [WorkingHours] public IReadOnlyList<WorkingHours>? WorkingHours { get; init; }

    /// <summary>When the member is away; at most 100, given as a whole.</summary>
    [Required, KeptWhenAbsent, MaxLength(100)] public IReadOnlyList<AbsenceFields> Absences { get; init; } = [];
}

/// <summary>Some days on which a member is away.</summary>
public sealed record AbsenceFields
{
    /// <summary>The first day, of the tenant's time zone.</summary>
    [Required] public required DateOnly? From { get; init; }

    /// <summary>The last day; not before the first.</summary>
    [Required] public required DateOnly? To { get; init; }
}

/// <summary>When and how many leads a member takes that are given by routing.</summary>
public sealed record AvailabilityView : IVersioned
{
    /// <summary>The member's id.</summary>
    public required string UserId { get; init; }

    public required bool AcceptsLeads { get; init; }

    /// <summary>How many a day at most; null for as many as come.</summary>
    public required int? LeadsPerDay { get; init; }

    /// <summary>When the member takes leads, in the order of the week; null for always.</summary>
    public required IReadOnlyList<WorkingHours>? WorkingHours { get; init; }

    /// <summary>When the member is away, in the order of time.</summary>
    public required IReadOnlyList<AbsenceFields> Absences { get; init; }

    /// <summary>How many the member was given today.</summary>
    public required int LeadsToday { get; init; }

    /// <summary>Null until it is set for the first time.</summary>
    public required DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>0 until it is set for the first time.</summary>
    public required int Version { get; init; }

    /// <summary>The version, and what was given, which makes none.</summary>
    string IVersioned.Tag => $"{Version}-{LeadsToday}";
}
