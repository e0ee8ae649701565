namespace Crm.Contracts.Notifications;

/// <summary>Of what a user is told.</summary>
public enum NotificationKind
{
    /// <summary>Somebody else gave the user a task.</summary>
    TaskAssigned,

    /// <summary>Somebody else gave the user a lead.</summary>
    LeadAssigned,

    /// <summary>Somebody else gave the user a deal.</summary>
    DealAssigned,

    /// <summary>The time has come at which a task of the user's was to be called to mind.</summary>
    TaskReminder,

    /// <summary>A task of the user's is due and isn't done.</summary>
    TaskOverdue,

    /// <summary>Somebody else won a deal of the user's.</summary>
    DealWon,

    /// <summary>Somebody else lost a deal of the user's.</summary>
    DealLost,

    /// <summary>A deal of the user's has stood in its stage for longer than it should.</summary>
    DealRotting,

    /// <summary>The registry wouldn't have the customer that the user wanted made, or that a lead of the user's was to become.</summary>
    ConversionFailed,

    /// <summary>No candidate of a routing rule could take a lead: it went to the fallback, waits, or stays with whoever didn't contact it in time. For managers and admins.</summary>
    LeadUnrouted,

    /// <summary>A webhook was switched off. For admins.</summary>
    WebhookDisabled,

    /// <summary>A workflow had something to tell the user.</summary>
    Workflow,
}

/// <summary>Something that a user is told.</summary>
public sealed record NotificationView : IVersioned
{
    public required Guid Id { get; init; }

    /// <summary>Its place among the tenant's notifications, from 1 on; the caller's own have gaps where others' stand.</summary>
    public required long Number { get; init; }

    public required NotificationKind Kind { get; init; }

    /// <summary>What it is about, such as <c>tasks/{id}</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What its subject was called at that time.</summary>
    public required string Title { get; init; }

    /// <summary>The id of the user who did it; for what the service does by itself, what it is called.</summary>
    public required string Actor { get; init; }

    /// <summary>The event that it tells of.</summary>
    public required Guid EventId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was marked as read first; null for unread.</summary>
    public required DateTimeOffset? ReadAt { get; init; }

    /// <summary>Rises with each time that it is marked; the ETag.</summary>
    public required int Version { get; init; }
}

/// <summary>How many notifications the caller hasn't read.</summary>
public sealed record UnreadCountView
{
    public const int Cap = 1000;

    /// <summary>Counted up to 1 000.</summary>
    public required int Unread { get; init; }

    /// <summary>False where there are more than were counted.</summary>
    public required bool UnreadIsExact { get; init; }
}

/// <summary>Which of the caller's notifications to mark as read.</summary>
public sealed record ReadAll
{
    /// <summary>Those made at this instant or before it, such as the newest that was shown; null for all.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>By which ways a user wants to be told of a kind.</summary>
public sealed record ChannelFields
{
    /// <summary>Among the notifications. Left out or null, it stays as it is; in a PUT, as it is at first: true.</summary>
    public bool? InApp { get; init; }

    /// <summary>By e-mail, where the service sends any. Left out or null, it stays as it is; in a PUT, as it is at first: false.</summary>
    public bool? Email { get; init; }
}

/// <summary>By which ways a user wants to be told of what. A kind that is null is told as at first: among the notifications, and not by e-mail.</summary>
public sealed record PreferenceFields
{
    public ChannelFields? TaskAssigned { get; init; }
    public ChannelFields? LeadAssigned { get; init; }
    public ChannelFields? DealAssigned { get; init; }
    public ChannelFields? TaskReminder { get; init; }
    public ChannelFields? TaskOverdue { get; init; }
    public ChannelFields? DealWon { get; init; }
    public ChannelFields? DealLost { get; init; }
    public ChannelFields? DealRotting { get; init; }
    public ChannelFields? ConversionFailed { get; init; }
    public ChannelFields? LeadUnrouted { get; init; }
    public ChannelFields? WebhookDisabled { get; init; }
    public ChannelFields? Workflow { get; init; }
}

/// <summary>By which ways a user is told of a kind.</summary>
public sealed record ChannelView
{
    public required bool InApp { get; init; }
    public required bool Email { get; init; }
}

/// <summary>By which ways a user is told of what.</summary>
public sealed record PreferenceView : IVersioned
{
    public required ChannelView TaskAssigned { get; init; }
    public required ChannelView LeadAssigned { get; init; }
    public required ChannelView DealAssigned { get; init; }
    public required ChannelView TaskReminder { get; init; }
    public required ChannelView TaskOverdue { get; init; }
    public required ChannelView DealWon { get; init; }
    public required ChannelView DealLost { get; init; }
    public required ChannelView DealRotting { get; init; }
    public required ChannelView ConversionFailed { get; init; }
    public required ChannelView LeadUnrouted { get; init; }
    public required ChannelView WebhookDisabled { get; init; }
    public required ChannelView Workflow { get; init; }

    /// <summary>Rises with each change; the ETag.</summary>
    public required int Version { get; init; }
}
