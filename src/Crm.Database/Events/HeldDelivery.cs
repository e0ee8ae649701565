using Crm.Database.Tenancy;

namespace Crm.Database.Events;

/// <summary>
/// An event that a consumer didn't take, or that waits behind an earlier one of its record which wasn't taken. It is told again when it is due, until
/// it is parked; then only if somebody asks for it.
/// </summary>
public sealed class HeldDelivery : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>By whom; the name of its <see cref="LogConsumer"/>.</summary>
    public string Consumer { get; init; } = "";

    /// <summary>The event's place in the log.</summary>
    public long Position { get; init; }

    public Guid EventId { get; init; }

    /// <summary>Of which record; null for what is no record's, behind which nothing waits.</summary>
    public Guid? RecordId { get; init; }

    /// <summary>How often it was told in vain.</summary>
    public int Tries { get; private set; }

    /// <summary>When to tell it again; null while it waits behind another, or is parked.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Why it wasn't taken, the last time; null for what waits behind another.</summary>
    public string? Problem { get; private set; }

    public DateTimeOffset HeldAt { get; init; }

    /// <summary>When it was given up; null while it is tried again.</summary>
    public DateTimeOffset? ParkedAt { get; private set; }

    public void Postpone(string problem, DateTimeOffset dueAt) => (Tries, Problem, DueAt, ParkedAt) = (Tries + 1, problem, dueAt, null);

    public void Park(string problem, DateTimeOffset at) => (Tries, Problem, DueAt, ParkedAt) = (Tries + 1, problem, null, at);

    /// <summary>It is the first of its record now.</summary>
    public void MakeDue() => DueAt = DateTimeOffset.UnixEpoch;

    /// <summary>An earlier one of its record is told first.</summary>
    public void Follow() => DueAt = null;
}
