using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Crm.Events;

/// <summary>How long it takes from a write to its arrival behind the broker, and how many a second arrive.</summary>
internal static class BrokerRun
{
    private const int Writers = 8;

    public static async Task RunAsync(string name, Uri url, string key, Uri amqp, int writes)
    {
        using var http = Writer.Client(url);
        await using var connection = await new ConnectionFactory { Uri = amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("crm.events", ExchangeType.Topic, durable: true);
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, "crm.events", "#");
        var arrived = new ConcurrentDictionary<Guid, long>();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            var now = Stopwatch.GetTimestamp();
            using var cloudEvent = JsonDocument.Parse(message.Body);
            arrived.TryAdd(Guid.Parse(cloudEvent.RootElement.GetProperty("subject").GetString()!.Split('/')[1]), now);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);

        await WriteAsync(1, Math.Min(writes, 200)); // warm
        Print("one writer", await WriteAsync(1, writes / 8));
        Print($"{Writers} writers", await WriteAsync(Writers, writes));

        async Task<(int Count, double Seconds, double All, List<double> Latencies)> WriteAsync(int writers, int count)
        {
            var tenant = new Writer(http, key);
            await tenant.WriteAsync(0); // the tenant is made by its first request
            var written = new ConcurrentQueue<(Guid Id, long Sent, long Answered)>();
            var next = 0;
            var begun = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
            {
                while (Interlocked.Increment(ref next) is var n && n <= count) written.Enqueue(await tenant.WriteAsync(n));
            }));
            var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            while (!written.All(write => arrived.ContainsKey(write.Id))) await Task.Delay(2);
            var last = written.Max(write => arrived[write.Id]);
            return (count, seconds, Stopwatch.GetElapsedTime(begun, last).TotalSeconds, [.. written.Select(write => Stopwatch.GetElapsedTime(write.Answered, arrived[write.Id]).TotalMilliseconds)]);
        }

        void Print(string how, (int Count, double Seconds, double All, List<double> Latencies) seen) => Console.WriteLine(
            $"| {name} | {how} | {seen.Count} | {seen.Count / seen.Seconds:0} | {seen.Count / seen.All:0} | {Writer.Percentile(seen.Latencies, 50):0.0} | {Writer.Percentile(seen.Latencies, 99):0.0} |");
    }
}
