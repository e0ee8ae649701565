namespace Crm.Services.Webhooks;

/// <summary>How events are sent to webhooks.</summary>
public sealed record WebhookSettings
{
    /// <summary>How long an attempt may take in all.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether endpoints may be in private networks, and be asked by plain HTTP. For tests, and for tenants that are all trusted.</summary>
    public bool AllowPrivateNetworks { get; init; }
}
