using Crm.Contracts.Leads;

namespace Crm.Contracts.Analytics;

/// <summary>Which leads a figure of a report counts: of those that were made between <c>from</c> and <c>to</c>.</summary>
public sealed record CountedLeadQuery : CountedQuery
{
    /// <inheritdoc cref="LeadReportQuery.PipelineId"/>
    public new IReadOnlyList<Guid>? PipelineId => base.PipelineId;

    /// <summary>Which figure; by default all that were made.</summary>
    public LeadFigure Figure { get; init; }

    /// <summary>Leads with one of these statuses, at <c>asOf</c>.</summary>
    public IReadOnlyList<LeadStatus>? Status { get; init; }
}

/// <summary>A figure of the report on leads.</summary>
public enum LeadFigure
{
    /// <summary>All that were made.</summary>
    Created,

    /// <summary>Those for which there is an outbound call, e-mail or meeting by a person.</summary>
    Contacted,

    /// <summary>Those for which there is none.</summary>
    Unanswered,

    /// <summary>Those that have become customers.</summary>
    Converted,
}

/// <summary>A lead as a figure of a report counts it.</summary>
public sealed record CountedLeadView
{
    public required Guid LeadId { get; init; }

    /// <summary>What the lead is called today, all else being as it was at <c>asOf</c>; null where the caller doesn't see it any more.</summary>
    public required string? Name { get; init; }

    public required LeadStatus Status { get; init; }
    public required LeadSource Source { get; init; }
    public required string? OwnerId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? ConvertedAt { get; init; }

    /// <summary>When the first outbound call, e-mail or meeting by a person took place; null for none.</summary>
    public required DateTimeOffset? FirstOutboundAt { get; init; }

    /// <summary>The minutes from its making until then, with four decimals; 0 where that was before; null for none.</summary>
    public required decimal? ResponseMinutes { get; init; }

    /// <summary>The same with the tenant's working time alone; null for none, or where it never works.</summary>
    public required decimal? ResponseWorkingMinutes { get; init; }
}
