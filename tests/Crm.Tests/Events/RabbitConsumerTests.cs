using System.Text.Json;
using Crm.Contracts.Events;
using Crm.Messaging.Events;
using Crm.Services.Events;
using Crm.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Crm.Tests.Events;

[Collection(RabbitTests.Name)]
public sealed class RabbitConsumerTests(RabbitServer server)
{
    [Fact]
    public async Task An_exchange_that_is_deleted_is_made_again()
    {
        await using var broker = new Broker(new RabbitSettings { Uri = server.Uri }, TimeProvider.System, NullLogger<Broker>.Instance);
        var (consumer, entry) = (new RabbitConsumer(broker, new RabbitSettings { Uri = server.Uri }), Entry());
        await using (await RabbitQueue.OpenAsync(server, "lead.created"))
        {
            (await TellAsync(consumer, entry)).ShouldBe([Delivery.Told]);
        }

        await using (var connection = await server.ConnectAsync())
        {
            var channel = await connection.CreateChannelAsync(cancellationToken: TestContext.Current.CancellationToken);
            await channel.ExchangeDeleteAsync("crm.events", cancellationToken: TestContext.Current.CancellationToken);
        }

        (await Should.ThrowAsync<ConsumerAwayException>(() => TellAsync(consumer, entry))).Message.ShouldContain("crm.events");
        (await TellAsync(consumer, entry)).ShouldBe([new Delivery.Refused("No queue is bound to crm.events for lead.created.")]);
    }

    [Fact]
    public async Task A_broker_that_runs_out_of_memory_is_waited_for()
    {
        await using var broker = new Broker(new RabbitSettings { Uri = server.Uri }, TimeProvider.System, NullLogger<Broker>.Instance);
        var consumer = new RabbitConsumer(broker, new RabbitSettings { Uri = server.Uri });
        await using var queue = await RabbitQueue.OpenAsync(server, "lead.created");
        var (first, second) = (Entry(), Entry());
        await server.ControlAsync("set_vm_memory_high_watermark", "0.00001");
        try
        {
            await Should.ThrowAsync<ConsumerAwayException>(() => TellAsync(consumer, first));
            (await Should.ThrowAsync<ConsumerAwayException>(() => TellAsync(consumer, first, second))).Message.ShouldContain("takes nothing at the moment");
            (await broker.AnswersAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
        }
        finally
        {
            await server.ControlAsync("set_vm_memory_high_watermark", "0.4");
        }

        while (!await broker.AnswersAsync(TestContext.Current.CancellationToken)) await Task.Delay(50, TestContext.Current.CancellationToken);
        (await ToldAsync(consumer, first, second)).ShouldBe([Delivery.Told, Delivery.Told]);
        (await queue.OfAsync(first.TenantId, 1)).ShouldHaveSingleItem().Id.ShouldBe(first.Id);
        (await queue.OfAsync(second.TenantId, 1)).ShouldHaveSingleItem().Id.ShouldBe(second.Id);
    }

    [Fact]
    public async Task Where_nothing_listens_it_is_away_and_left_alone_for_a_while()
    {
        var settings = new RabbitSettings { Uri = new Uri("amqp://crm:secret@127.0.0.1:1/") };
        await using var broker = new Broker(settings, TimeProvider.System, NullLogger<Broker>.Instance);
        var consumer = new RabbitConsumer(broker, settings);

        var first = await Should.ThrowAsync<ConsumerAwayException>(() => TellAsync(consumer, Entry()));
        var second = await Should.ThrowAsync<ConsumerAwayException>(() => TellAsync(consumer, Entry()));

        first.Message.ShouldBe("The broker can't be reached.");
        second.After!.Value.ShouldBeInRange(TimeSpan.Zero, first.After!.Value);
    }

    [Fact]
    public async Task What_was_refused_is_tried_again_ever_later_ten_times_in_all()
    {
        await using var broker = new Broker(new RabbitSettings { Uri = server.Uri }, TimeProvider.System, NullLogger<Broker>.Instance);
        var consumer = new RabbitConsumer(broker, new RabbitSettings { Uri = server.Uri });

        for (var tries = 1; tries < 10; tries++)
        {
            var longest = Math.Pow(2, tries - 1);
            consumer.NextTry(tries)!.Value.TotalSeconds.ShouldBeInRange(longest / 2, longest);
        }

        consumer.NextTry(10).ShouldBeNull();
    }

    /// <summary>Tells again, as the relay does, where the connection that was stopped breaks once more before it is replaced.</summary>
    private static async Task<IReadOnlyList<Delivery>> ToldAsync(RabbitConsumer consumer, params LogEntry[] entries)
    {
        while (true)
        {
            try
            {
                return await TellAsync(consumer, entries);
            }
            catch (ConsumerAwayException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    private static Task<IReadOnlyList<Delivery>> TellAsync(RabbitConsumer consumer, params LogEntry[] entries) =>
        consumer.DeliverAsync(new ConsumerTurn(entries[0].TenantId, consumer.Kind), entries, TestContext.Current.CancellationToken);

    private static LogEntry Entry() => new()
    {
        TenantId = Guid.CreateVersion7(),
        Position = 1,
        Id = Guid.CreateVersion7(),
        Type = EventTypes.LeadCreated,
        Collection = "leads",
        RecordId = Guid.CreateVersion7(),
        SubjectId = null,
        Version = 1,
        Actor = "ada",
        Time = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
        TraceId = null,
        Changes = new Dictionary<string, FieldChange>(StringComparer.Ordinal),
        Record = JsonSerializer.SerializeToElement(new { lastName = "Lovelace" }),
    };
}
