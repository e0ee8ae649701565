using System.Collections.Frozen;
using Crm.Contracts.Leads;
using Crm.Database.Records;

namespace Crm.Database.Leads;

/// <summary>What reports count a lead by, from one of its versions on: append-only but for its end, so that any past instant can be reported as it was.</summary>
public sealed class LeadSnapshot : ISnapshot
{
    /// <summary>The view's members whose change is worth a snapshot.</summary>
    internal static readonly FrozenSet<string> Members = FrozenSet.ToFrozenSet(["status", "source", "ownerId", "convertedAt", "deletedAt"]);

    private LeadSnapshot()
    {
    }

    internal LeadSnapshot(Lead lead)
    {
        (TenantId, LeadId, Version) = (lead.TenantId, lead.Id, lead.Version);
        (At, CreatedAt) = (lead.UpdatedAt, lead.CreatedAt);
        (Status, Source, OwnerId) = (lead.Status, lead.Source, lead.OwnerId);
        (ConvertedAt, IsDeleted) = (lead.ConvertedAt, lead.DeletedAt is not null);
    }

    public Guid TenantId { get; private set; }
    public Guid LeadId { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset Until { get; private set; } = Missing.Instant;

    /// <summary>When the lead was made.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    public LeadStatus Status { get; private set; }
    public LeadSource Source { get; private set; }
    public string? OwnerId { get; private set; }
    public DateTimeOffset? ConvertedAt { get; private set; }
    public bool IsDeleted { get; private set; }
}
