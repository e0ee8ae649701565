using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Activities;
using Crm.Contracts.Deals;
using Crm.Contracts.Events;
using Crm.Contracts.Lists;
using Crm.Contracts.Tasks;

namespace Crm.Contracts.Timelines;

/// <summary>Where a timeline's page begins and how long it is.</summary>
public sealed record TimelineQuery
{
    [Range(1, ListQuery.MaxTake)] public int Take { get; init; } = 20;

    /// <summary>The <c>nextCursor</c> of the page before.</summary>
    [StringLength(2000)] public string? Cursor { get; init; }
}

/// <summary>What stands in a timeline.</summary>
public enum TimelineKind { Event, Activity, Task, Deal }

/// <summary>Something that happened to a lead or deal, or stands by it. Exactly the member that its kind names is set.</summary>
public sealed record TimelineEntry
{
    public required TimelineKind Kind { get; init; }

    /// <summary>When it happened: of an event its time, of an activity when it took place, of a task or deal when it was made.</summary>
    public required DateTimeOffset At { get; init; }

    public EventView? Event { get; init; }
    public ActivityView? Activity { get; init; }
    public TaskView? Task { get; init; }
    public DealView? Deal { get; init; }
}

/// <summary>One page of a timeline, newest first.</summary>
public sealed record TimelinePage
{
    public required IReadOnlyList<TimelineEntry> Items { get; init; }

    /// <summary>Give it as <c>cursor</c> for what happened before; null at the beginning.</summary>
    public required string? NextCursor { get; init; }
}
