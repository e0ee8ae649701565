using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Crm.Contracts.Conditions;

namespace Crm.Contracts.Routing;

/// <summary>How a rule chooses among those who could be given a lead now.</summary>
public enum RoutingStrategy
{
    /// <summary>By turns, in proportion to the weights: smooth weighted round robin, so that nobody is given several in a row.</summary>
    RoundRobin,

    /// <summary>Whoever has the fewest open leads by the weight.</summary>
    LeastLoad,
}

/// <summary>What a manager sets for the routing of leads.</summary>
public sealed record RoutingFields
{
    /// <summary>Whether leads that come without an owner are given to somebody, and those that aren't contacted in time to another; false at first. A manager may route a lead by hand either way.</summary>
    [Required, KeptWhenAbsent] public bool? IsActive { get; init; }

    /// <summary>The first whose condition holds for a lead decides; given as a whole, 100 at most.</summary>
    [Required, KeptWhenAbsent, MaxLength(100)] public IReadOnlyList<RoutingRuleFields> Rules { get; init; } = [];

    /// <summary>The id of the member who is given what a rule's candidates can't take; null for nobody: then the lead waits for one of them. Managers are told either way.</summary>
    [StringLength(128)] public string? FallbackId { get; init; }
}

/// <summary>Which leads are given to whom.</summary>
public sealed record RoutingRuleFields
{
    /// <summary>What it is called, and no other rule; a rule that is renamed begins its turns anew.</summary>
    [Required, StringLength(120)] public required string Name { get; init; }

    /// <summary>For which leads it is, as they are when they are routed; null for all.</summary>
    [Condition] public JsonElement? Condition { get; init; }

    public RoutingStrategy Strategy { get; init; }

    /// <summary>Whether a lead goes before all to whom the newest lead of the same company belongs, be it one of the candidates or not. A company is known by the domain of its website or of the e-mail address; free mail providers are none.</summary>
    public bool KeepAccounts { get; init; }

    /// <summary>Among whom is chosen, from 1 to 100. A member who is named twice, also by a team, counts once, as named first.</summary>
    [Required, MinLength(1), MaxLength(100)] public required IReadOnlyList<RoutingCandidateFields> Candidates { get; init; }

    /// <summary>Within how many minutes of the tenant's working time the lead is to be contacted; if it isn't, it is given to another. Null for no limit.</summary>
    [Range(1, 10_080)] public int? RespondWithinMinutes { get; init; }
}

/// <summary>A member, or all who are in a team at the time.</summary>
public sealed record RoutingCandidateFields
{
    /// <summary>The id of a member; this or <c>teamId</c>.</summary>
    [StringLength(128)] public string? UserId { get; init; }

    /// <summary>The id of a team; this or <c>userId</c>.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>How much of the leads, beside the others' weights; of a team each member has it.</summary>
    [Range(1, 100)] public int Weight { get; init; } = 1;
}

/// <summary>How leads that come without an owner find one.</summary>
public sealed record RoutingView : IVersioned
{
    /// <summary>Whether leads that come without an owner are given to somebody.</summary>
    public required bool IsActive { get; init; }

    /// <summary>The first whose condition holds for a lead decides.</summary>
    public required IReadOnlyList<RoutingRuleView> Rules { get; init; }

    /// <summary>The id of the member who is given what a rule's candidates can't take; null for nobody.</summary>
    public required string? FallbackId { get; init; }

    /// <summary>Null until it is set for the first time.</summary>
    public required DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>0 until it is set for the first time.</summary>
    public required int Version { get; init; }
}

/// <summary>Which leads are given to whom.</summary>
public sealed record RoutingRuleView
{
    public required string Name { get; init; }

    /// <summary>For which leads it is; null for all.</summary>
    [Condition] public required JsonElement? Condition { get; init; }

    public required RoutingStrategy Strategy { get; init; }

    /// <summary>Whether a lead goes before all to whom the newest lead of the same company belongs.</summary>
    public required bool KeepAccounts { get; init; }

    /// <summary>Among whom is chosen.</summary>
    public required IReadOnlyList<RoutingRuleCandidateView> Candidates { get; init; }

    /// <summary>Within how many minutes of the tenant's working time the lead is to be contacted; null for no limit.</summary>
    public required int? RespondWithinMinutes { get; init; }
}

/// <summary>A member, or all who are in a team at the time.</summary>
public sealed record RoutingRuleCandidateView
{
    /// <summary>The id of a member; null for a team.</summary>
    public required string? UserId { get; init; }

    /// <summary>The id of a team; null for a member.</summary>
    public required Guid? TeamId { get; init; }

    /// <summary>How much of the leads, beside the others' weights.</summary>
    public required int Weight { get; init; }
}
