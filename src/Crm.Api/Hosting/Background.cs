using Crm.Api.Audit;

namespace Crm.Api.Hosting;

/// <summary>What is done without being asked for; by the service, or alone by the worker.</summary>
internal static class Background
{
    public static IServiceCollection AddBackgroundWork(this IServiceCollection services) => services.AddHostedService<SealWorker>();
}
