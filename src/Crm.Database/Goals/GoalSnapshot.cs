using Crm.Contracts.Goals;
using Crm.Database.Records;

namespace Crm.Database.Goals;

/// <summary>What a goal was from one of its versions on, so that any past instant can be reported as it was; it stays when the goal is deleted.</summary>
public sealed class GoalSnapshot : ISnapshot
{
    private GoalSnapshot()
    {
    }

    internal GoalSnapshot(Goal goal, int version, DateTimeOffset at, bool isDeleted)
    {
        (TenantId, GoalId, Version, At) = (goal.TenantId, goal.Id, version, at);
        (OwnerId, TeamId, PipelineId) = (goal.OwnerId, goal.TeamId, goal.PipelineId);
        (Period, FirstDay, LastDay) = (goal.Period, goal.FirstDay, goal.LastDay);
        (Metric, Target, Currency, IsDeleted) = (goal.Metric, goal.Target, goal.Currency, isDeleted);
    }

    public Guid TenantId { get; private set; }
    public Guid GoalId { get; private set; }
    public int Version { get; private set; }
    public DateTimeOffset At { get; private set; }
    public DateTimeOffset Until { get; private set; } = Missing.Instant;

    public string? OwnerId { get; private set; }
    public Guid? TeamId { get; private set; }
    public string Period { get; private set; } = "";
    public DateOnly FirstDay { get; private set; }
    public DateOnly LastDay { get; private set; }
    public GoalMetric Metric { get; private set; }
    public decimal Target { get; private set; }
    public string? Currency { get; private set; }
    public Guid? PipelineId { get; private set; }
    public bool IsDeleted { get; private set; }
}
