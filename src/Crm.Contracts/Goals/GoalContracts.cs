using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Goals;

/// <summary>What a goal counts of the deals that are won.</summary>
public enum GoalMetric
{
    /// <summary>What they are worth.</summary>
    Value,

    /// <summary>How many they are.</summary>
    Count,
}

/// <summary>What a manager writes of a goal: how much a member or a team is to win in a month or quarter.</summary>
public sealed record GoalFields
{
    /// <summary>Whose goal it is, where it is a member's: that or <c>teamId</c> is given. <c>me</c> for the caller.</summary>
    [StringLength(128)] public string? OwnerId { get; init; }

    /// <summary>Whose goal it is, where it is a team's: what all who are in it win counts.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>A month, <c>2026-11</c>, or a quarter, <c>2026-Q4</c>, in the tenant's time zone.</summary>
    [Required, GoalPeriod] public required string Period { get; init; }

    public GoalMetric Metric { get; init; } = GoalMetric.Value;

    /// <summary>How much is to be won, above 0; a whole number where deals are counted.</summary>
    [Required, Money] public required decimal Target { get; init; }

    /// <summary>Of the target, where it is a value; by default the tenant's. None where deals are counted.</summary>
    [Currency] public string? Currency { get; init; }

    /// <summary>Only deals of this pipeline count; null for those of all.</summary>
    public Guid? PipelineId { get; init; }
}

/// <summary>How much a member or a team is to win in a month or quarter.</summary>
public sealed record GoalView : IIdentified, IVersioned
{
    public required Guid Id { get; init; }

    /// <summary>Whose it is; null for a team's.</summary>
    public required string? OwnerId { get; init; }

    /// <summary>Whose it is; null for a member's.</summary>
    public required Guid? TeamId { get; init; }

    /// <summary><c>2026-11</c> or <c>2026-Q4</c>.</summary>
    [GoalPeriod] public required string Period { get; init; }

    public required GoalMetric Metric { get; init; }

    public required decimal Target { get; init; }

    /// <summary>Of the target; null where deals are counted.</summary>
    [Currency] public required string? Currency { get; init; }

    /// <summary>Whose deals count; null for those of all pipelines.</summary>
    public required Guid? PipelineId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}

/// <summary>Which goals, in which order.</summary>
[Sortable("-period", "period", "createdAt")]
public sealed record GoalQuery : PageQuery
{
    /// <summary>Goals of these members; <c>me</c> for the caller.</summary>
    public IReadOnlyList<string>? OwnerId { get; init; }

    /// <summary>Goals of these teams.</summary>
    public IReadOnlyList<Guid>? TeamId { get; init; }

    /// <summary>Goals for exactly these months and quarters.</summary>
    [GoalPeriods] public IReadOnlyList<string>? Period { get; init; }
}
