using Crm.Database.Tenancy;

namespace Crm.Database.Events;

/// <summary>Something that happened to a record, written in the transaction that made it happen; append-only.</summary>
public sealed class Event : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>Such as <c>lead.updated</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>The record's collection, such as <c>leads</c>.</summary>
    public string Collection { get; init; } = "";

    public Guid RecordId { get; init; }

    /// <summary>The record's version that this event made: rising by one from event to event.</summary>
    public int Version { get; init; }

    public string Actor { get; init; } = "";
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>The request that did it, as in the logs; null for work without one.</summary>
    public string? TraceId { get; init; }

    /// <summary>What changed, as JSON.</summary>
    public string Changes { get; init; } = "";

    /// <summary>The record after the change, as JSON.</summary>
    public string Record { get; init; } = "";
}
