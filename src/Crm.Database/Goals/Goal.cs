using System.Globalization;
using System.Linq.Expressions;
using Crm.Contracts.Failures;
using Crm.Contracts.Goals;
using Crm.Database.Tenancy;

namespace Crm.Database.Goals;

/// <summary>How much a member or a team is to win in a month or quarter. What it was stays in its snapshots, also once it is deleted.</summary>
public sealed class Goal : ITenantOwned
{
    private Goal()
    {
    }

    /// <exception cref="CrmException">400 for fields that make no goal.</exception>
    public Goal(GoalFields fields, Stamp stamp)
    {
        (TenantId, Id) = (stamp.TenantId, Guid.CreateVersion7(stamp.At));
        (CreatedAt, UpdatedAt, Version) = (stamp.At, stamp.At, 1);
        Write(fields);
    }

    public Guid TenantId { get; private set; }
    public Guid Id { get; private set; }
    public string? OwnerId { get; private set; }
    public Guid? TeamId { get; private set; }
    public string Period { get; private set; } = "";
    public DateOnly FirstDay { get; private set; }
    public DateOnly LastDay { get; private set; }
    public GoalMetric Metric { get; private set; }
    public decimal Target { get; private set; }
    public string? Currency { get; private set; }
    public Guid? PipelineId { get; private set; }

    /// <summary>What the tenant has one goal for: the period, what is counted of which deals, and whose they are.</summary>
    public string SubjectKey { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }
    public int Version { get; private set; }

    /// <summary>What a caller could have written to make the goal what it is.</summary>
    public GoalFields Fields() => new() { OwnerId = OwnerId, TeamId = TeamId, Period = Period, Metric = Metric, Target = Target, Currency = Currency, PipelineId = PipelineId };

    /// <exception cref="CrmException">400 for fields that make no goal.</exception>
    public void Change(GoalFields fields, DateTimeOffset at)
    {
        if (fields == Fields()) return;
        Write(fields);
        (UpdatedAt, Version) = (at > UpdatedAt ? at : UpdatedAt, Version + 1);
    }

    /// <summary>A row to keep of the goal as it is now.</summary>
    internal GoalSnapshot Snapshot() => new(this, Version, UpdatedAt, isDeleted: false);

    /// <summary>A row to keep that tells of its end.</summary>
    internal GoalSnapshot LastSnapshot(DateTimeOffset at) => new(this, Version + 1, at > UpdatedAt ? at : UpdatedAt, isDeleted: true);

    private void Write(GoalFields fields)
    {
        Check(fields);
        (OwnerId, TeamId, PipelineId) = (fields.OwnerId, fields.TeamId, fields.PipelineId);
        (Metric, Target, Currency) = (fields.Metric, fields.Target, fields.Currency);
        (Period, FirstDay, LastDay) = (fields.Period, FirstOf(fields.Period), LastOf(fields.Period));
        SubjectKey = $"{Period} {Metric} {Currency} {PipelineId} {TeamId} {OwnerId}";
    }

    private static void Check(GoalFields fields)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (fields.OwnerId is null && fields.TeamId is null) faults["/ownerId"] = ["is required where teamId isn't given"];
        if (fields.OwnerId is not null && fields.TeamId is not null) faults["/teamId"] = ["must be null where ownerId is given: a goal is a member's or a team's"];
        if (fields.Target <= 0) faults["/target"] = ["must be above 0"];
        else if (fields.Metric == GoalMetric.Count && decimal.Truncate(fields.Target) != fields.Target) faults["/target"] = ["must be a whole number where deals are counted"];
        if (fields.Metric == GoalMetric.Count && fields.Currency is not null) faults["/currency"] = ["must be null where deals are counted"];
        if (faults.Count > 0) throw CrmException.Invalid(faults);
    }

    private static DateOnly FirstOf(string period)
    {
        var year = int.Parse(period[..4], CultureInfo.InvariantCulture);
        return period[5] == 'Q' ? new DateOnly(year, ((period[6] - '1') * 3) + 1, 1) : new DateOnly(year, int.Parse(period[5..], CultureInfo.InvariantCulture), 1);
    }

    private static DateOnly LastOf(string period) => FirstOf(period).AddMonths(period[5] == 'Q' ? 3 : 1).AddDays(-1);
}

public static class GoalViews
{
    public static readonly Expression<Func<Goal, GoalView>> Projection = goal => new GoalView
    {
        Id = goal.Id,
        OwnerId = goal.OwnerId,
        TeamId = goal.TeamId,
        Period = goal.Period,
        Metric = goal.Metric,
        Target = goal.Target,
        Currency = goal.Currency,
        PipelineId = goal.PipelineId,
        CreatedAt = goal.CreatedAt,
        UpdatedAt = goal.UpdatedAt,
        Version = goal.Version,
    };

    public static readonly Func<Goal, GoalView> Of = Projection.Compile();
}
