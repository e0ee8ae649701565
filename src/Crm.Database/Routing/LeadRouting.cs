using System.Text.Json;
using Crm.Contracts.Json;
using Crm.Contracts.Routing;
using Crm.Database.Tenancy;

namespace Crm.Database.Routing;

/// <summary>A decision on whom a lead belongs to.</summary>
public sealed class LeadRouting : ITenantOwned
{
    public required Guid TenantId { get; init; }
    public required Guid LeadId { get; init; }

    /// <summary>From 1 on, for each lead.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset At { get; init; }
    public required RoutingTrigger Trigger { get; init; }
    public required RoutingOutcome Outcome { get; init; }
    public required string? Rule { get; init; }
    public required RoutingStrategy? Strategy { get; init; }
    public required string? Account { get; init; }
    public required string? PreviousOwnerId { get; init; }
    public required string? OwnerId { get; init; }

    /// <summary>Since when the owner has it by routing; null for nobody, and for an owner whom routing didn't choose.</summary>
    public required DateTimeOffset? AssignedAt { get; init; }

    /// <summary>As JSON.</summary>
    public required string Candidates { get; set; }

    public required DateTimeOffset? RespondBy { get; init; }

    /// <summary>When it is looked at again; null where it isn't any more.</summary>
    public required DateTimeOffset? DueAt { get; set; }

    public RoutingDecisionView ToView() => new()
    {
        Number = Number,
        At = At,
        Trigger = Trigger,
        Outcome = Outcome,
        Rule = Rule,
        Strategy = Strategy,
        Account = Account,
        PreviousOwnerId = PreviousOwnerId,
        OwnerId = OwnerId,
        Candidates = JsonSerializer.Deserialize<List<RoutingCandidateView>>(Candidates, CrmJson.Options)!,
        RespondBy = RespondBy,
        DueAt = DueAt,
    };
}
