using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crm.Contracts.Conditions;
using Crm.Contracts.Lists;
using Crm.Contracts.Validation;

namespace Crm.Contracts.Webhooks;

/// <summary>Whether a webhook is told of events.</summary>
public enum WebhookState { Active, Disabled }

/// <summary>Why a webhook is told of nothing any more.</summary>
public enum WebhookDisabledReason
{
    /// <summary>An admin wanted it so.</summary>
    Requested,

    /// <summary>Its endpoint answered 410.</summary>
    Gone,

    /// <summary>Its endpoint took nothing for four days.</summary>
    Failing,
}

/// <summary>What an admin writes of a new webhook.</summary>
public sealed record WebhookFields
{
    /// <summary>Where events are sent: an <c>https://</c> address that the internet knows.</summary>
    [Required, StringLength(2000)] public required string Url { get; init; }

    /// <summary>What it is for.</summary>
    [StringLength(100)] public string? Name { get; init; }

    /// <summary>The types of events that it is told of; null for all that tell of records, and for <c>dashboard.delivered</c>.</summary>
    [EventTypes] public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Which of these events it is told of, by the record as it is after them and by what changed; null for all.</summary>
    [Condition] public JsonElement? Filter { get; init; }

    /// <summary>Whether it is told of events from now on.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>What of a webhook can be changed.</summary>
public sealed record WebhookChange
{
    /// <inheritdoc cref="WebhookFields.Url"/>
    [Required, StringLength(2000)] public required string Url { get; init; }

    /// <inheritdoc cref="WebhookFields.Name"/>
    [StringLength(100)] public string? Name { get; init; }

    /// <inheritdoc cref="WebhookFields.Types"/>
    [EventTypes] public IReadOnlyList<string>? Types { get; init; }

    /// <inheritdoc cref="WebhookFields.Filter"/>
    [Condition] public JsonElement? Filter { get; init; }
}

/// <summary>An endpoint that is told of a tenant's events, without its secret.</summary>
public record WebhookView : IVersioned, IIdentified
{
    public required Guid Id { get; init; }
    public required string Url { get; init; }
    public required string? Name { get; init; }

    /// <summary>The types of events that it is told of; null for all that tell of records, and for <c>dashboard.delivered</c>.</summary>
    public required IReadOnlyList<string>? Types { get; init; }

    /// <summary>Which of these events it is told of; null for all.</summary>
    public required JsonElement? Filter { get; init; }

    public required WebhookState State { get; init; }

    /// <summary>Since when it is told of nothing; null while it is active.</summary>
    public required DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Why; null while it is active.</summary>
    public required WebhookDisabledReason? DisabledReason { get; init; }

    /// <summary>Since when it has taken nothing; null while it does, or has been told of nothing yet. After four days it is disabled.</summary>
    public required DateTimeOffset? FailingSince { get; init; }

    /// <summary>When it took an event last; null for never.</summary>
    public required DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>Until when the secret before the present one signs, too; null where it signs no more.</summary>
    public required DateTimeOffset? PreviousSecretUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the user who made it.</summary>
    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The id of the user who changed it last.</summary>
    public required string UpdatedBy { get; init; }

    public required int Version { get; init; }

    /// <summary>The version, and how it goes with the endpoint, which makes no version.</summary>
    string IVersioned.Tag => $"{Version}-{LastDeliveredAt?.UtcTicks ?? 0}-{FailingSince?.UtcTicks ?? 0}";
}

/// <summary>A webhook with the secret that its events are signed by.</summary>
public sealed record SecretWebhookView : WebhookView
{
    /// <summary>Checks what is sent, by Standard Webhooks: <c>whsec_</c> and 32 bytes in base64. It is shown this once.</summary>
    public required string Secret { get; init; }
}

/// <summary>Which webhooks, in which order.</summary>
[Sortable("-createdAt", "createdAt")]
public sealed record WebhookQuery : PageQuery
{
    public IReadOnlyList<WebhookState>? State { get; init; }
}
