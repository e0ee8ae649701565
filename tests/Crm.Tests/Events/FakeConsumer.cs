using System.Collections.Concurrent;
using Crm.Services.Events;

namespace Crm.Tests.Events;

/// <summary>A consumer that remembers what it was told, and refuses or goes away as a test wants.</summary>
internal sealed class FakeConsumer(string kind = "fake") : IEventConsumer
{
    private readonly ConcurrentQueue<LogEntry> told = new();

    public string Kind => kind;

    public bool IsStanding { get; init; } = true;

    public int AtOnce { get; init; } = 8;

    public int AtOnceOfTenant { get; init; } = 4;

    public TimeSpan TurnTime { get; init; } = TimeSpan.FromSeconds(5);

    public int Tries { get; init; } = 10;

    /// <summary>What comes of an entry; by default it is taken.</summary>
    public Func<LogEntry, Delivery> Answer { get; set; } = _ => Delivery.Told;

    /// <summary>Happens before a wave is taken.</summary>
    public Func<IReadOnlyList<LogEntry>, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What it took, in the order in which it did.</summary>
    public IReadOnlyList<LogEntry> Told => [.. told];

    public IReadOnlyList<LogEntry> ToldOf(Guid tenantId) => [.. told.Where(entry => entry.TenantId == tenantId)];

    public TimeSpan? NextTry(int tries) => tries < Tries ? TimeSpan.FromMinutes(1) : null;

    public async Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct)
    {
        await Before(entries, ct);
        var results = new List<Delivery>();
        foreach (var entry in entries)
        {
            results.Add(Answer(entry));
            if (results[^1] is Delivery.Done) told.Enqueue(entry);
        }

        return results;
    }
}
