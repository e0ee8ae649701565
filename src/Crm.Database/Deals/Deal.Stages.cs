using Crm.Contracts.Failures;
using Crm.Contracts.Pipelines;
using Crm.Database.Pipelines;
using Crm.Database.Tenancy;

namespace Crm.Database.Deals;

public sealed partial class Deal
{
    private static readonly string[] StageMembers = ["pipelineId", "stage", "stageEnteredAt", "closedAt", "lostReason"];

    /// <summary>
    /// Moves an open deal to any stage and a closed one back to an open stage. The stage it stands in is no move.
    /// Every move raises <c>deal.stage_changed</c>; closing and reopening raise their own event beside it.
    /// </summary>
    /// <param name="stage">Where to.</param>
    /// <param name="lostReason">Required for a lost stage, refused for others.</param>
    /// <param name="closedAt">For a closing stage: when it was closed; null for now.</param>
    /// <param name="stamp">Who moves it, and when.</param>
    public void MoveTo(Stage stage, string? lostReason, DateTimeOffset? closedAt, Stamp stamp)
    {
        if (stage.PipelineId == PipelineId && stage.Key == Stage)
        {
            RefuseOther("/lostReason", lostReason is null || lostReason == LostReason);
            RefuseOther("/closedAt", closedAt is null || closedAt == ClosedAt);
            return;
        }

        var closing = Closing(stage, lostReason, closedAt, stamp.At);
        var wasClosed = ClosedAt is not null;
        if (wasClosed && stage.Kind != StageKind.Open)
        {
            throw CrmException.InvalidTransition($"The deal is closed in {Stage}. It can only be reopened, by moving it to an open stage.");
        }

        Enter(stage, closing, stamp);
        Raise("stage_changed", StageMembers);
        if (wasClosed) Raise("reopened", StageMembers);
        if (stage.Kind == StageKind.Won) Raise("won", StageMembers);
        if (stage.Kind == StageKind.Lost) Raise("lost", StageMembers);
    }

    /// <summary>Stands in another stage of the same kind from now on, as its own is there no more. A closed deal stays closed as it was.</summary>
    public void Follow(Stage stage, Stamp stamp)
    {
        Enter(stage, (ClosedAt, LostReason), stamp);
        Raise("stage_changed", StageMembers);
    }

    /// <exception cref="CrmException">400 where a deal is to be closed later than now.</exception>
    public static void RefuseFuture(DateTimeOffset? closedAt, DateTimeOffset now)
    {
        if (closedAt > now) throw CrmException.Invalid("/closedAt", "must not be in the future");
    }

    private static void RefuseOther(string pointer, bool same)
    {
        if (!same) throw CrmException.Invalid(pointer, "can only be given together with a move to a closing stage");
    }

    private static (DateTimeOffset? At, string? LostReason) Closing(Stage stage, string? lostReason, DateTimeOffset? closedAt, DateTimeOffset now)
    {
        if (stage.Kind == StageKind.Open && closedAt is not null) throw CrmException.Invalid("/closedAt", "can only be given for a closing stage");
        if (stage.Kind == StageKind.Lost && lostReason is null) throw CrmException.Invalid("/lostReason", $"is required to lose a deal, as {stage.Key} does");
        if (stage.Kind != StageKind.Lost && lostReason is not null) throw CrmException.Invalid("/lostReason", "can only be given for a lost stage");
        RefuseFuture(closedAt, now);
        return stage.Kind == StageKind.Open ? (null, null) : (closedAt ?? now, lostReason);
    }

    private void Enter(Stage stage, (DateTimeOffset? At, string? LostReason) closing, Stamp stamp)
    {
        var open = Stays.SingleOrDefault(stay => stay.LeftAt is null);
        left = open;
        var at = closing.At ?? stamp.At;
        if (open?.EnteredAt > at) at = open.EnteredAt; // closed, as told later, before it was moved here: the stay then took no time
        open?.Leave(at);

        (PipelineId, Stage, CurrentStage) = (stage.PipelineId, stage.Key, stage);
        (StageEnteredAt, ClosedAt, LostReason) = (at, closing.At, closing.LostReason);
        var earlier = Stays.FindAll(stay => stay.PipelineId == PipelineId && stay.Stage == Stage);
        StayedBefore = earlier.Count == 0 ? null : earlier.Sum(stay => stay.Micros);
        Visited = string.Join(',', Stays.Where(stay => stay.PipelineId == PipelineId).Select(stay => stay.Stage).Append(Stage).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Stays.Add(new DealStay(this, (open?.Ordinal ?? -1) + 1, stamp.By));
    }
}
