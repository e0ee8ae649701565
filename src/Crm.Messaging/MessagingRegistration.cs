using Crm.Messaging.Caching;
using Crm.Messaging.Events;
using Crm.Services.Events;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Messaging;

public static class MessagingRegistration
{
    /// <summary>Registers the broker as one of those who are told of events.</summary>
    public static IServiceCollection AddRabbit(this IServiceCollection services, RabbitSettings settings) =>
        services.AddSingleton(settings).AddSingleton<Broker>().AddSingleton<IEventConsumer, RabbitConsumer>();

    /// <summary>Registers Redis as what the processes keep reports in for each other.</summary>
    public static IServiceCollection AddRedis(this IServiceCollection services, RedisSettings settings) =>
        services.AddSingleton(settings).AddSingleton<Redis>().AddSingleton<IDistributedCache, RedisCacheServer>();
}
