using Crm.Contracts.Leads;
using Crm.Database.Tenancy;

namespace Crm.Database.Leads;

/// <summary>A stay of a lead in a status. The first is written with the lead; one is open.</summary>
public sealed class LeadStay : ITenantOwned
{
    private LeadStay()
    {
    }

    internal LeadStay(Lead lead, int ordinal, Stamp stamp)
    {
        (TenantId, LeadId, Ordinal) = (lead.TenantId, lead.Id, ordinal);
        (Status, EnteredAt, EnteredBy) = (lead.Status, stamp.At, stamp.By);
    }

    public Guid TenantId { get; private set; }
    public Guid LeadId { get; private set; }

    /// <summary>0 for the first.</summary>
    public int Ordinal { get; private set; }

    public LeadStatus Status { get; private set; }
    public DateTimeOffset EnteredAt { get; private set; }
    public string EnteredBy { get; private set; } = "";
    public DateTimeOffset? LeftAt { get; private set; }

    internal void Leave(DateTimeOffset at) => LeftAt = at;
}
