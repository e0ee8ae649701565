using Crm.Database.Tenancy;

namespace Crm.Database.Deals;

/// <summary>A stay of a deal in a stage. The first is written with the deal; one is open.</summary>
public sealed class DealStay : ITenantOwned
{
    private DealStay()
    {
    }

    internal DealStay(Deal deal, int ordinal, string by)
    {
        (TenantId, DealId, Ordinal) = (deal.TenantId, deal.Id, ordinal);
        (PipelineId, Stage, EnteredAt, EnteredBy) = (deal.PipelineId, deal.Stage, deal.StageEnteredAt, by);
        Before = deal.StayedBefore ?? 0;
    }

    public Guid TenantId { get; private set; }
    public Guid DealId { get; private set; }

    /// <summary>0 for the first.</summary>
    public int Ordinal { get; private set; }

    public Guid PipelineId { get; private set; }
    public string Stage { get; private set; } = "";
    public DateTimeOffset EnteredAt { get; private set; }
    public string EnteredBy { get; private set; } = "";
    public DateTimeOffset? LeftAt { get; private set; }

    /// <summary>Microseconds that the deal stood in the stage in earlier stays.</summary>
    public long Before { get; private set; }

    /// <summary>Microseconds that an ended stay took.</summary>
    internal long Micros => LeftAt is { } left ? (left - EnteredAt).Ticks / TimeSpan.TicksPerMicrosecond : 0;

    internal void Leave(DateTimeOffset at) => LeftAt = at;
}
