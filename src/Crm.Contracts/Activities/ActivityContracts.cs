using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Activities;

/// <summary>What was done.</summary>
public enum ActivityType { Call, Email, Meeting, Note }

/// <summary>Whether they turned to us, or we to them.</summary>
public enum ActivityDirection { Inbound, Outbound }

/// <summary>What a caller writes of an activity; it needs at least one of lead, deal and task.</summary>
public sealed record ActivityFields
{
    [Required, KeptWhenAbsent] public ActivityType? Type { get; init; }

    [Required, StringLength(200)] public required string Subject { get; init; }

    [StringLength(50_000)] public string? Body { get; init; }

    /// <summary>When it took place: by default now, not in the future.</summary>
    [KeptWhenAbsent] public DateTimeOffset? OccurredAt { get; init; }

    [Range(0, 1440)] public int? DurationMinutes { get; init; }

    public ActivityDirection? Direction { get; init; }

    public Guid? LeadId { get; init; }

    public Guid? DealId { get; init; }

    public Guid? TaskId { get; init; }
}

/// <summary>Something that was done: a call, an e-mail, a meeting, a note.</summary>
public sealed record ActivityView : RecordView
{
    public required ActivityType Type { get; init; }
    public required string Subject { get; init; }
    public required string? Body { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
    [Range(0, 1440)] public required int? DurationMinutes { get; init; }
    public required ActivityDirection? Direction { get; init; }
    public required Guid? LeadId { get; init; }
    public required Guid? DealId { get; init; }
    public required Guid? TaskId { get; init; }

    /// <summary>The member who did it.</summary>
    public required string UserId { get; init; }
}

/// <summary>Which activities, in which order.</summary>
[Sortable("-occurredAt", "occurredAt", "createdAt", "updatedAt", "relevance")]
public sealed record ActivityQuery : RecordQuery
{
    public IReadOnlyList<ActivityType>? Type { get; init; }

    /// <summary>The member's id; <c>me</c> for the caller.</summary>
    public IReadOnlyList<string>? UserId { get; init; }

    public IReadOnlyList<Guid>? LeadId { get; init; }
    public IReadOnlyList<Guid>? DealId { get; init; }
    public IReadOnlyList<Guid>? TaskId { get; init; }
    public DateTimeOffset? OccurredFrom { get; init; }
    public DateTimeOffset? OccurredTo { get; init; }
}
