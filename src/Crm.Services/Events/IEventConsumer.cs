namespace Crm.Services.Events;

/// <summary>
/// One who is told of a tenant's events: in order for each record, at least once. Whoever must do something only once per event does so by the event's id.
/// </summary>
public interface IEventConsumer
{
    /// <summary>What the names of its places in the log begin with, such as <c>rabbitmq</c>, or <c>webhook</c> in <c>webhook:{id}</c>.</summary>
    string Kind { get; }

    /// <summary>Whether every tenant has one of it, which is named as its kind; otherwise somebody starts it.</summary>
    bool IsStanding { get; }

    /// <summary>How many of this kind a process works on at once.</summary>
    int AtOnce { get; }

    /// <summary>How many of them may be of one tenant.</summary>
    int AtOnceOfTenant { get; }

    /// <summary>Of how many entries it is told in one call at most.</summary>
    int LargestWave => int.MaxValue;

    /// <summary>How long telling of some entries may take; the lease is as long, and somewhat longer.</summary>
    TimeSpan TurnTime { get; }

    /// <summary>How long to wait after something was refused as often as this; null to park it.</summary>
    TimeSpan? NextTry(int tries);

    /// <summary>Tells of some entries, no two of which are of one record, so that it may tell of them at once. What is of no interest to it counts as told.</summary>
    /// <param name="turn">For whom.</param>
    /// <param name="entries">What to tell, in the order of the log.</param>
    /// <param name="ct">Ends with the turn's time.</param>
    /// <returns>What came of each, in their order.</returns>
    /// <exception cref="ConsumerAwayException">Nothing can be told now.</exception>
    Task<IReadOnlyList<Delivery>> DeliverAsync(ConsumerTurn turn, IReadOnlyList<LogEntry> entries, CancellationToken ct);
}

/// <summary>Whom it is the turn of.</summary>
/// <param name="TenantId">Of which tenant.</param>
/// <param name="Name">As its place in the log is named.</param>
public sealed record ConsumerTurn(Guid TenantId, string Name);

/// <summary>What came of telling an entry.</summary>
public abstract record Delivery
{
    /// <summary>It was told, or is of no interest.</summary>
    public static readonly Delivery Told = new Done();

    private Delivery()
    {
    }

    /// <inheritdoc cref="Told"/>
    public sealed record Done : Delivery;

    /// <summary>It wasn't taken. It is kept, with what follows of its record, and told again later.</summary>
    /// <param name="Problem">Why not, for an operator to read.</param>
    /// <param name="After">When to try again at the earliest, where that is later than the consumer would by itself; null for when it would.</param>
    public sealed record Refused(string Problem, TimeSpan? After = null) : Delivery;
}

/// <summary>Nothing can be told to a consumer now: what it is behind by waits in the log, and counts as no try.</summary>
/// <param name="problem">Why not, for an operator to read.</param>
/// <param name="after">When to try again at the earliest; null for after a while that grows with each time.</param>
/// <param name="tried">The events at which that was seen, where it may be their fault: of those, what was refused before is refused once more, and the others are told nevertheless.</param>
public sealed class ConsumerAwayException(string problem, TimeSpan? after = null, IReadOnlyCollection<Guid>? tried = null) : Exception(problem)
{
    public TimeSpan? After { get; } = after;

    public IReadOnlyCollection<Guid> Tried { get; } = tried ?? [];
}
