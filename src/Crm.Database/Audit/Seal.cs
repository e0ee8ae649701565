using Crm.Database.Tenancy;

namespace Crm.Database.Audit;

/// <summary>An event that isn't sealed yet.</summary>
public sealed class UnsealedEvent : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid EventId { get; init; }
}

/// <summary>
/// An event's place in its tenant's chain, and the hash over the event and the seal before it: whoever changes or takes out an event has to
/// change every seal from there on, and the head, which may be kept elsewhere.
/// </summary>
public sealed class Seal : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>From 1 on, without a gap.</summary>
    public long Position { get; init; }

    public Guid EventId { get; init; }
    public byte[] Hash { get; init; } = [];
}

/// <summary>Where a tenant's chain ends. Whoever seals locks it.</summary>
public sealed class SealHead : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Position { get; set; }
    public byte[] Hash { get; set; } = new byte[EventHash.Length];
    public DateTimeOffset SealedAt { get; set; }
}
