using System.ComponentModel.DataAnnotations;

namespace Crm.Contracts.Health;

/// <summary>Whether the service can do its work.</summary>
public sealed record HealthView
{
    /// <summary><c>healthy</c>, <c>degraded</c> (it serves, something beside it is missing) or <c>unhealthy</c>.</summary>
    [AllowedValues("healthy", "degraded", "unhealthy")] public required string Status { get; init; }

    public required string Version { get; init; }

    public required IReadOnlyDictionary<string, HealthCheckView> Checks { get; init; }
}

/// <summary>How one of the things that the service needs is doing.</summary>
public sealed record HealthCheckView
{
    [AllowedValues("healthy", "degraded", "unhealthy")] public required string Status { get; init; }
    public required double DurationMs { get; init; }
}
