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

/// <summary>The language whose inflections a search sees through.</summary>
public enum SearchLanguage
{
    /// <summary>None: words are found as they are written.</summary>
    Simple,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Turkish,
}

/// <summary>What an admin sets for the tenant.</summary>
public sealed record SettingsFields
{
    /// <summary>What the tenant is called.</summary>
    [StringLength(200)] public string? Name { get; init; }

    /// <summary>Whose days, weeks and months the reports follow, and by whose clocks the tenant works and dashboards are due: an IANA name.</summary>
    [Required, KeptWhenAbsent, TimeZone, StringLength(64)] public required string TimeZone { get; init; }

    /// <summary>Of amounts that name none.</summary>
    [Required, KeptWhenAbsent, Currency] public required string Currency { get; init; }

    /// <summary>Which records a <c>REP</c> sees and edits: <c>ALL</c>, at first; with <c>TEAM</c> those of the rep's teams; with <c>OWN</c> the rep's own; always those that nobody owns. It counts from the next request on.</summary>
    [Required, KeptWhenAbsent] public Visibility? Visibility { get; init; }

    /// <summary>When the tenant works, on the clocks of its time zone: at first from 09:00 to 17:00 on Monday to Friday. What is on one day doesn't overlap; empty for never.</summary>
    [Required, KeptWhenAbsent, WorkingHours] public IReadOnlyList<WorkingHours> WorkingHours { get; init; } = [];

    /// <summary>The days on which it doesn't work, whatever day of the week; at most 1 000.</summary>
    [Required, KeptWhenAbsent, MaxLength(1000)] public IReadOnlyList<DateOnly> Holidays { get; init; } = [];

    /// <summary>In which language texts mostly are: a search for one form of a word of it finds the others, too, behind what is written as it was typed. <c>SIMPLE</c>, at first, for no language. It counts from the next search on, on PostgreSQL; on SQLite words are found as they are written.</summary>
    [Required, KeptWhenAbsent] public SearchLanguage? SearchLanguage { get; init; }
}

/// <summary>A part of a day of the week in which a tenant works.</summary>
public sealed record WorkingHours
{
    [Required] public required Weekday? Weekday { get; init; }

    /// <summary>Such as <c>09:00</c>.</summary>
    [Required, TimeOfDay] public required string From { get; init; }

    /// <summary>Such as <c>17:00</c>, later than <c>from</c>; <c>24:00</c> is the end of the day.</summary>
    [Required, EndOfDay] public required string To { get; init; }
}

/// <summary>The tenant's settings.</summary>
public sealed record SettingsView : IVersioned
{
    public required string? Name { get; init; }
    public required string TimeZone { get; init; }
    public required string Currency { get; init; }

    /// <summary>Which records a <c>REP</c> sees and edits.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>When the tenant works, in the order of the week.</summary>
    public required IReadOnlyList<WorkingHours> WorkingHours { get; init; }

    /// <summary>The days on which it doesn't, in their order.</summary>
    public required IReadOnlyList<DateOnly> Holidays { get; init; }

    /// <summary>Whose inflections a search sees through, on PostgreSQL.</summary>
    public required SearchLanguage SearchLanguage { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}
