using System.Collections.Frozen;
using Crm.Database.Tenancy;

namespace Crm.Database.Deals;

/// <summary>What a deal was worth, and where it stood, from one of its versions on: append-only, so that any past instant can be reported as it was.</summary>
public sealed class DealSnapshot : ITenantOwned
{
    /// <summary>The view's members whose change is worth a snapshot.</summary>
    internal static readonly FrozenSet<string> Members = FrozenSet.ToFrozenSet(
        ["pipelineId", "stage", "value", "currency", "probability", "expectedCloseDate", "ownerId", "leadId", "closedAt", DeletedMember]);

    internal const string DeletedMember = "deletedAt";

    private DealSnapshot()
    {
    }

    internal DealSnapshot(Deal deal)
    {
        (TenantId, DealId, Version) = (deal.TenantId, deal.Id, deal.Version);
        (At, Actor) = (deal.UpdatedAt, deal.UpdatedBy);
        (PipelineId, Stage, StageEnteredAt, ClosedAt) = (deal.PipelineId, deal.Stage, deal.StageEnteredAt, deal.ClosedAt);
        (Value, Currency) = (deal.Value, deal.Currency);
        Probability = deal.Probability ?? deal.CurrentStage.Probability;
        (ExpectedCloseDate, OwnerId, LeadId, IsDeleted) = (deal.ExpectedCloseDate, deal.OwnerId, deal.LeadId, deal.DeletedAt is not null);
    }

    public Guid TenantId { get; private set; }
    public Guid DealId { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset At { get; private set; }
    public string Actor { get; private set; } = "";
    public Guid PipelineId { get; private set; }
    public string Stage { get; private set; } = "";
    public DateTimeOffset StageEnteredAt { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public decimal? Value { get; private set; }
    public string Currency { get; private set; } = "";

    /// <summary>Percent: the deal's own, else its stage's at that time.</summary>
    public int Probability { get; private set; }

    public DateOnly? ExpectedCloseDate { get; private set; }
    public string? OwnerId { get; private set; }
    public Guid? LeadId { get; private set; }
    public bool IsDeleted { get; private set; }
}
