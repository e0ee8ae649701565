using Crm.Contracts.Webhooks;

namespace Crm.Services.Webhooks;

/// <summary>What is sent to an endpoint.</summary>
/// <param name="Id">The event's, the same in each attempt.</param>
/// <param name="Type">The event's.</param>
/// <param name="Body">A CloudEvent in JSON.</param>
public sealed record WebhookMessage(Guid Id, string Type, ReadOnlyMemory<byte> Body);

/// <summary>An attempt to send something, and what came of it.</summary>
public sealed record WebhookAttempt
{
    public required WebhookMessage Message { get; init; }
    public required DateTimeOffset At { get; init; }
    public required TimeSpan Duration { get; init; }
    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    /// <summary>The status of the answer; null where there was none.</summary>
    public int? Status { get; init; }

    /// <summary>Why it failed; null where it didn't.</summary>
    public string? Problem { get; init; }

    public IReadOnlyDictionary<string, string> AnswerHeaders { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
    public string? AnswerBody { get; init; }

    /// <summary>When the endpoint wants to be asked again at the earliest, of an answer that may say so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => Problem is null;

    /// <summary>Whether the endpoint is gone for good.</summary>
    public bool IsGone => Status == 410;

    /// <summary>Whether nothing came back, so that the next event would fare no better.</summary>
    public bool IsUnanswered => Status is null;

    public DeliveryOutcome Outcome => Succeeded ? DeliveryOutcome.Succeeded : DeliveryOutcome.Failed;
}
