using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Settings;

/// <summary>Rates to tell, all of them or none.</summary>
public sealed record TellRates
{
    public const int Most = 1_000;

    /// <summary>Each pair of currencies and date once.</summary>
    [Required, MinLength(1), MaxLength(Most)] public required IReadOnlyList<RateFields> Rates { get; init; }
}

/// <summary>What one unit of a currency is in another, from a date on until the date of the next rate.</summary>
public sealed record RateFields
{
    [Required, Currency] public required string From { get; init; }

    /// <summary>Another currency than <c>from</c>.</summary>
    [Required, Currency] public required string To { get; init; }

    /// <summary>The first day that it is for, in the tenant's time zone.</summary>
    [Required, RateDate] public required DateOnly Date { get; init; }

    /// <summary>How many units of <c>to</c> one of <c>from</c> is. Told again for the same currencies and date it is another from now on; null withdraws it.</summary>
    [Given, Rate] public required decimal? Rate { get; init; }
}

/// <summary>What came of telling rates.</summary>
public sealed record RatesTold
{
    /// <summary>How many are new, others than before, or withdrawn. The rest was so already.</summary>
    public required int Changed { get; init; }
}

/// <summary>A rate in force.</summary>
public sealed record RateView
{
    [Currency] public required string From { get; init; }
    [Currency] public required string To { get; init; }

    /// <summary>The first day that it is for, in the tenant's time zone.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>How many units of <c>to</c> one of <c>from</c> is.</summary>
    public required decimal Rate { get; init; }

    /// <summary>Since when it is told so; what is of an earlier instant goes by what was told then.</summary>
    public required DateTimeOffset ToldAt { get; init; }
}

/// <summary>Which rates.</summary>
[Sortable("-date", "date")]
public sealed record RateQuery : PageQuery
{
    /// <summary>Rates of this currency.</summary>
    [Currency] public string? From { get; init; }

    /// <summary>Rates into this currency.</summary>
    [Currency] public string? To { get; init; }

    /// <summary>The rates that were in force at this instant; by default now. Not in the future.</summary>
    public DateTimeOffset? AsOf { get; init; }
}
