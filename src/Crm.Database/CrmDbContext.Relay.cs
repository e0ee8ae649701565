namespace Crm.Database;

public abstract partial class CrmDbContext
{
    /// <summary>The tenants with events that one of some kinds is due to be told of, whoever asks; their ids and nothing else of them.</summary>
    public abstract IQueryable<Guid> TenantsToRelay(string[] kinds);

    /// <summary>The consumers of the tenant that are due, of some kinds, by name.</summary>
    public abstract IQueryable<string> ConsumersDue(string[] kinds);

    /// <summary>Takes a consumer that is due, and that nobody works on.</summary>
    /// <returns>1 where it was taken, 0 where another has it, it rests, or there is nothing to tell it.</returns>
    public abstract Task<int> LeaseConsumerAsync(string name, Guid lease, TimeSpan length, CancellationToken ct);

    /// <summary>Keeps a lease for longer.</summary>
    /// <returns>1 where it is held still, 0 where another has it.</returns>
    public abstract Task<int> RenewConsumerAsync(string name, Guid lease, TimeSpan length, CancellationToken ct);

    /// <summary>How far the consumers of each kind are behind, all tenants together.</summary>
    public abstract IQueryable<LogDepth> LogDepths();
}

/// <summary>How far the consumers of one kind are behind, of all tenants.</summary>
/// <param name="Kind">What their names begin with.</param>
/// <param name="Behind">How many have something to be told of.</param>
/// <param name="Depth">How many events, all together.</param>
/// <param name="Since">Since when the one that has waited longest; null where none waits.</param>
public sealed record LogDepth(string Kind, long Behind, long Depth, DateTimeOffset? Since);
