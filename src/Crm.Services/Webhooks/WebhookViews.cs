using System.Text;
using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Contracts.Webhooks;
using Crm.Database.Webhooks;
using Crm.Services.Audit;

namespace Crm.Services.Webhooks;

internal static class WebhookViews
{
    private const int MostBody = 64 * 1024;

    public static WebhookView Of(Webhook webhook) => new()
    {
        Id = webhook.Id,
        Url = webhook.Url,
        Name = webhook.Name,
        Types = webhook.Types,
        Filter = webhook.Fields().Filter,
        State = webhook.State,
        DisabledAt = webhook.DisabledAt,
        DisabledReason = webhook.DisabledReason,
        FailingSince = webhook.FailingSince,
        LastDeliveredAt = webhook.LastDeliveredAt,
        PreviousSecretUntil = webhook.PreviousSecretUntil,
        CreatedAt = webhook.CreatedAt,
        CreatedBy = webhook.CreatedBy,
        UpdatedAt = webhook.UpdatedAt,
        UpdatedBy = webhook.UpdatedBy,
        Version = webhook.Version,
    };

    /// <summary>With its secret, for the one answer that shows it.</summary>
    public static SecretWebhookView WithSecret(Webhook webhook) => new()
    {
        Id = webhook.Id,
        Url = webhook.Url,
        Name = webhook.Name,
        Types = webhook.Types,
        Filter = webhook.Fields().Filter,
        State = webhook.State,
        DisabledAt = webhook.DisabledAt,
        DisabledReason = webhook.DisabledReason,
        FailingSince = webhook.FailingSince,
        LastDeliveredAt = webhook.LastDeliveredAt,
        PreviousSecretUntil = webhook.PreviousSecretUntil,
        CreatedAt = webhook.CreatedAt,
        CreatedBy = webhook.CreatedBy,
        UpdatedAt = webhook.UpdatedAt,
        UpdatedBy = webhook.UpdatedBy,
        Version = webhook.Version,
        Secret = WebhookSignature.TextOf(webhook.Secret),
    };

    public static WebhookDeliveryView Of(WebhookDelivery delivery) => new()
    {
        Id = delivery.Id,
        EventId = delivery.EventId,
        Type = delivery.Type,
        Attempt = delivery.Attempt,
        At = delivery.At,
        DurationMs = delivery.DurationMs,
        Outcome = delivery.Outcome,
        Status = delivery.Status,
        Problem = delivery.Problem,
        RequestHeaders = HeadersOf(delivery.RequestHeaders),
        RequestBody = delivery.RequestBody,
        AnswerHeaders = HeadersOf(delivery.AnswerHeaders),
        AnswerBody = delivery.AnswerBody,
    };

    public static WebhookDelivery RowOf(Guid tenantId, Guid webhookId, WebhookAttempt attempt, int number) => new()
    {
        TenantId = tenantId,
        Id = Guid.CreateVersion7(attempt.At),
        WebhookId = webhookId,
        EventId = attempt.Message.Id,
        Type = attempt.Message.Type,
        Attempt = number,
        At = attempt.At,
        DurationMs = (int)attempt.Duration.TotalMilliseconds,
        Outcome = attempt.Outcome,
        Status = attempt.Status,
        Problem = attempt.Problem,
        RequestHeaders = JsonSerializer.Serialize(attempt.RequestHeaders),
        RequestBody = Encoding.UTF8.GetString(attempt.Message.Body.Span[..Math.Min(attempt.Message.Body.Length, MostBody)]),
        AnswerHeaders = JsonSerializer.Serialize(attempt.AnswerHeaders),
        AnswerBody = attempt.AnswerBody,
    };

    /// <summary>What the audit says of one that is disabled.</summary>
    public static IReadOnlyDictionary<string, FieldChange> DisabledFor(WebhookDisabledReason reason) => new Dictionary<string, FieldChange>(Differences.Of("state", WebhookState.Active, WebhookState.Disabled), StringComparer.Ordinal)
    {
        ["disabledReason"] = Differences.Of("disabledReason", (WebhookDisabledReason?)null, reason)["disabledReason"],
    };

    private static Dictionary<string, string> HeadersOf(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
}
