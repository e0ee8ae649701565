using Crm.Contracts.Webhooks;
using Crm.Database.Tenancy;

namespace Crm.Database.Webhooks;

/// <summary>An attempt to send an event to an endpoint, kept for a while so that an admin sees what went wrong.</summary>
public sealed class WebhookDelivery : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid WebhookId { get; init; }
    public Guid EventId { get; init; }
    public string Type { get; init; } = "";
    public int Attempt { get; init; }
    public DateTimeOffset At { get; init; }
    public int DurationMs { get; init; }
    public DeliveryOutcome Outcome { get; init; }
    public int? Status { get; init; }
    public string? Problem { get; init; }

    /// <summary>As JSON, like those of the answer.</summary>
    public string RequestHeaders { get; init; } = "";

    public string RequestBody { get; init; } = "";
    public string AnswerHeaders { get; init; } = "";
    public string? AnswerBody { get; init; }
}
