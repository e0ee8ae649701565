using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Crm.Examples;

/// <summary>Hears of won deals, of each once.</summary>
public static class Consumer
{
    /// <param name="channel">Of a connection with the broker.</param>
    /// <param name="done">The ids of events that were handled: in life a table, written in the transaction of what is done.</param>
    /// <param name="handle">What to do: with the event as JSON.</param>
    public static async Task ListenAsync(IChannel channel, ISet<string> done, Func<ReadOnlyMemory<byte>, Task> handle)
    {
        await channel.ExchangeDeclareAsync("crm.events", ExchangeType.Topic, durable: true);
        await channel.QueueDeclareAsync("won-deals", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("won-deals", "crm.events", "deal.won");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            if (done.Add(message.BasicProperties.MessageId!)) await handle(message.Body);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync("won-deals", autoAck: false, consumer);
    }
}
