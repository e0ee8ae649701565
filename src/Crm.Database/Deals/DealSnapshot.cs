using System.Collections.Frozen;
using Crm.Contracts.Pipelines;
using Crm.Database.Records;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Crm.Database.Deals;

/// <summary>
/// What a deal was worth, and where it stood, from one of its versions on, and what that version did to the value that is open: append-only
/// but for its end, so that any past instant can be reported as it was.
/// </summary>
public sealed class DealSnapshot : ISnapshot
{
    /// <summary>The view's members whose change is worth a snapshot.</summary>
    internal static readonly FrozenSet<string> Members = FrozenSet.ToFrozenSet(
        ["pipelineId", "stage", "value", "currency", "probability", "expectedCloseDate", "ownerId", "leadId", "closedAt", "lostReason", DeletedMember]);

    internal const string DeletedMember = "deletedAt";

    private DealSnapshot()
    {
    }

    /// <param name="deal">As it is now.</param>
    /// <param name="left">The stay that ended with this version; null for none.</param>
    /// <param name="before">What it was before; null where it wasn't.</param>
    internal DealSnapshot(Deal deal, DealStay? left, PropertyValues? before)
    {
        (TenantId, DealId, Version) = (deal.TenantId, deal.Id, deal.Version);
        (At, Actor, CreatedAt) = (deal.UpdatedAt, deal.UpdatedBy, deal.CreatedAt);
        (PipelineId, Stage, Kind, StageEnteredAt) = (deal.PipelineId, deal.Stage, deal.CurrentStage.Kind, deal.StageEnteredAt);
        (ClosedAt, LostReason) = (deal.ClosedAt, deal.LostReason);
        (Value, Currency, Probability) = (Money.Units(deal.Value), deal.Currency, deal.Probability);
        (ExpectedCloseDate, OwnerId, LeadId, IsDeleted) = (deal.ExpectedCloseDate, deal.OwnerId, deal.LeadId, deal.DeletedAt is not null);
        (Visited, StayedBefore) = (deal.Visited, deal.StayedBefore);
        if (left is not null)
        {
            (LeftPipelineId, LeftStage, LeftEnteredAt, LeftTotal) = (left.PipelineId, left.Stage, left.EnteredAt, left.Before + left.Micros);
            var earlier = deal.Stays.Where(stay => stay.PipelineId == left.PipelineId && stay.Stage == left.Stage && stay.Ordinal < left.Ordinal).MaxBy(stay => stay.Ordinal);
            if (earlier is not null) (LeftBefore, LeftBeforeAt) = (left.Before, earlier.LeftAt);
        }

        Move(before);
    }

    public Guid TenantId { get; private set; }
    public Guid DealId { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset Until { get; private set; } = Missing.Instant;

    public string Actor { get; private set; } = "";

    /// <summary>When the deal was made.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    public Guid PipelineId { get; private set; }
    public string Stage { get; private set; } = "";
    public StageKind Kind { get; private set; }
    public DateTimeOffset StageEnteredAt { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public string? LostReason { get; private set; }

    /// <summary>In ten-thousandths of the currency, of which databases make exact sums.</summary>
    public long? Value { get; private set; }

    public string Currency { get; private set; } = "";

    /// <summary>Percent: the deal's own; null where its stage's counts.</summary>
    public int? Probability { get; private set; }

    public DateOnly? ExpectedCloseDate { get; private set; }
    public string? OwnerId { get; private set; }
    public Guid? LeadId { get; private set; }
    public bool IsDeleted { get; private set; }

    /// <summary>The keys of the stages of its pipeline in which the deal has ever stood, with commas between.</summary>
    public string Visited { get; private set; } = "";

    /// <summary>Microseconds that the deal stood in its stage before this stay; null where it hadn't been there.</summary>
    public long? StayedBefore { get; private set; }

    /// <summary>Of the stay that ended with this version: its pipeline. Null, as the others, where none did.</summary>
    public Guid? LeftPipelineId { get; private set; }

    public string? LeftStage { get; private set; }
    public DateTimeOffset? LeftEnteredAt { get; private set; }

    /// <summary>Microseconds that the deal had stood in that stage by then, earlier stays included.</summary>
    public long? LeftTotal { get; private set; }

    /// <summary>How much of it there was when the deal left that stage the last time before; null where it left it for the first time.</summary>
    public long? LeftBefore { get; private set; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? LeftBeforeAt { get; private set; }

    /// <summary>What this version did to the value that is open; null for nothing.</summary>
    public DealMovement? Movement { get; private set; }

    /// <summary>What was open of the deal before; null where nothing was.</summary>
    public long? ValueBefore { get; private set; }

    public string? CurrencyBefore { get; private set; }

    /// <summary>Whether what was open of it is worth something else since, be it closed with that or not.</summary>
    public bool Revalued { get; private set; }

    private void Move(PropertyValues? before)
    {
        var wasDeleted = before?.GetValue<DateTimeOffset?>(nameof(Deal.DeletedAt)) is not null;
        var wasOpen = before is not null && !wasDeleted && before.GetValue<DateTimeOffset?>(nameof(Deal.ClosedAt)) is null;
        var isOpen = !IsDeleted && Kind == StageKind.Open;
        if (wasOpen) (ValueBefore, CurrencyBefore) = (Money.Units(before!.GetValue<decimal?>(nameof(Deal.Value))) ?? 0, before.GetValue<string>(nameof(Deal.Currency)));
        Revalued = wasOpen && (ValueBefore != (Value ?? 0) || CurrencyBefore != Currency);
        Movement = (wasOpen, isOpen) switch
        {
            (false, true) => before is null ? DealMovement.Created : wasDeleted ? DealMovement.Restored : DealMovement.Reopened,
            (true, false) => IsDeleted ? DealMovement.Deleted : Kind == StageKind.Won ? DealMovement.Won : DealMovement.Lost,
            (true, true) when Revalued => DealMovement.Changed,
            _ => null,
        };
    }
}

/// <summary>What a change of a deal does to the value that is open.</summary>
public enum DealMovement { Created, Reopened, Restored, Changed, Won, Lost, Deleted }
