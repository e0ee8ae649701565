using Crm.Database.Tenancy;

namespace Crm.Database.Events;

/// <summary>
/// How far somebody who reads a tenant's log has got. Where the log ends stands beside it, so that one row tells whether there is something to do;
/// whoever works on it holds its lease, by the database's clock.
/// </summary>
public sealed class LogConsumer : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>Such as <c>rabbitmq</c>, or <c>webhook:{id}</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Everything up to here was told, or is held.</summary>
    public long Position { get; set; }

    /// <summary>Where the log ends, as far as it is sealed.</summary>
    public long Target { get; set; }

    /// <summary>Since when there has been something to tell; null where there is nothing. Of the oldest as near as is known without asking.</summary>
    public DateTimeOffset? BehindSince { get; set; }

    /// <summary>When the next of what is held is due; null for nothing.</summary>
    public DateTimeOffset? HeldDueAt { get; set; }

    /// <summary>When the next may take it up: the end of a lease, or of a rest.</summary>
    public DateTimeOffset DueAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Who works on it; null for nobody.</summary>
    public Guid? Lease { get; set; }

    /// <summary>How often in a row nothing could be told.</summary>
    public int Failures { get; set; }

    /// <summary>Why nothing could be told, the last time.</summary>
    public string? Problem { get; set; }

    /// <summary>Notes that all up to a position was told, or is held.</summary>
    /// <param name="position">Up to where.</param>
    /// <param name="last">When the last of it happened: what is still to tell can't be older by much.</param>
    public void Advance(long position, DateTimeOffset last)
    {
        Position = position;
        BehindSince = position < Target ? last : null;
    }

    /// <summary>Lets go of it: for others to take up at once, or after a rest.</summary>
    public void Release() => (Lease, DueAt, Failures, Problem) = (null, DateTimeOffset.UnixEpoch, 0, null);

    /// <summary>Lets go of it until it is worth another try.</summary>
    public void Rest(DateTimeOffset until, string problem) => (Lease, DueAt, Failures, Problem) = (null, until, Failures + 1, problem);
}
