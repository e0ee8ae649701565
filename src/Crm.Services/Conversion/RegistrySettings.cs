namespace Crm.Services.Conversion;

/// <summary>Which registry, and how it is asked.</summary>
public sealed record RegistrySettings
{
    /// <summary>Null for the registry that the service brings along.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The secret that it is shown; null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
