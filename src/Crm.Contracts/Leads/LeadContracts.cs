using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Leads;

/// <summary>How far it is with a lead.</summary>
public enum LeadStatus { New, Contacted, Qualified, Nurturing, Unqualified, Converted }

/// <summary>Where a lead came from.</summary>
public enum LeadSource { Website, Social, Email, Phone, Referral, Event, Advertising, Partner, Other }

/// <summary>What a caller writes of a lead.</summary>
public sealed record LeadFields
{
    [StringLength(100)] public string? FirstName { get; init; }

    [Required, StringLength(100)] public required string LastName { get; init; }

    [Email, StringLength(254)] public string? Email { get; init; }

    [PhoneNumber, StringLength(50)] public string? Phone { get; init; }

    [StringLength(150)] public string? JobTitle { get; init; }

    [StringLength(200)] public string? CompanyName { get; init; }

    [Website, StringLength(500)] public string? CompanyWebsite { get; init; }

    [StringLength(100)] public string? CompanyIndustry { get; init; }

    /// <summary>The number of employees, exact or as a range, such as <c>51-200</c>.</summary>
    [StringLength(50)] public string? CompanySize { get; init; }

    /// <summary><c>CONVERTED</c> comes about by converting only.</summary>
    [KeptWhenAbsent] public LeadStatus Status { get; init; } = LeadStatus.New;

    [KeptWhenAbsent] public LeadSource Source { get; init; } = LeadSource.Other;

    [Money] public decimal? EstimatedValue { get; init; }

    /// <summary>Of the estimated value; by default the tenant's.</summary>
    [KeptWhenAbsent, Currency] public string? Currency { get; init; }

    /// <summary>The member who works on it; <c>me</c> for the caller, null for nobody.</summary>
    [KeptWhenAbsent(CanBeCleared = true), StringLength(128)] public string? OwnerId { get; init; }

    [StringLength(10_000)] public string? Description { get; init; }

    /// <summary>Up to 50; two that differ only in case are one.</summary>
    [Tags] public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>A person who may become a customer.</summary>
public sealed record LeadView : RecordView
{
    public required string? FirstName { get; init; }
    public required string LastName { get; init; }
    public required string? Email { get; init; }
    public required string? Phone { get; init; }
    public required string? JobTitle { get; init; }
    public required string? CompanyName { get; init; }
    public required string? CompanyWebsite { get; init; }
    public required string? CompanyIndustry { get; init; }
    public required string? CompanySize { get; init; }
    public required LeadStatus Status { get; init; }
    public required LeadSource Source { get; init; }
    [Money] public required decimal? EstimatedValue { get; init; }
    public required string Currency { get; init; }
    public required string? OwnerId { get; init; }
    public required string? Description { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>0 to 100; null until it has been scored.</summary>
    [Range(0, 100)] public required int? Score { get; init; }

    public required DateTimeOffset? ConvertedAt { get; init; }

    /// <summary>The customer in the registry that it became.</summary>
    public required string? CustomerId { get; init; }

    public required Guid? ConvertedDealId { get; init; }
}

/// <summary>Which leads, in which order.</summary>
[Sortable("-createdAt", "createdAt", "updatedAt", "lastName", "companyName", "estimatedValue", "score", "relevance")]
public sealed record LeadQuery : RecordQuery
{
    public IReadOnlyList<LeadStatus>? Status { get; init; }
    public IReadOnlyList<LeadSource>? Source { get; init; }

    /// <summary>The owner's id; <c>me</c> for the caller, <c>none</c> for leads that nobody owns.</summary>
    public IReadOnlyList<string>? OwnerId { get; init; }

    public IReadOnlyList<string>? Tag { get; init; }
    [Range(0, 100)] public int? ScoreFrom { get; init; }
    [Range(0, 100)] public int? ScoreTo { get; init; }
    [Money] public decimal? ValueFrom { get; init; }
    [Money] public decimal? ValueTo { get; init; }
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public DateTimeOffset? UpdatedFrom { get; init; }
    public DateTimeOffset? UpdatedTo { get; init; }

    /// <summary>Whether it became a customer.</summary>
    public bool? Converted { get; init; }
}

/// <summary>A stay of a lead in a status.</summary>
public sealed record LeadStatusView
{
    public required LeadStatus Status { get; init; }
    public required DateTimeOffset EnteredAt { get; init; }

    /// <summary>Null while it stands there.</summary>
    public required DateTimeOffset? LeftAt { get; init; }

    /// <summary>The user who moved it there.</summary>
    public required string EnteredBy { get; init; }

    /// <summary>Seconds from entering to leaving, or to now.</summary>
    public required long Seconds { get; init; }
}
