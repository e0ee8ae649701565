using Crm.Contracts.Goals;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Analytics;

/// <summary>A goal, and how far it was attained.</summary>
public sealed record AttainedGoal
{
    public required Guid GoalId { get; init; }

    /// <summary>Whose goal it is; null for a team's.</summary>
    public required string? OwnerId { get; init; }

    /// <summary>Whose goal it is; null for a member's.</summary>
    public required Guid? TeamId { get; init; }

    /// <summary><c>2026-11</c> or <c>2026-Q4</c>.</summary>
    [GoalPeriod] public required string Period { get; init; }

    public required GoalMetric Metric { get; init; }

    /// <summary>Whose deals count; null for those of all pipelines.</summary>
    public required Guid? PipelineId { get; init; }

    public required decimal Target { get; init; }

    /// <summary>Of the target and of what is attained, whatever the currency of the report; null where deals are counted.</summary>
    [Currency] public required string? Currency { get; init; }

    /// <summary>Of the deals that were won in the period, by the day of closing, and belong to the owner or to those who were in the team at <c>asOf</c>: what they are worth, each converted by the rate of its closing day, or how many they are.</summary>
    public required decimal Attained { get; init; }

    /// <summary>Attained ÷ target, with four decimals.</summary>
    public required decimal Ratio { get; init; }

    /// <summary>What was won in other currencies and has no rate: it isn't in <c>attained</c>. Null for nothing.</summary>
    public required IReadOnlyList<UnconvertedAmount>? Unconverted { get; init; }

    public required string DrillDown { get; init; }
}

/// <summary>A value in a currency that there is no rate for.</summary>
public sealed record UnconvertedAmount
{
    [Currency] public required string Currency { get; init; }
    public required decimal Value { get; init; }
}
