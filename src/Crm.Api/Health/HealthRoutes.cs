using System.Reflection;
using Crm.Api.Hosting;
using Crm.Contracts.Health;
using Crm.Contracts.Json;
using Crm.Messaging.Caching;
using Crm.Messaging.Events;
using Crm.Services.Conversion;
using Crm.Services.Operations;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crm.Api.Health;

/// <summary>Whether the process lives, whether it can serve, and how what it needs is doing. For anybody to ask.</summary>
internal static class HealthRoutes
{
    /// <summary>What the service can't serve without.</summary>
    private const string Needed = "needed";

    private static readonly string Version =
        typeof(HealthRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static void AddCrmHealth(this IServiceCollection services, CrmSettings settings)
    {
        var checks = services.AddHealthChecks().AddCheck<DatabaseCheck>("database", HealthStatus.Unhealthy, [Needed], TimeSpan.FromSeconds(3));
        if (settings.Registry.BaseUrl is not null) checks.AddCheck<RegistryCheck>("registry", HealthStatus.Degraded, [], TimeSpan.FromSeconds(3));
        if (settings.Rabbit is not null) checks.AddCheck<RabbitCheck>("rabbitmq", HealthStatus.Degraded, [], TimeSpan.FromSeconds(5));
        if (settings.Redis is not null) checks.AddCheck<RedisCheck>("redis", HealthStatus.Degraded, [], TimeSpan.FromSeconds(3));
    }

    public static void MapCrmHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", (HttpContext context, CancellationToken ct) => AnswerAsync(context, _ => false, ct)).WithName("GetLiveness").WithSummary("Whether the process lives").Produces<HealthView>().AllowAnonymous();
        health.MapGet("/ready", (HttpContext context, CancellationToken ct) => AnswerAsync(context, check => check.Tags.Contains(Needed), ct)).WithName("GetReadiness").WithSummary("Whether the service can serve").Describe();
        health.MapGet("/", (HttpContext context, CancellationToken ct) => AnswerAsync(context, _ => true, ct)).WithName("GetHealth").WithSummary("How everything that the service needs is doing").Describe();
    }

    private static void Describe(this RouteHandlerBuilder route) =>
        route.Produces<HealthView>().Produces<HealthView>(StatusCodes.Status503ServiceUnavailable).AllowAnonymous();

    private static async Task AnswerAsync(HttpContext context, Func<HealthCheckRegistration, bool> which, CancellationToken ct)
    {
        var report = await context.RequestServices.GetRequiredService<HealthCheckService>().CheckHealthAsync(which, ct);
        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        var view = new HealthView
        {
            Status = Name(report.Status),
            Version = Version,
            Checks = report.Entries.ToDictionary(
                entry => entry.Key,
                entry => new HealthCheckView { Status = Name(entry.Value.Status), DurationMs = Math.Round(entry.Value.Duration.TotalMilliseconds, 1) },
                StringComparer.Ordinal),
        };
        await context.Response.WriteAsJsonAsync(view, CrmJson.Options, ct);
    }

    private static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();

    private sealed class RegistryCheck(IRegistry registry) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await registry.AnswersAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded();
    }

    private sealed class RabbitCheck(Broker broker) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await broker.AnswersAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded();
    }

    private sealed class RedisCheck(Redis redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await redis.AnswersAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded();
    }

    private sealed class DatabaseCheck(DatabaseProbe database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await database.AnswersAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
    }
}
