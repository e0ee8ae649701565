using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Leads;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Conversion;

/// <summary>How far it is with a conversion. Only a pending one changes.</summary>
public enum ConversionState { Pending, Completed, Rejected, Cancelled }

/// <summary>How to convert a lead.</summary>
public sealed record ConvertLead
{
    /// <summary>The deal to make with it; null for none. What it leaves out comes from the lead.</summary>
    public ConvertedDeal? Deal { get; init; }
}

/// <summary>A deal that a conversion makes.</summary>
public sealed record ConvertedDeal
{
    /// <summary>By default the company's name, or the person's.</summary>
    [StringLength(200)] public string? Name { get; init; }

    /// <summary>By default the lead's estimated value, if its currency is the deal's.</summary>
    [Money] public decimal? Value { get; init; }

    /// <summary>By default the lead's.</summary>
    [Currency] public string? Currency { get; init; }

    public DateOnly? ExpectedCloseDate { get; init; }
}

/// <summary>Leads to convert in one request.</summary>
public sealed record ConvertLeads
{
    public const int Most = 500;

    /// <summary>1 to 500 ids.</summary>
    [Required, MinLength(1), MaxLength(Most)] public required IReadOnlyList<Guid> Ids { get; init; }

    /// <summary>Whether each makes a deal, by the lead's defaults.</summary>
    public bool WithDeals { get; init; }
}

/// <summary>A lead's way to a customer.</summary>
public sealed record ConversionView
{
    public required Guid ConversionId { get; init; }
    public required ConversionState State { get; init; }
    public required Guid LeadId { get; init; }

    /// <summary>The customer in the registry; null until there is one.</summary>
    public required string? CustomerId { get; init; }

    /// <summary>The deal that it made; null for none.</summary>
    public required Guid? DealId { get; init; }

    /// <summary>The lead as it is now; null where it was deleted.</summary>
    public required LeadView? Lead { get; init; }

    /// <summary>How often it was taken up to ask the registry; counted anew from a retry on.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the registry may be asked again; null while it is being asked or about to be, and once the conversion has ended.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>What the registry said last, where it didn't make a customer.</summary>
    public required string? Problem { get; init; }

    /// <summary>Since when it has an alert: the registry failed too often, or answered what no registry should.</summary>
    public required DateTimeOffset? AlertedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The user who asked for it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was completed, rejected or cancelled.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>The user who cancelled it, or for whom it was completed or rejected.</summary>
    public required string? EndedBy { get; init; }
}

/// <summary>What became of each lead, in the order asked for.</summary>
public sealed record ConversionList
{
    public required IReadOnlyList<ConversionOutcome> Items { get; init; }
}

/// <summary>What became of a lead that was to be converted: a conversion, or why there is none.</summary>
public sealed record ConversionOutcome
{
    public required Guid LeadId { get; init; }
    public required ConversionState? State { get; init; }
    public required Guid? ConversionId { get; init; }
    public required string? CustomerId { get; init; }
    public required Guid? DealId { get; init; }

    /// <summary>Why not: the status, code and detail that converting it alone would have answered.</summary>
    public required ConversionRefusal? Refusal { get; init; }
}

/// <summary>Why a lead of several isn't converted.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The failure's code.</param>
/// <param name="Detail">What was wrong, and what to do.</param>
public sealed record ConversionRefusal(int Status, string Code, string Detail);
