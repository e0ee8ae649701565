namespace Crm.Contracts.Routing;

/// <summary>Why a lead was routed.</summary>
public enum RoutingTrigger
{
    /// <summary>It came without an owner.</summary>
    Created,

    /// <summary>A manager wanted it.</summary>
    Requested,

    /// <summary>It had waited for somebody who can take it.</summary>
    Waited,

    /// <summary>Whoever had it didn't contact it in time.</summary>
    Unanswered,
}

/// <summary>What came of routing a lead.</summary>
public enum RoutingOutcome
{
    /// <summary>It was given to the account's owner, or to a candidate.</summary>
    Assigned,

    /// <summary>No candidate could take it; it was given to the fallback.</summary>
    Fallback,

    /// <summary>Nobody could take it: it waits, or stays with whoever has it.</summary>
    Unassigned,

    /// <summary>It is for no rule, and stays as it is.</summary>
    Unmatched,
}

/// <summary>Why a candidate wasn't given a lead.</summary>
public enum PassedOver
{
    /// <summary>Another one was before in turn, or had less to do, or the account.</summary>
    NotInTurn,

    /// <summary>The member is deactivated.</summary>
    Inactive,

    /// <summary>The member takes no leads.</summary>
    OptedOut,

    /// <summary>The member is away.</summary>
    Absent,

    /// <summary>It isn't one of the member's working hours.</summary>
    OutsideHours,

    /// <summary>The member was given as many today as a day has.</summary>
    QuotaReached,

    /// <summary>The member has the lead, or had it and didn't contact it in time.</summary>
    HadBefore,
}

/// <summary>A decision on whom a lead belongs to.</summary>
public sealed record RoutingDecisionView
{
    /// <summary>From 1 on, for each lead.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required RoutingTrigger Trigger { get; init; }

    public required RoutingOutcome Outcome { get; init; }

    /// <summary>The name of the rule that decided; null for none.</summary>
    public required string? Rule { get; init; }

    /// <summary>How the rule chose; null for no rule.</summary>
    public required RoutingStrategy? Strategy { get; init; }

    /// <summary>The company's domain by which an account's owner was looked for; null where it wasn't.</summary>
    public required string? Account { get; init; }

    /// <summary>The id of the member who had the lead before; null for nobody.</summary>
    public required string? PreviousOwnerId { get; init; }

    /// <summary>The id of the member who has the lead since; null for nobody.</summary>
    public required string? OwnerId { get; init; }

    /// <summary>All who were considered, the account's owner first, and then in the rule's order; to a rep with narrowed sight those whose leads the rep sees.</summary>
    public required IReadOnlyList<RoutingCandidateView> Candidates { get; init; }

    /// <summary>Until when the lead is to be contacted; null for no limit.</summary>
    public required DateTimeOffset? RespondBy { get; init; }

    /// <summary>When the decision is looked at again, as the lead waits or as its time to be contacted ends; null where it isn't any more.</summary>
    public required DateTimeOffset? DueAt { get; init; }
}

/// <summary>Somebody who could have been given a lead.</summary>
public sealed record RoutingCandidateView
{
    public required string UserId { get; init; }

    public required int Weight { get; init; }

    /// <summary>Whether the newest lead of the same company belongs to the member.</summary>
    public bool IsAccountOwner { get; init; }

    /// <summary>How many the member had been given that day, without this one.</summary>
    public required int LeadsToday { get; init; }

    /// <summary>How many a day the member takes; null for as many as come.</summary>
    public required int? LeadsPerDay { get; init; }

    /// <summary>How many open leads the member had; null where the strategy doesn't ask.</summary>
    public int? OpenLeads { get; init; }

    /// <summary>How far the member had come in turn, the weight added: the largest is chosen. Null where the strategy doesn't ask, or the member couldn't take the lead.</summary>
    public int? Turn { get; init; }

    /// <summary>Why the member wasn't given it; null for who was.</summary>
    public required PassedOver? PassedOver { get; init; }
}

/// <summary>How a lead found its owner.</summary>
public sealed record RoutingDecisionList
{
    /// <summary>The first decision first.</summary>
    public required IReadOnlyList<RoutingDecisionView> Items { get; init; }
}
