using System.ComponentModel.DataAnnotations;
using Crm.Contracts.Lists;

namespace Crm.Contracts.Webhooks;

/// <summary>What came of sending an event to an endpoint.</summary>
public enum DeliveryOutcome
{
    /// <summary>The endpoint took it: it answered 2xx.</summary>
    Succeeded,

    /// <summary>It answered something else, or not in time, or couldn't be reached.</summary>
    Failed,
}

/// <summary>An attempt to send an event to an endpoint. The newest 1000 of each webhook are kept, for 14 days.</summary>
public sealed record WebhookDeliveryView : IIdentified
{
    public required Guid Id { get; init; }

    /// <summary>The event's id, which it is sent with as <c>webhook-id</c>: the same in each attempt.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The event's type; <c>webhook.test</c> for a test.</summary>
    public required string Type { get; init; }

    /// <summary>Which attempt of this event it was, from 1 on.</summary>
    public required int Attempt { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took until it was answered, or given up.</summary>
    public required int DurationMs { get; init; }

    public required DeliveryOutcome Outcome { get; init; }

    /// <summary>The HTTP status of the answer; null where there was none.</summary>
    public required int? Status { get; init; }

    /// <summary>Why it failed; null where it didn't.</summary>
    public required string? Problem { get; init; }

    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    /// <summary>As it was sent; its first 64 KiB.</summary>
    public required string RequestBody { get; init; }

    /// <summary>Those of the answer that help to find a fault.</summary>
    public required IReadOnlyDictionary<string, string> AnswerHeaders { get; init; }

    /// <summary>The first 4 KiB of the answer; null where there was none.</summary>
    public required string? AnswerBody { get; init; }
}

/// <summary>Which attempts of a webhook, in which order.</summary>
[Sortable("-at", "at")]
public sealed record WebhookDeliveryQuery : PageQuery
{
    public IReadOnlyList<DeliveryOutcome>? Outcome { get; init; }

    /// <summary>The types of the events.</summary>
    public IReadOnlyList<string>? Type { get; init; }

    public IReadOnlyList<Guid>? EventId { get; init; }
}

/// <summary>Which events to send again at once, of those that the endpoint refused; all of them, where it says nothing.</summary>
public sealed record RedriveWebhook
{
    /// <summary>This one.</summary>
    public Guid? EventId { get; init; }

    /// <summary>Those that it has refused since then.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>From when on to send all events again.</summary>
public sealed record ReplayWebhook
{
    /// <summary>The moment; not in the future.</summary>
    [Required] public DateTimeOffset? Since { get; init; }
}

/// <summary>How much is to be sent again.</summary>
public sealed record WebhookRepeatView
{
    /// <summary>How many events are looked at again; those that the webhook isn't told of are passed over then.</summary>
    public required int Count { get; init; }
}
