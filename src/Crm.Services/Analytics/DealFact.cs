using Crm.Contracts.Pipelines;

namespace Crm.Services.Analytics;

/// <summary>A deal as it was at a report's instant, with what reports count and add; money in ten-thousandths.</summary>
internal sealed class DealFact
{
    public Guid DealId { get; init; }
    public Guid PipelineId { get; init; }
    public string Stage { get; init; } = "";
    public StageKind Kind { get; init; }
    public string? OwnerId { get; init; }
    public Guid? LeadId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public DateOnly? ExpectedCloseDate { get; init; }
    public string? LostReason { get; init; }
    public string Currency { get; init; } = "";
    public long Value { get; init; }

    /// <summary>Percent: the deal's own; null where its stage's counts.</summary>
    public int? Probability { get; init; }

    /// <summary>Value × probability ÷ 100, rounded half to even.</summary>
    public long Weighted { get; init; }

    /// <summary>Microseconds that it has stood in its stage, earlier stays included.</summary>
    public long InStage { get; init; }

    public bool IsRotting { get; init; }

    /// <summary>The keys of the stages of its pipeline in which it has ever stood, with commas between.</summary>
    public string Visited { get; init; } = "";
}

/// <summary>What a deal counts with in a figure.</summary>
internal sealed class Counted
{
    public Guid DealId { get; init; }
    public string Currency { get; init; } = "";
    public long Value { get; init; }
}
