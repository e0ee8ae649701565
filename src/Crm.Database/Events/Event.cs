using Crm.Database.Tenancy;

namespace Crm.Database.Events;

/// <summary>
/// Something that happened, written in the transaction that made it happen; append-only. It tells of a record, with the record's version,
/// or of who may do what and how the tenant is set up: then it has a subject and no version, and is for the audit alone.
/// </summary>
public sealed class Event : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>Such as <c>lead.updated</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>The collection of the record or subject, such as <c>leads</c>.</summary>
    public string Collection { get; init; } = "";

    /// <summary>The record; null for what is no record's.</summary>
    public Guid? RecordId { get; init; }

    /// <summary>The record's version that this event made: rising by one from event to event; null for what is no record's.</summary>
    public int? Version { get; init; }

    /// <summary>In its collection, what isn't a record: a member's id, nothing for the one set of settings; null for a record's event.</summary>
    public string? SubjectId { get; init; }

    public string Actor { get; init; } = "";
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>The network address that it was asked from; null for work of our own.</summary>
    public string? Address { get; init; }

    /// <summary>By what the actor was known, such as <c>token:&lt;jti&gt;</c>; null for work of our own.</summary>
    public string? Credential { get; init; }

    /// <summary>The request that did it, as in the logs; null for work without one.</summary>
    public string? TraceId { get; init; }

    /// <summary>What changed, as JSON.</summary>
    public string Changes { get; init; } = "";

    /// <summary>The record after the change, as JSON.</summary>
    public string Record { get; init; } = "";
}
