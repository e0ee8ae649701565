using Crm.Messaging.Events;
using Crm.Services.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Messaging;

public static class MessagingRegistration
{
    /// <summary>Registers the broker as one of those who are told of events.</summary>
    public static IServiceCollection AddRabbit(this IServiceCollection services, RabbitSettings settings) =>
        services.AddSingleton(settings).AddSingleton<Broker>().AddSingleton<IEventConsumer, RabbitConsumer>();
}
