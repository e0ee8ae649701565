using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Pipelines;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Deals;

/// <summary>What a caller writes of a deal.</summary>
public sealed record DealFields
{
    [Required, StringLength(200)] public required string Name { get; init; }

    public Guid? LeadId { get; init; }

    /// <summary>By default the tenant's default pipeline.</summary>
    [KeptWhenAbsent] public Guid? PipelineId { get; init; }

    /// <summary>The key of a stage of the pipeline; by default its first. Changing it obeys the rules of moving to a stage.</summary>
    [KeptWhenAbsent, StageKey] public string? Stage { get; init; }

    [Money] public decimal? Value { get; init; }

    /// <summary>Of the value; by default the tenant's.</summary>
    [KeptWhenAbsent, Currency] public string? Currency { get; init; }

    /// <summary>Percent; null for the stage's. 0 is 0.</summary>
    [Range(0, 100)] public int? Probability { get; init; }

    public DateOnly? ExpectedCloseDate { get; init; }

    /// <summary>The member who works on it; <c>me</c> for the caller, null for nobody.</summary>
    [KeptWhenAbsent(CanBeCleared = true), StringLength(128)] public string? OwnerId { get; init; } = "me";

    [StringLength(10_000)] public string? Description { get; init; }

    /// <summary>Up to 50; two that differ only in case are one.</summary>
    [Tags] public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Only together with a closing stage: when the deal was closed, not in the future; by default now.</summary>
    [KeptWhenAbsent(CanBeCleared = true)] public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Only together with a stage of the kind <c>LOST</c>, and required for one.</summary>
    [KeptWhenAbsent(CanBeCleared = true), StringLength(500)] public string? LostReason { get; init; }
}

/// <summary>Where a deal moves to.</summary>
public sealed record MoveDeal
{
    /// <summary>The key of a stage of the deal's pipeline.</summary>
    [Required, StageKey] public required string Stage { get; init; }

    /// <summary>Required for a stage of the kind <c>LOST</c>, refused for others.</summary>
    [StringLength(500)] public string? LostReason { get; init; }

    /// <summary>For a closing stage: when it was closed, not in the future; by default now.</summary>
    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>A sale that may come about.</summary>
public sealed record DealView : RecordView
{
    public required string Name { get; init; }
    public required Guid? LeadId { get; init; }

    /// <summary>The customer in the registry.</summary>
    public required string? CustomerId { get; init; }

    public required Guid PipelineId { get; init; }
    public required string Stage { get; init; }
    public required DateTimeOffset StageEnteredAt { get; init; }
    [Money] public required decimal? Value { get; init; }
    public required string Currency { get; init; }

    /// <summary>Percent; null where the stage's counts.</summary>
    [Range(0, 100)] public required int? Probability { get; init; }

    public required DateOnly? ExpectedCloseDate { get; init; }
    public required string? OwnerId { get; init; }
    public required string? Description { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required DateTimeOffset? ClosedAt { get; init; }
    public required string? LostReason { get; init; }

    /// <summary>Value × probability ÷ 100, with the stage's probability where the deal has none; rounded half to even at four decimals.</summary>
    [Money] public required decimal? WeightedValue { get; init; }

    /// <summary>An amount weighted by a probability in percent.</summary>
    public static decimal? Weigh(decimal? value, int probability) =>
        value is { } amount ? decimal.Round(amount * probability / 100, 4, MidpointRounding.ToEven) : null;
}

/// <summary>Which deals, in which order.</summary>
[Sortable("-createdAt", "createdAt", "updatedAt", "name", "value", "expectedCloseDate", "stageEnteredAt", "closedAt", "relevance")]
public sealed record DealQuery : RecordQuery
{
    public IReadOnlyList<Guid>? PipelineId { get; init; }
    public IReadOnlyList<string>? Stage { get; init; }

    /// <summary>Whether the stage is neither won nor lost.</summary>
    public bool? Open { get; init; }

    /// <summary>The owner's id; <c>me</c> for the caller, <c>none</c> for deals that nobody owns.</summary>
    public IReadOnlyList<string>? OwnerId { get; init; }

    public IReadOnlyList<Guid>? LeadId { get; init; }
    public IReadOnlyList<string>? CustomerId { get; init; }
    public IReadOnlyList<string>? Tag { get; init; }

    /// <summary>Whether an open deal has stood in its stage for longer than the stage's days.</summary>
    public bool? Rotting { get; init; }

    [Money] public decimal? ValueFrom { get; init; }
    [Money] public decimal? ValueTo { get; init; }
    public DateOnly? ExpectedCloseFrom { get; init; }
    public DateOnly? ExpectedCloseTo { get; init; }
    public DateTimeOffset? ClosedFrom { get; init; }
    public DateTimeOffset? ClosedTo { get; init; }
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
}

/// <summary>A stay of a deal in a stage.</summary>
public sealed record DealStayView
{
    public required Guid PipelineId { get; init; }
    public required string Stage { get; init; }
    public required StageKind Kind { get; init; }
    public required DateTimeOffset EnteredAt { get; init; }

    /// <summary>Null while it stands there.</summary>
    public required DateTimeOffset? LeftAt { get; init; }

    /// <summary>The user who moved it there.</summary>
    public required string EnteredBy { get; init; }

    /// <summary>Seconds from entering to leaving, or to now; null in a closing stage, where time doesn't count.</summary>
    public required long? Seconds { get; init; }

    /// <summary>The deal's value at the end of the stay, or now.</summary>
    [Money] public required decimal? Value { get; init; }

    public required string Currency { get; init; }
}
