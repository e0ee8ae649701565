using Crm.Api.Alarms;
using Crm.Api.Audit;
using Crm.Api.Conversion;
using Crm.Api.Dashboards;
using Crm.Api.Events;
using Crm.Api.Notifications;
using Crm.Api.Routing;
using Crm.Api.Scoring;
using Crm.Api.Workflows;
using Crm.Messaging;
using Crm.Services;
using Crm.Services.Conversion;

namespace Crm.Api.Hosting;

/// <summary>What is done without being asked for; by the service, or alone by the worker.</summary>
internal static class Background
{
    /// <summary>What goes on with conversions, whoever begins with them.</summary>
    public static void AddConversion(this IServiceCollection services, CrmSettings settings)
    {
        if (settings.CrashAt is { } place) CrashPoints.Arm(place);
        services.AddRegistry(settings.Registry).AddHostedService<ConversionDrain>();
    }

    /// <summary>Who is told of events, by whoever does the background work.</summary>
    public static void AddEventConsumers(this IServiceCollection services, CrmSettings settings)
    {
        if (settings.Rabbit is { } rabbit) services.AddRabbit(rabbit);
    }

    public static IServiceCollection AddBackgroundWork(this IServiceCollection services) => services
        .AddHostedService<SealWorker>()
        .AddHostedService<RelayWorker>()
        .AddHostedService<ConversionWorker>()
        .AddHostedService<AlarmWorker>()
        .AddHostedService<RoutingWorker>()
        .AddHostedService<WorkflowWorker>()
        .AddHostedService<WorkflowClockWorker>()
        .AddHostedService<WorkflowCallWorker>()
        .AddHostedService<MailWorker>()
        .AddHostedService<DashboardWorker>()
        .AddHostedService<DashboardMailWorker>()
        .AddHostedService<ScoringWorker>()
        .AddHostedService<TrainingWorker>()
        .AddHostedService<TidyWorker>();
}
