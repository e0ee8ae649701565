using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Events;

/// <summary>An event that somebody wouldn't take, and that is told no more unless it is asked for.</summary>
public sealed record ParkedEventView : IIdentified
{
    public required Guid Id { get; init; }

    /// <summary>Who wouldn't take it, such as <c>rabbitmq</c> or <c>webhook:{id}</c>.</summary>
    public required string Consumer { get; init; }

    /// <summary>How often it was told.</summary>
    public required int Tries { get; init; }

    /// <summary>Why it wasn't taken the last time.</summary>
    public required string Problem { get; init; }

    /// <summary>When it was told first.</summary>
    public required DateTimeOffset HeldAt { get; init; }

    /// <summary>When it was given up.</summary>
    public required DateTimeOffset ParkedAt { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>Such as <c>lead.updated</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Of what it tells, such as <c>leads/{id}</c>.</summary>
    public required string Subject { get; init; }
}

/// <summary>Which parked events, in which order.</summary>
[Sortable("-parkedAt", "parkedAt")]
public sealed record ParkedEventQuery : PageQuery
{
    /// <summary>Those that these consumers wouldn't take.</summary>
    public IReadOnlyList<string>? Consumer { get; init; }

    public DateTimeOffset? ParkedFrom { get; init; }
    public DateTimeOffset? ParkedTo { get; init; }
}

/// <summary>Which of a consumer's parked or held events to tell again.</summary>
public sealed record RedriveEvents
{
    /// <summary>Whom to tell, such as <c>rabbitmq</c>.</summary>
    [Required, StringLength(100)] public required string Consumer { get; init; }

    /// <summary>One event; null for all.</summary>
    public Guid? EventId { get; init; }

    /// <summary>Only what it was told in vain since then; null for all.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>What is told again.</summary>
public sealed record RedrivenView
{
    /// <summary>How many events.</summary>
    public required int Count { get; init; }
}

/// <summary>Somebody who is told of the tenant's events, and how far.</summary>
public sealed record ConsumerView
{
    /// <summary>Such as <c>rabbitmq</c>, <c>notifications</c>, or <c>webhook:{id}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Everything up to this <c>sequence</c> was told, or is held.</summary>
    public required string Position { get; init; }

    /// <summary>How many events it is behind by, those of no interest to it among them.</summary>
    public required long Behind { get; init; }

    /// <summary>For about how many seconds the oldest of them has waited.</summary>
    public required long LagSeconds { get; init; }

    /// <summary>How many events it wouldn't take, or that wait behind one; they are told again by themselves.</summary>
    public required int Held { get; init; }

    /// <summary>How many events were given up.</summary>
    public required int Parked { get; init; }

    /// <summary>Why nothing can be told to it now; null where it can.</summary>
    public required string? Problem { get; init; }

    /// <summary>When it is tried again; null where nothing is in the way.</summary>
    public required DateTimeOffset? RestsUntil { get; init; }
}

/// <summary>Everybody who is told of the tenant's events.</summary>
public sealed record ConsumerList
{
    public required IReadOnlyList<ConsumerView> Items { get; init; }
}
